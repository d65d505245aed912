//! What happened to a run beside its probes: gates, retries, events, pauses.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{run, run_event, run_retry, user};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use super::document::{DecisionPart, EventPart, Events, GatePart, RetryPart};
use crate::{
    db::{Db, row, rows},
    error::Result,
    gate, lookup,
};

/// Events listed from the beginning, and from the end, of a long history.
const FIRST: u64 = 150;
const LAST: u64 = 50;

/// A run's history, with the names of those who made it.
pub(super) struct History {
    pub(super) gates: Vec<GatePart>,
    pub(super) retries: Vec<RetryPart>,
    pub(super) events: Events,
    pub(super) paused_ms: i64,
    pub(super) at_gates_ms: i64,
    pub(super) started_by: String,
}

impl History {
    /// # Errors
    /// `Unavailable` or `Database`.
    pub(super) async fn of(db: &Db, run: &run::Model) -> Result<Self> {
        let gates = gate::of_runs(db, &[run.id]).await?.remove(&run.id).unwrap_or_default();
        let decisions = gate::decisions_of(db, &gates.iter().map(|gate| gate.id).collect::<Vec<_>>()).await?;
        let retries = run_retry::Entity::find()
            .filter(run_retry::Column::RunId.eq(run.id))
            .order_by_asc(run_retry::Column::Id)
            .all(db.read())
            .await?;
        let (events, left_out) = of_note(db, run).await?;
        let ids: Vec<Uuid> = decisions
            .values()
            .map(|decision| decision.decided_by)
            .chain(retries.iter().map(|retry| retry.requested_by))
            .chain(events.iter().filter_map(|event| event.actor_id))
            .chain([run.created_by])
            .collect();
        let names = Names(lookup::users(db, &ids).await?);
        let ended = run.completed_at.unwrap_or_else(crate::db::now);
        let at_gates_ms =
            gates.iter().map(|gate| millis(gate.opened_at, gate.closed_at.unwrap_or(ended))).sum();
        let gate_part = |gate: entity::gate::Model| GatePart {
            kind: gate.kind.as_str(),
            attempt: gate.attempt,
            state: gate.state.as_str(),
            reason: gate.reason,
            opened_at: gate.opened_at,
            closed_at: gate.closed_at,
            decision: decisions.get(&gate.id).map(|decision| DecisionPart {
                action: decision.action.as_str(),
                by: names.of(decision.decided_by),
                comment: decision.comment.clone(),
                new_budget_usd: decision.new_budget_usd_micros.map(super::usd),
                at: decision.created_at,
            }),
        };
        let retry_part = |retry: run_retry::Model| RetryPart {
            requested_by: names.of(retry.requested_by),
            requested_at: retry.requested_at,
            categories: retry
                .categories
                .map_or(Vec::new(), |words| words.split(',').map(Into::into).collect()),
            requeued: retry.requeued_count,
        };
        let event_part = |event: run_event::Model| EventPart {
            seq: event.seq,
            at: event.created_at,
            kind: event.kind,
            by: event.actor_id.map(|id| names.of(id)),
            payload: event.payload,
        };
        Ok(Self {
            paused_ms: paused_ms(db, run.id, ended).await?,
            at_gates_ms,
            started_by: names.of(run.created_by),
            gates: gates.into_iter().map(gate_part).collect(),
            retries: retries.into_iter().map(retry_part).collect(),
            events: Events {
                total: run.event_seq,
                of_note: events.into_iter().map(event_part).collect(),
                left_out,
            },
        })
    }
}

struct Names(HashMap<Uuid, user::Model>);

impl Names {
    fn of(&self, id: Uuid) -> String {
        self.0.get(&id).map_or_else(|| "somebody who is not known any more".into(), |user| user.name.clone())
    }
}

/// The events but those of single probes, and how many of them are left out.
async fn of_note(db: &Db, run: &run::Model) -> Result<(Vec<run_event::Model>, i64)> {
    #[derive(FromQueryResult)]
    struct Count {
        total: i64,
    }
    // As the index `run_events_of_note` says it: a literal, so that the planner sees that it fits.
    let is_of_note = || {
        Condition::all().add(run_event::Column::RunId.eq(run.id)).add(Expr::cust("kind <> 'probe.failed'"))
    };
    let mut events = run_event::Entity::find()
        .filter(is_of_note())
        .order_by_asc(run_event::Column::Seq)
        .limit(FIRST)
        .all(db.read())
        .await?;
    let after = events.last().map_or(0, |event| event.seq);
    let mut last = run_event::Entity::find()
        .filter(is_of_note().add(run_event::Column::Seq.gt(after)))
        .order_by_desc(run_event::Column::Seq)
        .limit(LAST)
        .all(db.read())
        .await?;
    last.reverse();
    events.extend(last);
    let sql = "SELECT COUNT(*) AS total FROM run_events WHERE run_id = $1 AND kind <> 'probe.failed'";
    let total = row::<Count>(db.read(), sql, [run.id.into()]).await?.map_or(0, |count| count.total);
    let listed = i64::try_from(events.len()).unwrap_or(i64::MAX);
    Ok((events, (total - listed).max(0)))
}

/// How long it was paused, all in all: each pause lasts until it is resumed, cancelled or over.
async fn paused_ms(db: &Db, run_id: Uuid, ended: DateTime<Utc>) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Latch {
        kind: String,
        created_at: DateTime<Utc>,
    }
    let sql = "SELECT kind, created_at FROM run_events WHERE run_id = $1 AND kind <> 'probe.failed'
            AND kind IN ('run.paused', 'gate.changes_requested', 'run.resumed', 'run.cancelled', 'run.reopened',
                         'run.completed', 'run.failed', 'run.ended')
        ORDER BY seq";
    let mut since = None;
    let mut sum = 0;
    for Latch { kind, created_at } in rows(db.read(), sql, [run_id.into()]).await? {
        if matches!(kind.as_str(), "run.paused" | "gate.changes_requested") {
            since.get_or_insert(created_at);
        } else if let Some(since) = since.take() {
            sum += millis(since, created_at);
        }
    }
    Ok(sum + since.map_or(0, |since| millis(since, ended)))
}

/// From one instant to another; a clock that was set back gives no negative spans.
pub(super) fn millis(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    (to - from).num_milliseconds().max(0)
}
