//! The limits of a lane as they are in force, and where each comes from.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{provider_model_state, provider_state};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};

use super::{
    Bucket,
    ask::{left_today, next_day},
    learned::Learned,
};
use crate::{
    db::{Db, row},
    error::Result,
};

/// Who set a limit.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum LimitSource {
    /// `probity.toml` or the environment.
    Configured,
    /// An admin, at run time.
    Admin,
    /// The provider's headers.
    Stated,
    /// Answers and refusals.
    Learned,
}

impl LimitSource {
    /// As a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Admin => "admin",
            Self::Stated => "stated",
            Self::Learned => "learned",
        }
    }
}

/// A limit that is in force.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct InForce {
    /// How much.
    pub value: f64,
    /// Who set it.
    pub source: LimitSource,
}

/// The limits in force; None: none.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Calls in flight over all workers.
    pub parallel: Option<InForce>,
    /// Requests per minute.
    pub requests_per_minute: Option<InForce>,
    /// Tokens per minute, of questions and answers.
    pub tokens_per_minute: Option<InForce>,
    /// Requests per day (UTC).
    pub requests_per_day: Option<InForce>,
}

impl Limits {
    /// True where a claim has to ask for leave.
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

/// A limit that is used up for now.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Pace {
    /// The limit.
    pub limit: InForce,
    /// Of what, e.g. `requests per minute`.
    pub what: &'static str,
    /// When the next call may be sent.
    pub until: DateTime<Utc>,
    /// Until then, in seconds.
    pub wait: f64,
}

/// A lane as its row and the rows of its models have it, with the database's time.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneState {
    /// Limits, what was learned, cooldown.
    pub row: provider_state::Model,
    /// The breakers that are not closed, and quotas used up for the day.
    pub models: Vec<provider_model_state::Model>,
    /// The database's clock at the read, in seconds since 1970.
    pub now: f64,
}

fn chosen(admin: Option<f64>, configured: Option<f64>) -> Option<InForce> {
    let of = |source| move |value| InForce { value, source };
    admin.map(of(LimitSource::Admin)).or(configured.map(of(LimitSource::Configured)))
}

fn lower(known: Option<InForce>, learned: Option<f64>) -> Option<InForce> {
    match (known, learned) {
        (Some(known), Some(learned)) if known.value <= learned => Some(known),
        (known, None) => known,
        (_, Some(value)) => Some(InForce { value, source: LimitSource::Learned }),
    }
}

/// The most that a lane's requests per minute may rise to: what somebody set, else what the
/// provider states; None: not known.
pub(super) fn ceiling(row: &provider_state::Model) -> Option<InForce> {
    let stated = row.stated_requests_per_minute;
    chosen(row.admin_requests_per_minute.map(f64::from), row.configured_requests_per_minute.map(f64::from))
        .or(stated.map(|value| InForce { value, source: LimitSource::Stated }))
}

/// The limits that a row puts in force.
pub fn limits_of(row: &provider_state::Model) -> Limits {
    let stated = row.stated_tokens_per_minute.map(|value| InForce { value, source: LimitSource::Stated });
    let count = |count: Option<i64>| count.map(|count| count as f64);
    Limits {
        parallel: lower(
            chosen(row.admin_parallel.map(f64::from), row.configured_parallel.map(f64::from)),
            row.learned_parallel.map(f64::from),
        ),
        requests_per_minute: lower(ceiling(row), row.learned_requests_per_minute),
        tokens_per_minute: chosen(
            count(row.admin_tokens_per_minute),
            count(row.configured_tokens_per_minute),
        )
        .or(stated),
        requests_per_day: chosen(count(row.admin_requests_per_day), count(row.configured_requests_per_day)),
    }
}

/// Seconds since 1970.
pub(crate) fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1_000.0
}

