//! How providers do, from real traffic and from what limits them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{Context, Result, SimpleObject, dataloader::Loader};
use domain::{
    Error, health,
    limits::{self, LaneState},
    traffic::Traffic,
};

use super::{access::rows, loaders::Rows, provider_state::ProviderState};

/// Calls of the last hour, as they really went; nothing is asked to find out. Where there were
/// many, the latest 500 of each model of a run stand for them.
#[derive(SimpleObject)]
pub(crate) struct ProviderTraffic {
    /// Tries that were answered.
    answered_count: i32,
    /// Tries that failed, without those that were too many at once.
    failed_count: i32,
    /// Tries that were refused because there were too many at once.
    rate_limited_count: i32,
    /// Failed among answered and failed, from 0 to 1; null: there was neither.
    error_rate: Option<f64>,
    /// The median time to the answer of a turn, in milliseconds; null: none was answered.
    latency_p50_ms: Option<i64>,
    /// The time within which 95 % of the turns were answered, in milliseconds; null: none was.
    latency_p95_ms: Option<i64>,
    /// True where there were more than were looked at: the figures are of the latest.
    is_sampled: bool,
}

impl From<&Traffic> for ProviderTraffic {
    fn from(traffic: &Traffic) -> Self {
        let count = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        let ms =
            |span: Option<Duration>| span.map(|span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
        Self {
            answered_count: count(traffic.answered),
            failed_count: count(traffic.failed),
            rate_limited_count: count(traffic.rate_limited),
            error_rate: traffic.error_rate(),
            latency_p50_ms: ms(traffic.latency_p50),
            latency_p95_ms: ms(traffic.latency_p95),
            is_sampled: traffic.is_sampled,
        }
    }
}

/// A provider's traffic of the last hour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TrafficOf(String);

impl Loader<TrafficOf> for Rows {
    type Value = Traffic;
    type Error = Arc<Error>;

    async fn load(&self, _: &[TrafficOf]) -> Result<HashMap<TrafficOf, Traffic>, Arc<Error>> {
        let found = health::traffic_by_provider(self.db()).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(id, traffic)| (TrafficOf(id), traffic)).collect())
    }
}

/// A provider's lane, with the calls in flight.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LaneOf(String);

impl Loader<LaneOf> for Rows {
    type Value = (LaneState, i64);
    type Error = Arc<Error>;

    async fn load(&self, _: &[LaneOf]) -> Result<HashMap<LaneOf, (LaneState, i64)>, Arc<Error>> {
        let in_flight = limits::in_flight(self.db()).await.map_err(Arc::new)?;
        let states = limits::states(self.db()).await.map_err(Arc::new)?;
        let with_count = |state: LaneState| {
            let count = in_flight.get(&state.row.lane).copied().unwrap_or(0);
            (LaneOf(state.row.lane.clone()), (state, count))
        };
        Ok(states.into_iter().map(with_count).collect())
    }
}

/// A provider's traffic of the last hour; None: there was none.
pub(crate) async fn traffic_of(ctx: &Context<'_>, provider_id: &str) -> Result<Option<Traffic>> {
    Ok(rows(ctx).load_one(TrafficOf(provider_id.to_owned())).await?)
}

/// What may be sent to a provider now; None: no worker ever served it.
pub(crate) async fn lane_of(ctx: &Context<'_>, provider_id: &str) -> Result<Option<LaneState>> {
    Ok(rows(ctx).load_one(LaneOf(provider_id.to_owned())).await?.map(|(state, _)| state))
}

/// As [`lane_of`], as it is shown.
pub(crate) async fn state_of(ctx: &Context<'_>, provider_id: &str) -> Result<Option<ProviderState>> {
    let found = rows(ctx).load_one(LaneOf(provider_id.to_owned())).await?;
    Ok(found.map(|(state, in_flight)| ProviderState::of(state, in_flight)))
}
