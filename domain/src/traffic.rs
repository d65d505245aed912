//! What calls were like lately: a bounded look at the latest attempts, however long the history.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use entity::{AttemptResult, attempt};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Query, UnionType},
};
use uuid::Uuid;

use crate::{db::Db, error::Result};

/// SQLite joins at most 500 selects.
const MODELS_PER_STATEMENT: usize = 250;

/// A try that has ended.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Recent {
    /// The model of the run.
    pub run_model_id: Uuid,
    /// How it ended.
    pub result: AttemptResult,
    /// Why, as a word of the taxonomy; None: it was answered, or given back.
    pub error_category: Option<String>,
    /// Turns that it had answered.
    pub turn_count: i32,
    /// Time spent waiting for the provider, all turns together; None: nobody knows.
    pub latency_ms: Option<i64>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

impl Recent {
    /// True where the probe ended with it.
    pub fn ends_probe(&self) -> bool {
        matches!(self.result, AttemptResult::Succeeded | AttemptResult::Failed)
    }

    /// The time to the answer of one turn; None: none was answered.
    pub fn latency_of_turn(&self) -> Option<Duration> {
        let turns = u32::try_from(self.turn_count).ok().filter(|turns| *turns > 0)?;
        let all = Duration::from_millis(u64::try_from(self.latency_ms?).ok()?);
        self.error_category.is_none().then(|| all / turns)
    }
}

/// The latest tries of models of runs, newest first: at most `most` of each, and none that ended
/// before `since`. One index scan per model, all in one statement for up to 250.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn latest(
    db: &Db,
    run_model_ids: &[Uuid],
    since: Option<DateTime<Utc>>,
    most: u64,
) -> Result<HashMap<Uuid, Vec<Recent>>> {
    use attempt::Column;
    let of_model = |id: &Uuid| {
        let mut tries = attempt::Entity::find()
            .select_only()
            .columns([
                Column::RunModelId,
                Column::Result,
                Column::ErrorCategory,
                Column::TurnCount,
                Column::LatencyMs,
                Column::FinishedAt,
            ])
            .filter(Column::RunModelId.eq(*id))
            .order_by_desc(Column::FinishedAt)
            .limit(most);
        if let Some(since) = since {
            tries = tries.filter(Column::FinishedAt.gt(since));
        }
        // A select with a limit cannot stand in a union on SQLite, a select from it can.
        Query::select().column(Asterisk).from_subquery(tries.into_query(), "tries").to_owned()
    };
    let mut found: HashMap<Uuid, Vec<Recent>> = HashMap::new();
    for ids in run_model_ids.chunks(MODELS_PER_STATEMENT) {
        let Some((first, others)) = ids.split_first() else { continue };
        let mut union = of_model(first);
        union.unions(others.iter().map(|id| (UnionType::All, of_model(id))));
        let statement = db.read().get_database_backend().build(&union);
        for row in Recent::find_by_statement(statement).all(db.read()).await? {
            found.entry(row.run_model_id).or_default().push(row);
        }
    }
    for tries in found.values_mut() {
        tries.sort_by_key(|row| std::cmp::Reverse(row.finished_at));
    }
    Ok(found)
}

/// Models of runs that had something to do since `since`, with their lanes; the latest runs first,
/// at most `most`.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn active_models(db: &Db, since: DateTime<Utc>, most: u64) -> Result<Vec<(Uuid, String)>> {
    #[derive(FromQueryResult)]
    struct Active {
        id: Uuid,
        lane: String,
    }
    // Two index scans: what is not over is few, and what ended lately is by time.
    let sql = "SELECT m.id, m.lane FROM (
            SELECT id, created_at FROM runs WHERE status IN ('pending', 'awaiting_approval', 'running', 'scoring')
            UNION ALL SELECT id, created_at FROM runs WHERE completed_at > $1) AS active
        JOIN run_models AS m ON m.run_id = active.id ORDER BY active.created_at DESC, m.ordinal LIMIT $2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found: Vec<Active> = crate::db::rows(db.read(), sql, [since.into(), most.into()]).await?;
    Ok(found.into_iter().map(|row| (row.id, row.lane)).collect())
}

/// What calls to a provider were like.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    /// Tries that were answered.
    pub answered: u64,
    /// Tries that failed, too many at once not among them.
    pub failed: u64,
    /// Tries that were refused because there were too many at once.
    pub rate_limited: u64,
    /// The median time to the answer of a turn; None: none was answered.
    pub latency_p50: Option<Duration>,
    /// The time within which 95 % of the turns were answered; None: none was answered.
    pub latency_p95: Option<Duration>,
    /// Probes that ended per minute; None: none did.
    pub ended_per_minute: Option<f64>,
    /// True where there was more than was looked at: the figures are of the latest.
    pub is_sampled: bool,
    /// Whether the last try whose answer tells was let in (`false`: its key was refused).
    pub is_key_accepted: Option<bool>,
    /// Whether anything answered the last try that tells.
    pub is_reachable: Option<bool>,
}

impl Traffic {
    /// Failed among answered and failed, from 0 to 1; None: there was neither.
    pub fn error_rate(&self) -> Option<f64> {
        let all = self.answered + self.failed;
        (all > 0).then(|| self.failed as f64 / all as f64)
    }
}

