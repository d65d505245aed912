//! What a forecast is made of, from what was read.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use entity::BreakerState;
use uuid::Uuid;

use super::forecast::{Facts, LaneFacts, ModelFacts, Seen};
use crate::{
    config::Config,
    limits::{LaneState, call_tokens, seconds},
    traffic::{Recent, quantile},
    waiting::{LaneScene, ModelScene, Reason, Scene, WaitingKind},
};

/// Why nobody can say when the run will be over: somebody has to decide, nobody could ask one of its
/// models, or a provider fails. None: it is a matter of time.
pub(super) fn stuck(scene: &Scene, models: &[&ModelScene]) -> Option<Reason> {
    let reasons = models.iter().filter_map(|model| scene.model_waits_because(model));
    let is_open = |kind: WaitingKind| kind.needs_somebody() || kind == WaitingKind::Breaker;
    reasons.filter(|reason| is_open(reason.kind)).min_by_key(|reason| reason.kind)
}

pub(super) fn facts(
    scene: &Scene,
    config: &Config,
    models: &[&ModelScene],
    tries: &HashMap<Uuid, Vec<Recent>>,
    at: DateTime<Utc>,
) -> Facts {
    let mut lanes: BTreeMap<String, LaneFacts> = BTreeMap::new();
    for model in models {
        let lane = scene.lane(&model.lane);
        let facts = lanes.entry(model.lane.clone()).or_insert_with(|| lane_facts(lane, config, &model.lane));
        let seen = tries.get(&model.id).map_or(Seen::default(), |tries| seen(tries, at));
        facts.models.push(ModelFacts {
            left: model.open_count.unsigned_abs(),
            opens_in: lane.state.as_ref().map_or(0.0, |state| opens_in(state, &model.wire_model)),
            seen,
        });
    }
    let parallel = models.first().and_then(|model| model.parallel).map(f64::from);
    Facts { lanes: lanes.into_values().collect(), parallel }
}

fn lane_facts(lane: &LaneScene, config: &Config, name: &str) -> LaneFacts {
    let per_worker =
        config.providers.get(name).and_then(|provider| provider.parallel).unwrap_or(config.parallel);
    let slots = f64::from(per_worker) * lane.worker_count.max(1) as f64;
    let limits = lane.state.as_ref().map(LaneState::limits).unwrap_or_default();
    let tokens = lane.state.as_ref().map_or(1.0, |state| call_tokens(&state.row));
    LaneFacts {
        calls_per_second: [
            limits.requests_per_minute.map(|limit| limit.value / 60.0),
            limits.tokens_per_minute.map(|limit| limit.value / 60.0 / tokens),
        ]
        .into_iter()
        .flatten()
        .reduce(f64::min),
        parallel: limits.parallel.map_or(slots, |limit| limit.value.min(slots)),
        calls_left_today: lane.state.as_ref().and_then(LaneState::left_today),
        calls_per_day: limits.requests_per_day.map(|limit| limit.value),
        seconds_to_midnight: lane
            .state
            .as_ref()
            .map_or(0.0, |state| 86_400.0 - state.now.rem_euclid(86_400.0)),
        models: Vec::new(),
    }
}

/// Seconds until calls to a model are let through: a pause of the lane, a quota of the day, a
/// breaker's next trial.
fn opens_in(state: &LaneState, wire_model: &str) -> f64 {
    let row = state.models.iter().find(|row| row.wire_model == wire_model);
    let is_open = |row: &&entity::provider_model_state::Model| row.breaker != BreakerState::Closed;
    let times = [
        state.cooldown().map(|(until, ..)| until),
        row.and_then(|row| row.cooldown_until),
        row.filter(is_open).and_then(|row| row.retry_at),
    ];
    times.into_iter().flatten().map(|at| seconds(at) - state.now).fold(0.0, f64::max)
}

/// A gap longer than this many answer times, and than a minute, is a pause and no slowness.
const GAP_ANSWERS: f64 = 5.0;
const GAP_MIN: f64 = 60.0;

/// How fast probes have ended lately. `tries`: newest first.
fn seen(tries: &[Recent], at: DateTime<Utc>) -> Seen {
    let mut latencies: Vec<f64> = tries
        .iter()
        .filter(|row| row.ends_probe() && row.turn_count > 0)
        .filter_map(|row| Some(row.latency_ms? as f64 / 1_000.0))
        .collect();
    latencies.sort_by(f64::total_cmp);
    let mean = latencies.iter().sum::<f64>() / latencies.len().max(1) as f64;
    let turns: i32 = tries.iter().filter(|row| row.ends_probe()).map(|row| row.turn_count).sum();
    let gap_max = (mean * GAP_ANSWERS).max(GAP_MIN);
    let mut span = 0.0;
    let mut count = 0_u32;
    let mut before = at;
    // What ended before the run was paused says nothing of how fast it goes now.
    for row in tries.iter().filter(|row| row.ends_probe()) {
        let gap = (before - row.finished_at).as_seconds_f64().max(0.0);
        if gap > gap_max {
            break;
        }
        (span, count, before) = (span + gap, count + 1, row.finished_at);
    }
    Seen {
        ended: count,
        seconds: span,
        answer_seconds: (!latencies.is_empty()).then_some(mean),
        slow_answer_seconds: quantile(&latencies, 0.95),
        calls_per_probe: (!latencies.is_empty()).then(|| f64::from(turns) / latencies.len() as f64),
    }
}

#[cfg(test)]
mod tests {
    use entity::AttemptResult;

    use super::*;

    fn ended(second: i64) -> Recent {
        Recent {
            run_model_id: Uuid::nil(),
            result: AttemptResult::Succeeded,
            error_category: None,
            turn_count: 2,
            latency_ms: Some(4_000),
            finished_at: DateTime::from_timestamp(second, 0).unwrap(),
        }
    }

    #[test]
    fn what_ended_before_a_pause_does_not_slow_the_forecast() {
        let tries: Vec<Recent> = [7_210, 7_209, 7_208, 7_207, 10, 9, 8].map(ended).into();
        let found = seen(&tries, DateTime::from_timestamp(7_211, 0).unwrap());
        assert_eq!((found.ended, found.seconds), (4, 4.0));
        assert_eq!((found.answer_seconds, found.calls_per_probe), (Some(4.0), Some(2.0)));
    }

    #[test]
    fn a_run_that_was_just_resumed_has_shown_no_speed_yet() {
        let found = seen(&[ended(10), ended(9)], DateTime::from_timestamp(7_211, 0).unwrap());
        assert_eq!((found.ended, found.answer_seconds), (0, Some(4.0)));
    }
}
