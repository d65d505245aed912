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
    /// The version of `existing` that all but the scenarios would be kept of, because the file is a
    /// data set; `read` is then what a new version would ask. None where nothing would be kept.
    pub kept_version: Option<i32>,
}

/// A definition that was imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What is saved now.
    pub saved: Saved,
    /// True where the definition is new; false where it got a new version, or nothing changed.
    pub is_new: bool,
    /// The version that a data set's new version has all but the scenarios of. None where the file
    /// said everything, or the definition is new.
    pub kept_version: Option<i32>,
}

/// Says what importing a file would do. A data set under a name that is taken is shown as the new
/// version it would become, unless a new name is asked for.
///
/// # Errors
/// `Forbidden`, `Unavailable` or `Database`; what is wrong with the file is in the preview.
pub async fn preview(
    db: &Db,
    actor: &Actor,
    read: ReadSource,
    on_name_taken: OnNameTaken,
) -> Result<ImportPreview> {
    authorize(actor, Action::Read, Resource::Definition(None))?;
    let mut preview =
        ImportPreview { read, existing: None, suggested_name: None, is_unchanged: false, kept_version: None };
    let Some(content) = preview.read.content.as_ref().filter(|content| !content.name.contains('\0')) else {
        return Ok(preview);
    };
    let name = content.name.clone();
    if let Some(existing) = super::find_named(db, &name).await? {
        let latest = super::find_version(db, &existing, None).await?;
        if preview.read.is_dataset() && on_name_taken != OnNameTaken::NewName {
            preview.read = preview.read.over(&super::content_of(&latest)?);
            preview.kept_version = Some(latest.number);
        }
        let is_same = |content: &DefinitionContent| latest.sha256 == content_sha256(content);
        preview.is_unchanged =
            preview.read.report.problems.is_empty() && preview.read.content.as_ref().is_some_and(is_same);
        preview.suggested_name = super::free_name(db, &name).await?;
        preview.existing = Some(existing);
    }
    Ok(preview)
}

/// Saves what was read of a file. The same token saves it once, whoever takes a name meanwhile. A
/// data set as a new version replaces the scenarios; all else stays as the latest version has it.
///
/// # Errors
/// `Invalid` with every problem of the content, or of a data set with what it would become, `Conflict` where the name is taken and that is to
/// be refused, or where the token was used for something else; `Forbidden`.
pub async fn import(
    db: &Db,
    actor: &Actor,
    read: ReadSource,
    on_name_taken: OnNameTaken,
    client_token: Option<&str>,
) -> Result<Imported> {
    authorize(actor, Action::Create, Resource::Definition(None))?;
    let content = sound(&read)?.clone();
    let input = format!("{on_name_taken:?} {}", content_sha256(&content));
    let token = Token { client_token, command: "importDefinition", input };
    if let Some(imported) = earlier(db, actor, &token, &read, &content).await? {
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
        let mut kept_version = None;
        let saved = match &existing {
            Some(existing) if read.is_dataset() => {
                let latest = super::find_version(db, existing, None).await?;
                let whole = read.clone().over(&super::content_of(&latest)?);
                kept_version = Some(latest.number);
                replace(db, actor, existing.id, kept_version, sound(&whole)?, &token).await
            }
            Some(existing) => replace(db, actor, existing.id, None, &content, &token).await,
            None => insert(db, actor, &content, None, &token).await,
        };
        let error = match saved {
            Ok(saved) => {
                let kept_version = kept_version.filter(|_| !saved.is_unchanged);
                return Ok(Imported { saved, is_new: existing.is_none(), kept_version });
            }
            Err(error) => error,
        };
        // The same command may have been sent twice at once: the first one's answer is the answer.
        if let Some(imported) = earlier(db, actor, &token, &read, &content).await? {
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

/// The content of a file without problems.
fn sound(read: &ReadSource) -> Result<&DefinitionContent> {
    match &read.content {
        Some(content) if read.report.problems.is_empty() => Ok(content),
        _ => Err(read.report.problems.clone().into()),
    }
}

/// What an earlier use of the token saved.
async fn earlier(
    db: &Db,
    actor: &Actor,
    token: &Token<'_>,
    read: &ReadSource,
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
    let kept_version = (read.is_dataset() && !is_new).then(|| saved.version.number - 1);
    Ok(Some(Imported { saved, is_new, kept_version }))
}