/// Sums up tries of one provider. `window`: how far back was looked, at most `most` tries of
/// each model, each of which is newest first.
pub fn summary(models: &[&[Recent]], now: DateTime<Utc>, window: Duration, most: u64) -> Traffic {
    let mut traffic = Traffic::default();
    let mut latencies = Vec::new();
    let mut newest: Vec<&Recent> = models.iter().copied().flatten().collect();
    newest.sort_by_key(|row| std::cmp::Reverse(row.finished_at));
    for row in &newest {
        match row.error_category.as_deref() {
            None if row.turn_count > 0 => traffic.answered += 1,
            Some("rate_limited") => traffic.rate_limited += 1,
            Some(category) if is_of_provider(category) => traffic.failed += 1,
            _ => {}
        }
        latencies.extend(row.latency_of_turn());
        let (is_reachable, is_key_accepted) = shows(row);
        traffic.is_reachable = traffic.is_reachable.or(is_reachable);
        traffic.is_key_accepted = traffic.is_key_accepted.or(is_key_accepted);
    }
    latencies.sort_unstable();
    traffic.latency_p50 = quantile(&latencies, 0.5);
    traffic.latency_p95 = quantile(&latencies, 0.95);
    let rates = models.iter().map(|tries| {
        let is_cut = tries.len() as u64 >= most;
        let ended = tries.iter().filter(|row| row.ends_probe()).count() as f64;
        let reach = tries.last().map_or(0.0, |row| (now - row.finished_at).as_seconds_f64());
        // What began a moment ago has no rate per hour yet.
        let reach =
            if is_cut { reach.max(1.0) } else { reach.clamp(REACH_MIN, window.as_secs_f64().max(REACH_MIN)) };
        (is_cut, ended * 60.0 / reach)
    });
    let (mut is_sampled, mut per_minute) = (false, 0.0);
    for (is_cut, rate) in rates {
        is_sampled |= is_cut;
        per_minute += rate;
    }
    traffic.is_sampled = is_sampled;
    traffic.ended_per_minute = (per_minute > 0.0).then_some(per_minute);
    traffic
}

/// The least time that a rate goes by, in seconds.
const REACH_MIN: f64 = 60.0;

/// False for categories that say nothing of the provider.
fn is_of_provider(category: &str) -> bool {
    !matches!(category, "worker_lost" | "storage" | "rejected" | "deadline")
}

/// Whether anything answered, and whether the key was taken, as far as a try tells.
fn shows(row: &Recent) -> (Option<bool>, Option<bool>) {
    match row.error_category.as_deref() {
        None if row.turn_count > 0 => (Some(true), Some(true)),
        Some("auth") => (Some(true), Some(false)),
        Some("connection" | "timeout") => (Some(false), None),
        Some("rate_limited" | "quota" | "billing" | "bad_request" | "context_length") => {
            (Some(true), Some(true))
        }
        Some(category) if is_of_provider(category) => (Some(true), None),
        _ => (None, None),
    }
}

/// The nearest-rank quantile of sorted values.
pub(crate) fn quantile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn recent(second: i64, category: Option<&str>, turns: i32, ms: i64) -> Recent {
        Recent {
            run_model_id: Uuid::nil(),
            result: if category.is_none() { AttemptResult::Succeeded } else { AttemptResult::Retried },
            error_category: category.map(Into::into),
            turn_count: turns,
            latency_ms: Some(ms),
            finished_at: at(second),
        }
    }

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn what_failed_is_told_apart_from_what_was_too_much_at_once_and_from_what_died_here() {
        let tries = [
            recent(100, None, 2, 400),
            recent(99, Some("server"), 0, 50),
            recent(98, Some("rate_limited"), 0, 10),
            recent(97, Some("worker_lost"), 0, 0),
        ];
        let found = summary(&[&tries], at(100), HOUR, 1_000);
        assert_eq!((found.answered, found.failed, found.rate_limited), (1, 1, 1));
        assert_eq!(found.error_rate(), Some(0.5));
        assert_eq!(found.latency_p50, Some(Duration::from_millis(200)), "of one turn");
    }

    #[test]
    fn the_latest_try_tells_whether_the_key_works_and_anything_answers() {
        let dead = [recent(100, Some("connection"), 0, 0), recent(99, Some("auth"), 0, 9)];
        let found = summary(&[&dead], at(100), HOUR, 1_000);
        assert_eq!((found.is_reachable, found.is_key_accepted), (Some(false), Some(false)));
        let mended = [recent(101, None, 1, 9), recent(100, Some("auth"), 0, 0)];
        let found = summary(&[&mended], at(101), HOUR, 1_000);
        assert_eq!((found.is_reachable, found.is_key_accepted), (Some(true), Some(true)));
        assert_eq!(summary(&[], at(1), HOUR, 9), Traffic::default());
    }

    #[test]
    fn the_rate_goes_by_the_time_that_was_looked_at() {
        let tries: Vec<Recent> = (0..60).rev().map(|second| recent(second, None, 1, 9)).collect();
        let whole = summary(&[&tries], at(120), HOUR, 1_000);
        assert_eq!((whole.ended_per_minute, whole.is_sampled), (Some(30.0), false), "since the first");
        let young = summary(&[&tries[57..]], at(3), HOUR, 1_000);
        assert_eq!(young.ended_per_minute, Some(3.0), "three seconds are no rate per second");
        let cut = summary(&[&tries], at(60), HOUR, 60);
        assert_eq!((cut.ended_per_minute, cut.is_sampled), (Some(60.0), true));
    }

    #[test]
    fn a_quantile_is_a_value_that_occurred() {
        assert_eq!(quantile(&[1, 2, 3, 4], 0.5), Some(2));
        assert_eq!(quantile(&[1, 2, 3, 4], 0.95), Some(4));
        assert_eq!(quantile(&[7], 0.5), Some(7));
        assert_eq!(quantile::<i32>(&[], 0.5), None);
    }
}
