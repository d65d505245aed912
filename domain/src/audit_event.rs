//! The trail of what was done to what is no run: runs have events of their own.

use entity::audit_event;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use serde_json::Value;
use uuid::Uuid;

use crate::{auth::Actor, db::now, error::Result};

/// Notes what somebody did, in the transaction that does it. Returns the event's id.
///
/// # Errors
/// `Database`.
pub(crate) async fn note(
    tx: &impl ConnectionTrait,
    actor: &Actor,
    action: &str,
    subject: String,
    payload: Value,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    audit_event::ActiveModel {
        id: Set(id),
        actor_id: Set(actor.id),
        action: Set(action.into()),
        subject: Set(subject),
        payload: Set(payload),
        created_at: Set(now()),
    }
    .insert(tx)
    .await?;
    Ok(id)
}
