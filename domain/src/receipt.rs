//! Command receipts: the same token gives the same answer and no second effect.

use entity::command_receipt;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    auth::{Actor, sha256_hex},
    db::now,
    error::{Error, Result},
    search::without_nul,
};

/// A command as its sender named it.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    /// Chosen by the client; None = the command is not to be recognised.
    pub(crate) client_token: Option<&'a str>,
    /// E.g. `createRun`.
    pub(crate) command: &'static str,
    /// The input, in a form that is equal for equal inputs.
    pub(crate) input: String,
}

/// What an earlier use of the same token made; None where there was none.
///
/// # Errors
/// `Conflict` where the token was used with another input, `Invalid` where it is too long.
pub(crate) async fn find(
    tx: &impl ConnectionTrait,
    actor: &Actor,
    token: &Token<'_>,
) -> Result<Option<Uuid>> {
    let Some(client_token) = token.client_token else { return Ok(None) };
    if client_token.is_empty() || client_token.len() > 200 {
        return Err(Error::invalid("clientToken", "A client token has 1 to 200 bytes; a UUID does well."));
    }
    without_nul("clientToken", client_token)?;
    let key = (actor.id, client_token.to_owned());
    let Some(receipt) = command_receipt::Entity::find_by_id(key).one(tx).await? else { return Ok(None) };
    if receipt.command != token.command || receipt.input_sha256 != sha256_hex(token.input.as_bytes()) {
        return Err(Error::conflict(format!(
            "The client token {client_token} was used for another {}; take a new one for a new command.",
            receipt.command
        )));
    }
    Ok(Some(receipt.subject_id))
}

/// Notes what a command made, in the transaction that makes it.
///
/// # Errors
/// `Conflict` where another command used the token at the same time.
pub(crate) async fn keep(
    tx: &impl ConnectionTrait,
    actor: &Actor,
    token: &Token<'_>,
    subject_id: Uuid,
) -> Result<()> {
    let Some(client_token) = token.client_token else { return Ok(()) };
    let row = command_receipt::ActiveModel {
        actor_id: Set(actor.id),
        client_token: Set(client_token.into()),
        command: Set(token.command.into()),
        input_sha256: Set(sha256_hex(token.input.as_bytes())),
        subject_id: Set(subject_id),
        created_at: Set(now()),
    };
    let nothing = OnConflict::new().do_nothing().to_owned();
    let kept = command_receipt::Entity::insert(row).on_conflict(nothing).exec_without_returning(tx).await?;
    if kept == 0 {
        return Err(Error::conflict(format!(
            "The client token {client_token} is being used by another command at this moment; send this one again \
             to learn what became of it."
        )));
    }
    Ok(())
}
