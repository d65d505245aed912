//! Asking for leave to call a provider, in the transaction that claims what is to be sent.

use std::time::Duration;

use entity::provider_state;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::{
    Bucket, InForce, LaneState, Limits,
    state::{lane_row, seconds},
};
use crate::{
    db::{Db, execute, row},
    error::Result,
};

const DAY_SECONDS: f64 = 86_400.0;

/// Tokens of a call where no answer has taught how many there are.
const CALL_TOKENS: f64 = 1_000.0;

/// Who asks, and for how many calls.
#[derive(Copy, Clone, Debug)]
pub struct Asking<'a> {
    /// The worker; what it has in flight is known better by itself than by the database, where
    /// what was answered is in flight until it is written.
    pub worker_id: Uuid,
    /// The lane.
    pub lane: &'a str,
    /// Calls wanted.
    pub wanted: u64,
    /// Calls of this worker that are in flight.
    pub in_flight: u64,
}

/// How many calls may be sent, and when it is worth asking again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leave {
    /// Calls that may be sent now.
    pub count: u64,
    /// When more may be sent; None: when something in flight ends.
    pub wait: Option<Duration>,
    /// The lane as it was asked; None: it has no row, and no limit.
    pub state: Option<LaneState>,
}

/// Says how many calls may be sent now. The lane's row stays locked for the rest of the
/// transaction, so that workers that ask at once are answered one after the other.
pub(crate) async fn ask(tx: &impl ConnectionTrait, asking: &Asking<'_>) -> Result<Leave> {
    let Some(state) = lane_row(tx, asking.lane, true).await? else {
        return Ok(Leave { count: asking.wanted, ..Leave::default() });
    };
    let limits = state.limits();
    let mut count = asking.wanted;
    if let Some((until, ..)) = state.cooldown() {
        let wait = Some(span(seconds(until) - state.now));
        return Ok(Leave { count: 0, wait, state: Some(state) });
    }
    if let Some(parallel) = limits.parallel {
        let elsewhere = in_flight_elsewhere(tx, asking).await?;
        count = count.min((parallel.value as u64).saturating_sub(elsewhere + asking.in_flight));
    }
    count = count.min(rate_allows(&state.row, &limits, state.now));
    let wait = (count < asking.wanted).then(|| rate_wait(&state.row, &limits, state.now, count)).flatten();
    Ok(Leave { count, wait, state: Some(state) })
}

/// Notes calls that will be sent, in the transaction that asked; returns when more may be sent
/// where the rate stands in the way of another.
pub(crate) async fn took(tx: &impl ConnectionTrait, leave: &mut Leave, count: u64) -> Result<()> {
    let Some(state) = &mut leave.state else { return Ok(()) };
    let limits = state.limits();
    if count == 0 || !has_rate(&limits) {
        return Ok(());
    }
    let (now, taken) = (state.now, count as f64);
    let row = &mut state.row;
    advance(row, &limits, now, taken, taken * call_tokens(row));
    save_taken(tx, row).await?;
    if leave.wait.is_none() && rate_allows(row, &limits, now) == 0 {
        leave.wait = rate_wait(row, &limits, now, 0);
    }
    Ok(())
}

/// Takes up to `wanted` calls of a lane's rate, in a transaction of its own. Returns how many.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn take(db: &Db, asking: &Asking<'_>) -> Result<u64> {
    let tx = db.begin_queue().await?;
    let mut leave = ask(&tx, asking).await?;
    let count = leave.count;
    took(&tx, &mut leave, count).await?;
    tx.commit().await?;
    Ok(count)
}

/// Takes the place of one call in the line, where that is no longer than `within`, and says how long to wait until
/// it may be sent. For the next turn of a conversation: its earlier turns are paid for, so it
/// goes before new claims, which are given only what may be sent at once. Whoever is told to wait longer has no
/// place, and asks again: a limit may be raised meanwhile.
///
/// # Errors
/// `Unavailable` or `Database`; the place is not taken then.
pub async fn take_turn(db: &Db, lane: &str, tokens: f64, within: Duration) -> Result<Duration> {
    let tx = db.begin_queue().await?;
    let Some(mut state) = lane_row(&tx, lane, true).await? else { return Ok(Duration::ZERO) };
    let wait = book(&tx, &mut state, tokens).await?;
    if wait <= within {
        tx.commit().await?;
    }
    Ok(wait)
}

/// Takes the place of one call in the line of a lane whose row is locked; returns how long the
/// line is.
pub(super) async fn book(tx: &impl ConnectionTrait, state: &mut LaneState, tokens: f64) -> Result<Duration> {
    let (limits, now) = (state.limits(), state.now);
    let mut at = state.cooldown().map_or(now, |(until, ..)| seconds(until));
    if let Some(limit) = limits.requests_per_minute {
        at = at.max(Bucket::per_minute(limit.value).send_at(state.row.request_tat, now, 1.0));
    }
    if let Some(limit) = limits.tokens_per_minute {
        at = at.max(Bucket::per_minute(limit.value).send_at(state.row.token_tat, now, tokens));
    }
    if left_today(&state.row, &limits, now) == Some(0) {
        at = at.max(next_day(now));
    }
    if has_rate(&limits) {
        advance(&mut state.row, &limits, now, 1.0, tokens);
        save_taken(tx, &state.row).await?;
    }
    Ok(span(at - now))
}

