//! Whether all is well, and what waits.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    auth::Resource,
    census::{self, LaneQueue, QueueCensus},
    health::{self, HealthReason},
};

use super::access::{api, may_read};

/// How things are, worst last.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "health::HealthStatus")]
pub(crate) enum HealthStatus {
    /// All is well.
    Green,
    /// Something waits for a person, or may become worse.
    Amber,
    /// Runs stand still for want of a worker or a provider.
    Red,
}

/// What a reason is about.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "health::HealthTopic")]
pub(crate) enum HealthTopic {
    /// A gate waits for a decision.
    Gate,
    /// A model of a run is held.
    Hold,
    /// A worker is missed.
    Worker,
    /// A provider cannot be asked, or fails.
    Provider,
}

/// How things are, for a dot that can be clicked.
#[derive(SimpleObject)]
pub(crate) struct Health {
    /// The worst of the reasons; green where there is none.
    status: HealthStatus,
    /// What is not well and what to do, worst first, at most 50.
    reasons: Vec<Reason>,
}

/// Why things are not well.
#[derive(SimpleObject)]
#[graphql(name = "HealthReason")]
pub(crate) struct Reason {
    /// How bad.
    status: HealthStatus,
    /// About what.
    topic: HealthTopic,
    /// What is wrong and what to do.
    message: String,
    /// The run that it is about; null: none, or several.
    run_id: Option<ID>,
    /// The provider that it is about; null: none.
    provider_id: Option<String>,
    /// The worker that it is about; null: none, or several.
    worker_id: Option<ID>,
}

impl From<HealthReason> for Reason {
    fn from(reason: HealthReason) -> Self {
        Self {
            status: reason.status.into(),
            topic: reason.topic.into(),
            message: reason.message,
            run_id: reason.run_id.map(Into::into),
            provider_id: reason.provider_id,
            worker_id: reason.worker_id.map(Into::into),
        }
    }
}

/// What waits in the queue of probes. Whole numbers are Floats where they can be larger than an
/// Int.
#[derive(SimpleObject)]
pub(crate) struct Queue {
    /// Probes that are not in flight and have not ended, those of paused runs among them.
    depth: f64,
    /// Those of them that nobody has paused, held or gated.
    ready: f64,
    /// Probes in flight.
    running: f64,
    /// Since when the first of those that are ready could be claimed; null: none could.
    oldest_at: Option<DateTime<Utc>>,
    /// Probes that ended per minute, over the last five; null: none did.
    ended_per_minute: Option<f64>,
    /// The same by provider; those with nothing to do are left out.
    lanes: Vec<Lane>,
    /// Jobs that are not probes and wait for a worker.
    jobs_queued: f64,
}

/// What waits for one provider.
#[derive(SimpleObject)]
#[graphql(name = "QueueLane")]
pub(crate) struct Lane {
    /// The provider.
    provider_id: String,
    /// Probes that are not in flight and have not ended, those of paused runs among them.
    depth: f64,
    /// Those of them that nobody has paused, held or gated.
    ready: f64,
    /// Probes in flight.
    running: f64,
    /// Since when the first of those that are ready could be claimed; null: none could.
    oldest_at: Option<DateTime<Utc>>,
    /// Probes that ended per minute, over the last five; null: none did.
    ended_per_minute: Option<f64>,
}

impl From<LaneQueue> for Lane {
    fn from(lane: LaneQueue) -> Self {
        Self {
            provider_id: lane.lane,
            depth: lane.queued as f64,
            ready: lane.ready as f64,
            running: lane.running as f64,
            oldest_at: lane.oldest_at,
            ended_per_minute: lane.ended_per_minute,
        }
    }
}

impl From<QueueCensus> for Queue {
    fn from(census: QueueCensus) -> Self {
        let sum = |of: fn(&LaneQueue) -> i64| census.lanes.iter().map(of).sum::<i64>() as f64;
        Self {
            depth: sum(|lane| lane.queued),
            ready: sum(|lane| lane.ready),
            running: sum(|lane| lane.running),
            oldest_at: census.lanes.iter().filter_map(|lane| lane.oldest_at).min(),
            ended_per_minute: census
                .lanes
                .iter()
                .filter_map(|lane| lane.ended_per_minute)
                .reduce(|a, b| a + b),
            jobs_queued: census.jobs_queued as f64,
            lanes: census.lanes.into_iter().map(Into::into).collect(),
        }
    }
}

/// Whether all is well, and what waits.
#[derive(Default)]
pub(crate) struct HealthQuery;

/// Everything that can be read.
#[Object]
impl HealthQuery {
    /// How things are, and what to do where they are not well: gates, holds, workers that are
    /// missed, providers that open runs need.
    #[graphql(complexity = "50 * child_complexity")]
    async fn health(&self, ctx: &Context<'_>) -> Result<Health> {
        may_read(ctx, Resource::Registry)?;
        let found = health::summary(&api(ctx).db, &api(ctx).config).await?;
        Ok(Health {
            status: found.status.into(),
            reasons: found.reasons.into_iter().map(Into::into).collect(),
        })
    }

    /// What waits in the queue. Its cost grows with the number of active runs, not of probes.
    #[graphql(complexity = "50 * child_complexity")]
    async fn queue(&self, ctx: &Context<'_>) -> Result<Queue> {
        may_read(ctx, Resource::Registry)?;
        Ok(census::queue(&api(ctx).db).await?.into())
    }
}
