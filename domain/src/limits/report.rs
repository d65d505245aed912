//! What workers saw of a provider, put into the lane's row: one transaction, the row locked, so
//! that what several saw at once has its effect once.

use std::time::Duration;

use super::{
    Breaker, Bucket, LaneState, Outcome, Stated,
    ask::next_day,
    learned::Learned,
    state::{ceiling, instant, lane_row, limits_of, model_rows, seconds},
};
use crate::{
    db::{Db, locked, now},
    error::Result,
    meter::meter,
};
use chrono::{DateTime, Utc};
use entity::{BreakerState, provider_model_state, provider_state};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, sea_query::OnConflict,
};

/// The weight of what is new in a mean.
const NEW_SHARE: f64 = 0.2;

/// How a call to a model ended.
#[derive(Clone, Debug)]
pub struct ModelOutcome {
    /// What was asked for.
    pub wire_model: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The fault's category and words; None: it was none.
    pub fault: Option<(String, String)>,
}

/// A call that was refused because there were too many.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What was asked for.
    pub wire_model: String,
    /// How long ago it was sent.
    pub age: Duration,
    /// How long to wait, as told or by backoff.
    pub pause: Duration,
    /// True where a quota of a day is used up: other models need not wait for that.
    pub is_of_a_day: bool,
    /// True where the provider said how long; else a quota of a day is one until midnight (UTC).
    pub is_told: bool,
    /// What the provider said.
    pub message: String,
}

/// What a worker saw of a lane since it last said so.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Calls that were answered.
    pub answered: u32,
    /// Calls that were refused.
    pub refusals: Vec<Refusal>,
    /// What the last headers stated; None: nothing.
    pub stated: Option<Stated>,
    /// How calls ended, in order.
    pub outcomes: Vec<ModelOutcome>,
    /// Tokens used less tokens reserved.
    pub token_correction: f64,
    /// Tokens of the calls that were answered, together with those of the answers alone; None:
    /// the provider does not say.
    pub tokens: Option<(f64, f64)>,
    /// Calls of this worker per minute, and its share of those in flight (0–1).
    pub observed_per_minute: f64,
}

impl Report {
    /// True where there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.answered == 0
            && self.refusals.is_empty()
            && self.outcomes.is_empty()
            && self.stated.is_none()
            && self.token_correction == 0.0
    }
}

/// Puts what a worker saw into the lane's row; returns the lane as it is now.
///
/// # Errors
/// `Unavailable` or `Database`; nothing of it stands then.
pub async fn report(db: &Db, lane: &str, report: &Report) -> Result<LaneState> {
    let tx = db.begin_queue().await?;
    let mut state = match lane_row(&tx, lane, true).await? {
        Some(state) => state,
        None => {
            insert_row(&tx, new_row(lane, Learned::at_first(false))).await?;
            lane_row(&tx, lane, true).await?.ok_or_else(|| crate::Error::not_found("lane", lane))?
        }
    };
    let before = state.row.clone();
    apply(&mut state, report);
    if state.row != before {
        state.row.updated_at = now();
        state.row.clone().into_active_model().reset_all().update(&tx).await?;
    }
    let turned = apply_to_models(&tx, &state, report).await?;
    state.models = model_rows(&tx, lane).await?;
    tx.commit().await?;
    for (model, to) in turned {
        meter().breaker(lane, &model, to);
    }
    Ok(state)
}

/// A lane of which nothing is known.
pub(super) fn new_row(lane: &str, learned: Learned) -> provider_state::Model {
    let row = provider_state::Model {
        lane: lane.to_owned(),
        configured_parallel: None,
        configured_requests_per_minute: None,
        configured_tokens_per_minute: None,
        configured_requests_per_day: None,
        admin_parallel: None,
        admin_requests_per_minute: None,
        admin_tokens_per_minute: None,
        admin_requests_per_day: None,
        stated_requests_per_minute: None,
        stated_tokens_per_minute: None,
        learned_parallel: None,
        learned_requests_per_minute: None,
        is_slow_start: false,
        ramp_count: 0,
        cut_at: 0.0,
        cut_count: 0,
        risen_at: 0.0,
        limited_in_a_row: 0,
        request_tat: 0.0,
        token_tat: 0.0,
        mean_output_tokens: None,
        mean_call_tokens: None,
        day: 0,
        day_count: 0,
        cooldown_until: None,
        cooldown_reason: None,
        cooldown_message: None,
        updated_at: now(),
    };
    let mut state = LaneState { row, models: Vec::new(), now: 0.0 };
    state.set_learned(learned);
    state.row
}