/// The tokens that a claim reserves for each call: question and answer, as far as it is known.
pub fn call_tokens(row: &provider_state::Model) -> f64 {
    row.mean_call_tokens.unwrap_or(CALL_TOKENS).max(1.0)
}

fn has_rate(limits: &Limits) -> bool {
    limits.requests_per_minute.is_some()
        || limits.tokens_per_minute.is_some()
        || limits.requests_per_day.is_some()
}

pub(super) fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

fn day_of(now: f64) -> i64 {
    (now / DAY_SECONDS) as i64
}

/// The next midnight (UTC), in seconds since 1970.
pub(super) fn next_day(now: f64) -> f64 {
    (now / DAY_SECONDS).floor() * DAY_SECONDS + DAY_SECONDS
}

pub(super) fn left_today(row: &provider_state::Model, limits: &Limits, now: f64) -> Option<u64> {
    let used = if row.day == day_of(now) { row.day_count } else { 0 };
    limits.requests_per_day.map(|limit| u64::try_from(limit.value as i64 - used).unwrap_or(0))
}

fn rate_allows(row: &provider_state::Model, limits: &Limits, now: f64) -> u64 {
    let of = |limit: Option<InForce>, tat: f64, cost: f64| {
        limit.map_or(u64::MAX, |limit| Bucket::per_minute(limit.value).available(tat, now, cost))
    };
    of(limits.requests_per_minute, row.request_tat, 1.0)
        .min(of(limits.tokens_per_minute, row.token_tat, call_tokens(row)))
        .min(left_today(row, limits, now).unwrap_or(u64::MAX))
}

/// When the rate allows another slice after `count` calls; None where it is not the rate that
/// stands in the way.
fn rate_wait(row: &provider_state::Model, limits: &Limits, now: f64, count: u64) -> Option<Duration> {
    let count = count as f64;
    let of = |limit: Option<InForce>, tat: f64, cost: f64| {
        let bucket = Bucket::per_minute(limit?.value);
        let at = bucket.slice_at(bucket.take(tat, now, count * cost), cost);
        (at > now).then_some(at)
    };
    let is_day_over = left_today(row, limits, now).is_some_and(|left| left as f64 <= count);
    [
        of(limits.requests_per_minute, row.request_tat, 1.0),
        of(limits.tokens_per_minute, row.token_tat, call_tokens(row)),
        is_day_over.then(|| next_day(now)),
    ]
    .into_iter()
    .flatten()
    .reduce(f64::max)
    .map(|at| span(at - now))
}

fn advance(row: &mut provider_state::Model, limits: &Limits, now: f64, calls: f64, tokens: f64) {
    if let Some(limit) = limits.requests_per_minute {
        row.request_tat = Bucket::per_minute(limit.value).take(row.request_tat, now, calls);
    }
    if let Some(limit) = limits.tokens_per_minute {
        row.token_tat = Bucket::per_minute(limit.value).take(row.token_tat, now, tokens);
    }
    let today = day_of(now);
    row.day_count = if row.day == today { row.day_count } else { 0 } + calls as i64;
    row.day = today;
}

async fn save_taken(tx: &impl ConnectionTrait, row: &provider_state::Model) -> Result<()> {
    let sql = "UPDATE provider_states SET request_tat = $2, token_tat = $3, day = $4, day_count = $5 WHERE lane = $1";
    let values = [
        row.lane.clone().into(),
        row.request_tat.into(),
        row.token_tat.into(),
        row.day.into(),
        row.day_count.into(),
    ];
    execute(tx, sql, values).await.map(drop)
}

/// Calls of the lane that other workers have in flight: an exact count of rows, so that nothing
/// leaks when a worker is killed; its rows count until its leases are taken back.
async fn in_flight_elsewhere(tx: &impl ConnectionTrait, asking: &Asking<'_>) -> Result<u64> {
    #[derive(FromQueryResult)]
    struct Count {
        total: i64,
    }
    // A judge's calls are nobody's probes; one that waits for a place is given the next.
    let sql = "SELECT (SELECT COUNT(*) FROM workers
            JOIN probes ON probes.leased_by = workers.id AND probes.status = 'running' AND probes.lane = $2
            WHERE workers.id <> $1 AND workers.stopped_at IS NULL)
        + (SELECT COUNT(*) FROM ai_calls WHERE lane = $2 AND status IN ('waiting', 'running')) AS total";
    let count: Option<Count> = row(tx, sql, [asking.worker_id.into(), asking.lane.into()]).await?;
    Ok(count.map_or(0, |count| count.total.unsigned_abs()))
}