/// The instant of some seconds since 1970; far ahead where there is none.
pub(super) fn instant(seconds: f64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis((seconds * 1_000.0).ceil() as i64).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl LaneState {
    /// The limits in force.
    pub fn limits(&self) -> Limits {
        limits_of(&self.row)
    }

    /// Until when nobody may ask, with the reason's word and what the provider said; None: now.
    pub fn cooldown(&self) -> Option<(DateTime<Utc>, &str, Option<&str>)> {
        let until = self.row.cooldown_until.filter(|until| seconds(*until) > self.now)?;
        Some((
            until,
            self.row.cooldown_reason.as_deref().unwrap_or("rate_limited"),
            self.row.cooldown_message.as_deref(),
        ))
    }

    /// True where a claim has to ask for leave: limits are in force, or a pause.
    pub fn is_governed(&self) -> bool {
        self.limits().is_any() || self.cooldown().is_some()
    }

    /// Seconds that the line at the rate limiter is long; 0: one may go at once.
    pub fn backlog_seconds(&self) -> f64 {
        let wait = |limit: Option<InForce>, tat: f64| {
            limit.map_or(0.0, |limit| Bucket::per_minute(limit.value).slice_at(tat, 1.0) - self.now)
        };
        let limits = self.limits();
        wait(limits.requests_per_minute, self.row.request_tat)
            .max(wait(limits.tokens_per_minute, self.row.token_tat))
            .max(0.0)
    }

    /// The rate or quota that stands in the way of the next call, and until when; the longest wait
    /// where there are several. None: none does.
    pub fn pace(&self) -> Option<Pace> {
        let limits = self.limits();
        let pace = |limit, what, at| Pace { limit, what, until: instant(at), wait: at - self.now };
        let paced = |limit: Option<InForce>, tat: f64, what| {
            let limit = limit?;
            let at = Bucket::per_minute(limit.value).slice_at(tat, 1.0);
            (at > self.now).then(|| pace(limit, what, at))
        };
        let day = limits.requests_per_day.filter(|_| left_today(&self.row, &limits, self.now) == Some(0));
        [
            paced(limits.requests_per_minute, self.row.request_tat, "requests per minute"),
            paced(limits.tokens_per_minute, self.row.token_tat, "tokens per minute"),
            day.map(|limit| pace(limit, "requests per day", next_day(self.now))),
        ]
        .into_iter()
        .flatten()
        .max_by_key(|pace| pace.until)
    }

    /// Requests that are left of the day's (UTC); None: there is no such limit.
    pub fn left_today(&self) -> Option<u64> {
        left_today(&self.row, &self.limits(), self.now)
    }

    pub(super) fn learned(&self) -> Learned {
        Learned {
            parallel: self.row.learned_parallel,
            requests_per_minute: self.row.learned_requests_per_minute,
            is_slow_start: self.row.is_slow_start,
            ramp_count: self.row.ramp_count,
            cut_at: self.row.cut_at,
            cut_count: self.row.cut_count,
            risen_at: self.row.risen_at,
        }
    }

    pub(super) fn set_learned(&mut self, learned: Learned) {
        self.row.learned_parallel = learned.parallel;
        self.row.learned_requests_per_minute = learned.requests_per_minute;
        self.row.is_slow_start = learned.is_slow_start;
        self.row.ramp_count = learned.ramp_count;
        self.row.cut_at = learned.cut_at;
        self.row.cut_count = learned.cut_count;
        self.row.risen_at = learned.risen_at;
    }
}

/// The database's clock, in seconds since 1970.
pub(crate) fn sql_epoch(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)",
        _ => "unixepoch('subsec')",
    }
}

#[derive(FromQueryResult)]
struct Timed {
    #[sea_orm(nested)]
    row: provider_state::Model,
    now: f64,
}

/// A lane's own row; `is_locked`: for the rest of the transaction.
pub(super) async fn lane_row(
    connection: &impl ConnectionTrait,
    lane: &str,
    is_locked: bool,
) -> Result<Option<LaneState>> {
    let backend = connection.get_database_backend();
    let lock = if is_locked && backend == DbBackend::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!(
        "SELECT provider_states.*, {} AS now FROM provider_states WHERE lane = $1{lock}",
        sql_epoch(backend)
    );
    let found: Option<Timed> = row(connection, sql, [lane.into()]).await?;
    Ok(found.map(|timed| LaneState { row: timed.row, models: Vec::new(), now: timed.now }))
}

pub(super) async fn model_rows(
    connection: &impl ConnectionTrait,
    lane: &str,
) -> Result<Vec<provider_model_state::Model>> {
    Ok(provider_model_state::Entity::find()
        .filter(provider_model_state::Column::Lane.eq(lane))
        .order_by_asc(provider_model_state::Column::WireModel)
        .all(connection)
        .await?)
}

/// What is known of a lane; None where no worker ever served it.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn state_of(db: &Db, lane: &str) -> Result<Option<LaneState>> {
    let Some(mut state) = lane_row(db.read(), lane, false).await? else { return Ok(None) };
    state.models = model_rows(db.read(), lane).await?;
    Ok(Some(state))
}

/// What is known of all lanes, by name.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn states(db: &Db) -> Result<Vec<LaneState>> {
    let sql = format!(
        "SELECT provider_states.*, {} AS now FROM provider_states ORDER BY lane",
        sql_epoch(db.read().get_database_backend())
    );
    let found = crate::db::rows::<Timed>(db.read(), sql, []).await?;
    let mut models: HashMap<String, Vec<provider_model_state::Model>> = HashMap::new();
    let rows = provider_model_state::Entity::find().order_by_asc(provider_model_state::Column::WireModel);
    for row in rows.all(db.read()).await? {
        models.entry(row.lane.clone()).or_default().push(row);
    }
    let state = |timed: Timed| {
        let models = models.remove(&timed.row.lane).unwrap_or_default();
        LaneState { row: timed.row, models, now: timed.now }
    };
    Ok(found.into_iter().map(state).collect())
}

/// Calls in flight over all workers, by lane; lanes without one are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn in_flight(db: &Db) -> Result<HashMap<String, i64>> {
    #[derive(FromQueryResult)]
    struct Count {
        lane: String,
        total: i64,
    }
    let sql = "SELECT lane, COUNT(*) AS total FROM (
            SELECT lane FROM probes WHERE status = 'running'
            UNION ALL SELECT lane FROM ai_calls WHERE status = 'running') AS calls GROUP BY lane";
    let counts: Vec<Count> = crate::db::rows(db.read(), sql, []).await?;
    Ok(counts.into_iter().map(|count| (count.lane, count.total)).collect())
}
