//! Saving definitions. A change is a new immutable version.

use entity::{definition, definition_tag, definition_version};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    QueryFilter, SqlErr,
};
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::{Db, now},
    definition::{DefinitionContent, Expansion, Problem, Warning, content_sha256, to_stored, validate},
    error::{Error, Fault, Result},
    receipt::{self, Token},
};

/// The code of the conflict over a name.
pub(super) const NAME_TAKEN: &str = "NAME_TAKEN";

/// A definition that was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its row.
    pub definition: definition::Model,
    /// The version it has now.
    pub version: definition_version::Model,
    /// What is legal but suspicious.
    pub warnings: Vec<Warning>,
    /// True where the latest version asked the same already, so that nothing was written.
    pub is_unchanged: bool,
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let number = |position: Option<u64>| position.and_then(|number| usize::try_from(number).ok());
        Self {
            code: problem.code.as_str().into(),
            path: problem.path,
            line: number(problem.line),
            column: number(problem.column),
            message: format!("{} {}", problem.message, problem.fix),
        }
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems.into_iter().map(Fault::from).collect())
    }
}

/// Saves a new definition.
///
/// # Errors
/// `Invalid` with every problem of the content, `Conflict` where the name is taken (another is
/// offered), `Forbidden`.
pub async fn create(db: &Db, actor: &Actor, content: &DefinitionContent) -> Result<Saved> {
    create_once(db, actor, content, None).await
}

/// As `create`; the same token saves it once.
///
/// # Errors
/// As `create`; `Conflict` where the token was used for another input.
pub async fn create_once(
    db: &Db,
    actor: &Actor,
    content: &DefinitionContent,
    client_token: Option<&str>,
) -> Result<Saved> {
    let token = Token { client_token, command: "createDefinition", input: content_sha256(content) };
    match earlier(db, actor, &token).await? {
        Some(saved) => Ok(saved),
        None => insert(db, actor, content, None, &token).await,
    }
}

/// What an earlier use of a token saved; None: it is new.
async fn earlier(db: &Db, actor: &Actor, token: &Token<'_>) -> Result<Option<Saved>> {
    let Some(version_id) = receipt::find(db.write(), actor, token).await? else { return Ok(None) };
    let version = definition_version::Entity::find_by_id(version_id).one(db.write()).await?;
    let version = version.ok_or_else(|| Error::not_found("definition version", version_id))?;
    let definition = definition::Entity::find_by_id(version.definition_id).one(db.write()).await?;
    let definition = definition.ok_or_else(|| Error::not_found("definition", version.definition_id))?;
    let warnings = validate(&super::content_of(&version)?).warnings;
    Ok(Some(Saved { definition, version, warnings, is_unchanged: false }))
}

/// Copies a version of a definition under another name; the copy points at where it comes from. The
/// same token makes one copy.
///
/// # Errors
/// `NotFound`, else as `create_once`.
pub async fn fork(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    name: &str,
    client_token: Option<&str>,
) -> Result<Saved> {
    let input = format!("{id} {version:?} {name:?}");
    let token = Token { client_token, command: "forkDefinition", input };
    if let Some(saved) = earlier(db, actor, &token).await? {
        return Ok(saved);
    }
    let parent = super::find(db, id).await?;
    let version = super::find_version(db, &parent, version).await?;
    let content = DefinitionContent { name: name.into(), ..super::content_of(&version)? };
    insert(db, actor, &content, Some((parent.id, version.id)), &token).await
}