/// Inserts a lane's row where there is none.
pub(super) async fn insert_row(tx: &impl ConnectionTrait, row: provider_state::Model) -> Result<()> {
    provider_state::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(provider_state::Column::Lane).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Everything but the models. Pure.
pub(super) fn apply(state: &mut LaneState, report: &Report) {
    let now = state.now;
    let mut learned = state.learned();
    heed(state, &mut learned, report);
    // Where the headers state that there is room, it was not the rate that was refused.
    let has_room = report.stated.is_some_and(|stated| {
        stated.requests.is_tight() == Some(false) && stated.tokens.is_tight() != Some(true)
    });
    for refusal in report.refusals.iter().filter(|refusal| !refusal.is_of_a_day) {
        let sent_at = now - refusal.age.as_secs_f64();
        let in_force = limits_of(&state.row).requests_per_minute.map(|limit| limit.value);
        if !has_room && learned.refused(sent_at, now, in_force, report.observed_per_minute) {
            state.row.limited_in_a_row = state.row.limited_in_a_row.saturating_add(1);
        }
        state.set_learned(learned);
        cool_down(&mut state.row, now, refusal.pause, "rate_limited", Some(refusal.message.clone()));
    }
    if report.answered > 0 {
        learned.answered(report.answered, now, ceiling(&state.row).map(|limit| limit.value));
        if report.refusals.is_empty() {
            state.row.limited_in_a_row = 0;
        }
    }
    state.set_learned(learned);
    if let (Some((all, output)), 1..) = (report.tokens, report.answered) {
        let count = f64::from(report.answered);
        let mean = |before: Option<f64>, new: f64| before.map_or(new, |old| old + (new - old) * NEW_SHARE);
        state.row.mean_call_tokens = Some(mean(state.row.mean_call_tokens, all / count));
        state.row.mean_output_tokens = Some(mean(state.row.mean_output_tokens, output / count));
    }
    if let Some(limit) = limits_of(&state.row).tokens_per_minute {
        let bucket = Bucket::per_minute(limit.value);
        // What was reserved too much is given back, but never as credit for the past.
        state.row.token_tat = bucket.take(state.row.token_tat, 0.0, report.token_correction);
    }
}

/// Heeds what the headers state: a limit counts once it is tight, and no more once there is room.
fn heed(state: &mut LaneState, learned: &mut Learned, report: &Report) {
    let Some(stated) = report.stated else { return };
    let is_refused = !report.refusals.is_empty();
    let row = &mut state.row;
    for (window, slot) in [
        (stated.requests, &mut row.stated_requests_per_minute),
        (stated.tokens, &mut row.stated_tokens_per_minute),
    ] {
        match window.is_tight() {
            Some(true) => *slot = window.per_minute(),
            Some(false) if !is_refused => *slot = None,
            _ => {}
        }
    }
    if row.stated_requests_per_minute.is_some() || row.stated_tokens_per_minute.is_some() {
        learned.limit_is_known();
    }
    if let Some(pause) = stated.pause() {
        cool_down(row, state.now, pause, "exhausted", None);
    }
    state.set_learned(*learned);
}

/// Stops the lane for all workers; what is told last longest counts.
fn cool_down(
    row: &mut provider_state::Model,
    now: f64,
    pause: Duration,
    reason: &str,
    message: Option<String>,
) {
    let until = now + pause.as_secs_f64();
    if row.cooldown_until.is_some_and(|before| seconds(before) >= until) {
        return;
    }
    row.cooldown_until = Some(instant(until));
    row.cooldown_reason = Some(reason.to_owned());
    row.cooldown_message = message;
    if let Some(limit) = limits_of(row).requests_per_minute {
        // The pause earns nothing: one call goes first, not a burst into a bucket just filled.
        let bucket = Bucket::per_minute(limit.value);
        row.request_tat = row.request_tat.max(bucket.take(until, until, bucket.burst() - 1.0));
    }
}

/// Returns the models whose breaker opened or closed, with which of the two.
async fn apply_to_models(
    tx: &impl ConnectionTrait,
    state: &LaneState,
    report: &Report,
) -> Result<Vec<(String, &'static str)>> {
    let mut turned = Vec::new();
    let mut names: Vec<&str> = report
        .outcomes
        .iter()
        .map(|outcome| outcome.wire_model.as_str())
        .chain(report.refusals.iter().filter(|refusal| refusal.is_of_a_day).map(|r| r.wire_model.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut row = model_row(tx, &state.row.lane, name).await?;
        let before = row.clone();
        let mut breaker = breaker_of(&row);
        for seen in report.outcomes.iter().filter(|seen| seen.wire_model == name) {
            breaker.record(seen.outcome, state.now);
            if let Some((category, message)) = &seen.fault {
                row.fault_category = Some(category.clone());
                row.fault_message = Some(message.clone());
            }
        }
        set_breaker(&mut row, &breaker);
        match (before.breaker, row.breaker) {
            (BreakerState::Closed, BreakerState::Open) => turned.push((name.to_owned(), "open")),
            (BreakerState::Open | BreakerState::HalfOpen, BreakerState::Closed) => {
                turned.push((name.to_owned(), "closed"));
            }
            _ => {}
        }
        for refusal in report.refusals.iter().filter(|r| r.is_of_a_day && r.wire_model == name) {
            let told = state.now + refusal.pause.as_secs_f64();
            row.cooldown_until = Some(instant(if refusal.is_told { told } else { next_day(state.now) }));
            row.cooldown_message = Some(refusal.message.clone());
        }
        if row != before {
            row.updated_at = now();
            row.into_active_model().reset_all().update(tx).await?;
        }
    }
    Ok(turned)
}

/// A model's row, locked; made where there is none.
async fn model_row(
    tx: &impl ConnectionTrait,
    lane: &str,
    wire_model: &str,
) -> Result<provider_model_state::Model> {
    let find = || {
        let query = provider_model_state::Entity::find()
            .filter(provider_model_state::Column::Lane.eq(lane))
            .filter(provider_model_state::Column::WireModel.eq(wire_model))
            .order_by_asc(provider_model_state::Column::WireModel);
        locked(query, tx)
    };
    if let Some(found) = find().one(tx).await? {
        return Ok(found);
    }
    let new = provider_model_state::ActiveModel {
        lane: Set(lane.to_owned()),
        wire_model: Set(wire_model.to_owned()),
        breaker: Set(BreakerState::Closed),
        updated_at: Set(now()),
        ..Default::default()
    };
    provider_model_state::Entity::insert(new)
        .on_conflict(
            OnConflict::columns([
                provider_model_state::Column::Lane,
                provider_model_state::Column::WireModel,
            ])
            .do_nothing()
            .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    find().one(tx).await?.ok_or_else(|| crate::Error::not_found("model", wire_model))
}

/// The breaker that a row holds.
pub fn breaker_of(row: &provider_model_state::Model) -> Breaker {
    let at = |at: Option<DateTime<Utc>>| at.map(seconds);
    Breaker {
        state: row.breaker,
        fault_streak: row.fault_streak,
        recent_bits: row.recent_bits,
        recent_count: row.recent_count,
        opened_at: at(row.opened_at),
        retry_at: at(row.retry_at),
        pause: Duration::from_millis(row.pause_ms.unsigned_abs()),
        trial_count: row.trial_count,
        trial: row.trial_probe_id,
    }
}

fn set_breaker(row: &mut provider_model_state::Model, breaker: &Breaker) {
    row.breaker = breaker.state;
    row.fault_streak = breaker.fault_streak;
    row.recent_bits = breaker.recent_bits;
    row.recent_count = breaker.recent_count;
    row.opened_at = breaker.opened_at.map(instant);
    row.retry_at = breaker.retry_at.map(instant);
    row.pause_ms = i64::try_from(breaker.pause.as_millis()).unwrap_or(i64::MAX);
    row.trial_count = breaker.trial_count;
    row.trial_probe_id = breaker.trial;
}
