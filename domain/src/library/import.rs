//! Importing definitions: looked at first, then saved in one transaction.

use entity::{definition, definition_version};
use sea_orm::EntityTrait;

use super::save::{NAME_TAKEN, Saved, insert, replace};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::Db,
    definition::{DefinitionContent, ReadSource, content_sha256, validate},
    error::{Error, Result},
    receipt::{self, Token},
};

/// What to do where a definition has the name already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnNameTaken {
    /// Refuse, and offer another name.
    #[default]
    Refuse,
    /// Save a new version of it, or nothing where it asks the same already.
    NewVersion,
    /// Save a new definition under another name: `Name (2)`.
    NewName,
}

/// What importing a file would do. Nothing is written.
#[derive(Clone, Debug)]
pub struct ImportPreview {
    /// What the file says.
    pub read: ReadSource,
    /// The definition that has the name already; None where it is free or not known.
    pub existing: Option<definition::Model>,
    /// A name like it that is free; None where it is free itself.
    pub suggested_name: Option<String>,
    /// True where the latest version of `existing` asks the same.
    pub is_unchanged: bool,
}

/// A definition that was imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What is saved now.
    pub saved: Saved,
    /// True where the definition is new; false where it got a new version, or nothing changed.
    pub is_new: bool,
}

/// Says what importing a file would do.
///
/// # Errors
/// `Forbidden`, `Unavailable` or `Database`; what is wrong with the file is in the preview.
pub async fn preview(db: &Db, actor: &Actor, read: ReadSource) -> Result<ImportPreview> {
    authorize(actor, Action::Read, Resource::Definition(None))?;
    let mut preview = ImportPreview { read, existing: None, suggested_name: None, is_unchanged: false };
    let Some(content) = preview.read.content.as_ref().filter(|content| !content.name.contains('\0')) else {
        return Ok(preview);
    };
    if let Some(existing) = super::find_named(db, &content.name).await? {
        let latest = super::find_version(db, &existing, None).await?;
        preview.is_unchanged = latest.sha256 == content_sha256(content);
        preview.suggested_name = super::free_name(db, &content.name).await?;
        preview.existing = Some(existing);
    }
    Ok(preview)
}

/// Saves an imported content. The same token saves it once, whoever takes a name meanwhile.
///
/// # Errors
/// `Invalid` with every problem of the content, `Conflict` where the name is taken and that is to
/// be refused, or where the token was used for something else; `Forbidden`.
pub async fn import(
    db: &Db,
    actor: &Actor,
    content: DefinitionContent,
    on_name_taken: OnNameTaken,
    client_token: Option<&str>,
) -> Result<Imported> {
    authorize(actor, Action::Create, Resource::Definition(None))?;
    let input = format!("{on_name_taken:?} {}", content_sha256(&content));
    let token = Token { client_token, command: "importDefinition", input };
    if let Some(imported) = earlier(db, actor, &token, &content).await? {
        return Ok(imported);
    }
    let wanted_name = content.name.clone();
    let mut content = content;
    // Each turn loses against somebody who took or gave up the name in between.
    for _ in 0..100 {
        let existing = match on_name_taken {
            OnNameTaken::NewVersion => super::find_named(db, &content.name).await?,
            OnNameTaken::Refuse | OnNameTaken::NewName => None,
        };
        let saved = match &existing {
            Some(existing) => replace(db, actor, existing.id, None, &content, &token).await,
            None => insert(db, actor, &content, None, &token).await,
        };
        let error = match saved {
            Ok(saved) => return Ok(Imported { saved, is_new: existing.is_none() }),
            Err(error) => error,
        };
        // The same command may have been sent twice at once: the first one's answer is the answer.
        if let Some(imported) = earlier(db, actor, &token, &content).await? {
            return Ok(imported);
        }
        match (&error, on_name_taken) {
            (Error::Conflict { code: NAME_TAKEN, .. }, OnNameTaken::NewName) => {
                match super::free_name(db, &wanted_name).await? {
                    Some(free) => content.name = free,
                    None => return Err(error),
                }
            }
            (Error::Conflict { code: NAME_TAKEN, .. } | Error::NotFound { .. }, OnNameTaken::NewVersion) => {}
            _ => return Err(error),
        }
    }
    Err(Error::conflict(format!(
        "The name {wanted_name} is being taken again and again; try again in a moment."
    )))
}

/// What an earlier use of the token saved.
async fn earlier(
    db: &Db,
    actor: &Actor,
    token: &Token<'_>,
    content: &DefinitionContent,
) -> Result<Option<Imported>> {
    let Some(version_id) = receipt::find(db.write(), actor, token).await? else { return Ok(None) };
    let missing = || Error::not_found("definition version", version_id);
    let version =
        definition_version::Entity::find_by_id(version_id).one(db.write()).await?.ok_or_else(missing)?;
    let definition = definition::Entity::find_by_id(version.definition_id)
        .one(db.write())
        .await?
        .ok_or_else(|| Error::not_found("definition", version.definition_id))?;
    let is_new = version.number == 1;
    let saved = Saved { definition, version, warnings: validate(content).warnings, is_unchanged: false };
    Ok(Some(Imported { saved, is_new }))
}
