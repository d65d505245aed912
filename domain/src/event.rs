//! A run's append-only history, numbered 1, 2, 3 … without a gap.

use entity::run_event;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    db::{now, row},
    error::{Error, Result},
    lifecycle::NewEvent,
};

/// Appends events to a run's history, inside the caller's transaction.
///
/// The numbers are taken under the lock of the run's row, which is held until the commit: no
/// number is lost to a rollback, and no reader sees a later one before an earlier.
///
/// # Errors
/// `NotFound` where there is no such run.
pub async fn append(
    tx: &impl ConnectionTrait,
    run_id: Uuid,
    actor_id: Option<Uuid>,
    events: Vec<NewEvent>,
) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Last {
        event_seq: i64,
    }
    let Ok(count @ 1..) = i64::try_from(events.len()) else { return Ok(()) };
    let sql = "UPDATE runs SET event_seq = event_seq + $1 WHERE id = $2 RETURNING event_seq";
    let last: Last =
        row(tx, sql, [count.into(), run_id.into()]).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    let first = last.event_seq - count + 1;
    let rows = (first..).zip(events).map(|(seq, event)| run_event::ActiveModel {
        run_id: Set(run_id),
        seq: Set(seq),
        kind: Set(event.kind.into()),
        actor_id: Set(actor_id),
        payload: Set(event.payload),
        created_at: Set(now()),
    });
    run_event::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
