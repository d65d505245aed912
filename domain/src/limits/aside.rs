//! Leave for calls that are no probes: a judge's. They keep the same limits as all others.

use std::time::Duration;

use entity::{BreakerState, provider_model_state};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use super::{
    ask::{book, span},
    state::{lane_row, seconds, sql_epoch},
    trial::{name_trial, reserve_trial},
};
use crate::{db::row, error::Result};

/// Whether a call may be sent.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// After this wait; its place in the line is taken.
    After(Duration),
    /// Not before something in flight has ended.
    Full,
    /// The provider is failing: not before so long.
    Broken(Duration),
}

/// The longest until it is worth asking again at a provider that is failing.
const BROKEN_WAIT_MAX: Duration = Duration::from_secs(5);

/// Asks for leave to send a call about a transcript of this probe, in a transaction that notes the
/// call as in flight where it is given. The lane's row stays locked until then.
pub(crate) async fn enter(
    tx: &impl ConnectionTrait,
    lane: &str,
    wire_model: &str,
    probe_id: Uuid,
    tokens: f64,
) -> Result<Leave> {
    let Some(mut state) = lane_row(tx, lane, true).await? else { return Ok(Leave::After(Duration::ZERO)) };
    if let Some(parallel) = state.limits().parallel
        && in_flight(tx, lane).await? >= parallel.value as i64
    {
        return Ok(Leave::Full);
    }
    if let Some(wait) = broken(tx, lane, wire_model, probe_id).await? {
        return Ok(Leave::Broken(wait.min(BROKEN_WAIT_MAX)));
    }
    Ok(Leave::After(book(tx, &mut state, tokens).await?))
}

/// How long to wait for a model whose breaker is open; None: not at all, or this call finds out.
async fn broken(
    tx: &impl ConnectionTrait,
    lane: &str,
    wire_model: &str,
    probe_id: Uuid,
) -> Result<Option<Duration>> {
    let key = (lane.to_owned(), wire_model.to_owned());
    let Some(model) = provider_model_state::Entity::find_by_id(key).one(tx).await? else { return Ok(None) };
    let dead = match model.breaker {
        BreakerState::Closed => return Ok(None),
        BreakerState::Open => None,
        // Who tries is a probe, or a call about one.
        BreakerState::HalfOpen if is_at_it(tx, model.trial_probe_id).await? => {
            return Ok(Some(BROKEN_WAIT_MAX));
        }
        BreakerState::HalfOpen => model.trial_probe_id,
    };
    if reserve_trial(tx, lane, wire_model, dead).await? {
        name_trial(tx, lane, wire_model, Some(probe_id)).await?;
        return Ok(None);
    }
    #[derive(FromQueryResult)]
    struct Now {
        now: f64,
    }
    let sql = format!("SELECT {} AS now", sql_epoch(tx.get_database_backend()));
    let now = row::<Now>(tx, sql, []).await?.map_or(0.0, |row| row.now);
    let wait = model.retry_at.map_or(1.0, |at| seconds(at) - now);
    Ok(Some(span(wait.max(0.05))))
}

async fn is_at_it(tx: &impl ConnectionTrait, probe_id: Option<Uuid>) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Count {
        total: i64,
    }
    let sql = "SELECT (SELECT COUNT(*) FROM probes WHERE id = $1 AND status = 'running')
            + (SELECT COUNT(*) FROM ai_calls JOIN transcripts ON transcripts.id = ai_calls.transcript_id
               WHERE transcripts.probe_id = $1 AND ai_calls.status = 'running') AS total";
    let Some(id) = probe_id else { return Ok(false) };
    let count: Option<Count> = row(tx, sql, [id.into()]).await?;
    Ok(count.is_some_and(|count| count.total > 0))
}

async fn in_flight(tx: &impl ConnectionTrait, lane: &str) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        total: i64,
    }
    let sql = "SELECT (SELECT COUNT(*) FROM probes WHERE status = 'running' AND lane = $1)
            + (SELECT COUNT(*) FROM ai_calls WHERE status = 'running' AND lane = $1) AS total";
    let count: Option<Count> = row(tx, sql, [lane.into()]).await?;
    Ok(count.map_or(0, |count| count.total))
}