/// Saves a new definition; what the token's sender is answered is kept with it.
pub(super) async fn insert(
    db: &Db,
    actor: &Actor,
    content: &DefinitionContent,
    parent: Option<(Uuid, Uuid)>,
    token: &Token<'_>,
) -> Result<Saved> {
    authorize(actor, Action::Create, Resource::Definition(None))?;
    let (warnings, scenario_count) = checked(content)?;
    let (definition_id, version_id) = (Uuid::now_v7(), Uuid::now_v7());
    let tx = db.begin().await?;
    let row = definition::ActiveModel {
        id: Set(definition_id),
        name: Set(content.name.clone()),
        description: Set(content.description.clone()),
        search_text: Set(search_text(content)),
        parent_id: Set(parent.map(|(definition, _)| definition)),
        forked_from_version_id: Set(parent.map(|(_, version)| version)),
        latest_version_id: Set(version_id),
        created_by: Set(actor.id),
        created_at: Set(now()),
        updated_at: Set(now()),
        deleted_at: Set(None),
        last_accessed_at: Set(None),
    };
    let definition = match row.insert(&tx).await {
        Ok(definition) => definition,
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            tx.rollback().await?;
            return Err(name_taken(db, &content.name).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let version = insert_version(&tx, actor, content, scenario_count, version_id, definition_id, 1).await?;
    set_tags(&tx, definition_id, &content.tags).await?;
    receipt::keep(&tx, actor, token, version_id).await?;
    tx.commit().await?;
    Ok(Saved { definition, version, warnings, is_unchanged: false })
}

/// Saves a new version of a definition. The same content as the latest version is no new one.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` where the name is taken, or where
/// `expected_version` is not the latest any more.
pub async fn update(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    expected_version: Option<i32>,
    content: &DefinitionContent,
) -> Result<Saved> {
    update_once(db, actor, id, expected_version, content, None).await
}

/// As `update`; the same token saves it once.
///
/// # Errors
/// As `update`; `Conflict` where the token was used for another input.
pub async fn update_once(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    expected_version: Option<i32>,
    content: &DefinitionContent,
    client_token: Option<&str>,
) -> Result<Saved> {
    let input = format!("{id} {expected_version:?} {}", content_sha256(content));
    let token = Token { client_token, command: "updateDefinition", input };
    match earlier(db, actor, &token).await? {
        Some(saved) => Ok(saved),
        None => replace(db, actor, id, expected_version, content, &token).await,
    }
}

/// As `update`; what the token's sender is answered is kept with a new version.
pub(super) async fn replace(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    expected_version: Option<i32>,
    content: &DefinitionContent,
    token: &Token<'_>,
) -> Result<Saved> {
    let found = super::find(db, id).await?;
    authorize(actor, Action::Change, Resource::Definition(Some(found.created_by)))?;
    let (warnings, scenario_count) = checked(content)?;
    let tx = db.begin().await?;
    if db.is_postgres() {
        crate::db::execute(&tx, "SELECT 1 FROM definitions WHERE id = $1 FOR UPDATE", [id.into()]).await?;
    }
    let found = definition::Entity::find_by_id(id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("definition", id))?;
    let latest = definition_version::Entity::find_by_id(found.latest_version_id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::Internal(format!("definition {id} has no version")))?;
    if let Some(expected) = expected_version.filter(|expected| *expected != latest.number) {
        return Err(Error::conflict(format!(
            "Somebody saved version {} meanwhile; yours started from version {expected}. Look at theirs, then save again.",
            latest.number
        )));
    }
    if latest.sha256 == content_sha256(content) {
        return Ok(Saved { definition: found, version: latest, warnings, is_unchanged: true });
    }
    let version_id = Uuid::now_v7();
    let version =
        insert_version(&tx, actor, content, scenario_count, version_id, id, latest.number + 1).await?;
    let change = definition::ActiveModel {
        id: Set(id),
        name: Set(content.name.clone()),
        description: Set(content.description.clone()),
        search_text: Set(search_text(content)),
        latest_version_id: Set(version_id),
        updated_at: Set(now()),
        ..Default::default()
    };
    let definition = match definition::Entity::update(change).exec(&tx).await {
        Ok(definition) => definition,
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            tx.rollback().await?;
            return Err(name_taken(db, &content.name).await?);
        }
        Err(error) => return Err(error.into()),
    };
    definition_tag::Entity::delete_many()
        .filter(definition_tag::Column::DefinitionId.eq(id))
        .exec(&tx)
        .await?;
    set_tags(&tx, id, &content.tags).await?;
    receipt::keep(&tx, actor, token, version_id).await?;
    tx.commit().await?;
    Ok(Saved { definition, version, warnings, is_unchanged: false })
}

/// Takes a definition out of the lists. Its versions stay, because runs point at them. The same token
/// gives the same answer.
///
/// # Errors
/// `NotFound` or `Forbidden`; `Conflict` where the token was used for another input.
pub async fn remove(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    client_token: Option<&str>,
) -> Result<definition::Model> {
    let token = Token { client_token, command: "deleteDefinition", input: id.to_string() };
    if receipt::find(db.write(), actor, &token).await?.is_some() {
        let gone = definition::Entity::find_by_id(id).one(db.write()).await?;
        return gone.ok_or_else(|| Error::not_found("definition", id));
    }
    let found = super::find(db, id).await?;
    authorize(actor, Action::Change, Resource::Definition(Some(found.created_by)))?;
    let tx = db.begin().await?;
    let change = definition::ActiveModel { id: Set(id), deleted_at: Set(Some(now())), ..Default::default() };
    let removed = definition::Entity::update(change).exec(&tx).await?;
    receipt::keep(&tx, actor, &token, id).await?;
    tx.commit().await?;
    Ok(removed)
}

fn checked(content: &DefinitionContent) -> Result<(Vec<Warning>, i64)> {
    let report = validate(content);
    if !report.problems.is_empty() {
        return Err(report.problems.into());
    }
    let expansion = Expansion::new(content)?;
    Ok((report.warnings, i64::try_from(expansion.scenario_count()).unwrap_or(i64::MAX)))
}

async fn insert_version(
    tx: &DatabaseTransaction,
    actor: &Actor,
    content: &DefinitionContent,
    scenario_count: i64,
    id: Uuid,
    definition_id: Uuid,
    number: i32,
) -> Result<definition_version::Model> {
    let row = definition_version::ActiveModel {
        id: Set(id),
        definition_id: Set(definition_id),
        number: Set(number),
        content: Set(to_stored(content)?),
        sha256: Set(content_sha256(content)),
        scenario_count: Set(scenario_count),
        created_by: Set(actor.id),
        created_at: Set(now()),
    };
    Ok(row.insert(tx).await?)
}

async fn set_tags(tx: &impl ConnectionTrait, definition_id: Uuid, tags: &[String]) -> Result<()> {
    let mut tags = tags.to_vec();
    tags.sort_unstable();
    tags.dedup();
    if tags.is_empty() {
        return Ok(());
    }
    let rows = tags
        .into_iter()
        .map(|tag| definition_tag::ActiveModel { definition_id: Set(definition_id), tag: Set(tag) });
    definition_tag::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

fn search_text(content: &DefinitionContent) -> String {
    let parts = [content.name.as_str(), content.description.as_deref().unwrap_or_default()];
    parts
        .into_iter()
        .chain(content.tags.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase()
}

async fn name_taken(db: &Db, name: &str) -> Result<Error> {
    let offer = super::free_name(db, name).await?.map_or(String::new(), |other| format!("; {other} is free"));
    Ok(Error::Conflict {
        code: NAME_TAKEN,
        message: format!("There is a definition named {name} already{offer}."),
    })
}
