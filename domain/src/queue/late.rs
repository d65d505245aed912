//! Answers that come after their lease has lapsed. They were paid for, so they are booked in
//! any case, and used where the probe has no answer yet.

use std::collections::BTreeMap;

use entity::{AttemptResult, QueueStatus, attempt, probe};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Ending, ModelDelta, ProbeWrite, Written, add_to_counters, finish};
use crate::{
    budget,
    db::{Db, execute, locked, sql_now},
    error::Result,
};

/// Decides one late write in a transaction of its own. Repeating it changes nothing.
///
/// # Errors
/// `Unavailable` or `Database`; nothing of it stands then.
pub async fn finish_late(db: &Db, write: &ProbeWrite) -> Result<Written> {
    let tx = db.begin_queue().await?;
    let query = locked(probe::Entity::find_by_id(write.probe.id), &tx);
    let Some(row) = query.one(&tx).await? else { return Ok(Written::Late) };
    if let Some(stands) = stands_already(&tx, write, &row).await? {
        return Ok(stands);
    }

    if write.attempt.is_none() {
        // The worker follows up with the attempt that this turn belongs to.
        return Ok(Written::Late);
    }

    let mut done = Vec::new();
    let is_open = matches!(row.status, QueueStatus::Queued | QueueStatus::Running);
    // Turns committed since by somebody else make this conversation another one.
    let continues_what_is_stored = row.turn_count == write.probe.turn_count;
    let used = if let Ending::Succeeded { outcome, .. } = &write.ending
        && is_open
        && continues_what_is_stored
    {
        // Taking the fence makes whoever holds the probe now the late one.
        let sql = format!(
            "UPDATE probes SET status = 'succeeded', outcome = $2, fence = fence + 1, leased_by = NULL,
                 lease_until = NULL, turn_count = turn_count + $3, error_category = NULL, error_message = NULL,
                 finished_at = {}
             WHERE id = $1",
            sql_now(tx.get_database_backend())
        );
        let turns = i32::try_from(write.turns.len()).unwrap_or(i32::MAX);
        execute(&tx, sql, [write.probe.id.into(), outcome.as_str().into(), turns.into()]).await?;
        budget::settle_late(&tx, write, &row, true).await?;
        done.extend(finish::record(&tx, &[write]).await?);
        true
    } else {
        budget::settle_late(&tx, write, &row, false).await?;
        book(&tx, write, &mut done).await?;
        false
    };
    tx.commit().await?;
    finish::settle_all(db, done).await;
    Ok(if used { Written::AcceptedLate } else { Written::Late })
}

/// The write may be known already: its commit stood, and only the answer to it was lost.
async fn stands_already(
    tx: &impl ConnectionTrait,
    write: &ProbeWrite,
    row: &probe::Model,
) -> Result<Option<Written>> {
    if write.attempt.is_none() {
        let turns = i32::try_from(write.turns.len()).unwrap_or(i32::MAX);
        let is_next = row.fence == write.probe.fence && row.turn_count == write.probe.turn_count + turns;
        return Ok((is_next && row.status == QueueStatus::Running).then_some(Written::Accepted));
    }
    let booked = attempt::Entity::find()
        .filter(attempt::Column::ProbeId.eq(write.probe.id))
        .filter(attempt::Column::Fence.eq(write.probe.fence))
        .filter(attempt::Column::Result.ne(AttemptResult::Lost))
        .one(tx)
        .await?;
    Ok(booked.map(|attempt| match attempt.result {
        AttemptResult::Late => Written::Late,
        _ => Written::Accepted,
    }))
}

/// Books the attempt and its cost, and nothing else.
async fn book(tx: &sea_orm::DatabaseTransaction, write: &ProbeWrite, done: &mut Vec<Uuid>) -> Result<()> {
    let mut delta = ModelDelta::default();
    write.turns.iter().for_each(|turn| delta.add_turn(turn));
    if let Some(record) = &write.attempt {
        let mut row = finish::attempt_row(write, record);
        row.result = sea_orm::ActiveValue::Set(AttemptResult::Late);
        // The answer itself has no transcript to live in: its last body is kept with the attempt.
        if let Some(turn) = write.turns.last() {
            row.raw_body = sea_orm::ActiveValue::Set(Some(turn.raw_body.clone()));
        }
        attempt::Entity::insert(row).exec_without_returning(tx).await?;
    }
    done.extend(add_to_counters(tx, &BTreeMap::from([(write.probe.run_model_id, delta)])).await?);
    Ok(())
}
