//! Asking for the progress of a run of 1,000,000 probes while it is worked on.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde::Serialize;
use sim::{Latency, Sim, SimOptions};

use crate::{
    api::Question,
    database::Databases,
    deployment::{Deployment, Layout, ProcessMemory},
    workload::Workload,
};

const QUEUE_MAX: Duration = Duration::from_secs(300);
const IN_FLIGHT: usize = 64;
/// Polls of each kind, one after the other.
const POLLS: usize = 1_000;

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProgressFigures {
    pub(crate) layout: Layout,
    pub(crate) probe_count: usize,
    pub(crate) queued_after_seconds: f64,
    /// What a notebook polls: status, ledger, the counts of each model.
    pub(crate) progress: Times,
    /// The same with when it will be over and what each model waits for, as the run's page polls it.
    pub(crate) page: Times,
    pub(crate) peak: Vec<ProcessMemory>,
}

/// How long answers took, in milliseconds.
#[derive(Copy, Clone, Debug, Serialize)]
pub(crate) struct Times {
    pub(crate) median_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) longest_ms: f64,
}

pub(crate) async fn measure(
    layout: Layout,
    bin_dir: &Path,
    databases: &Databases,
) -> anyhow::Result<ProgressFigures> {
    let latency = Latency::Fixed(Duration::from_millis(200));
    let sim = Sim::start(SimOptions { latency, ..SimOptions::default() }).await?;
    let store = databases.make(layout.on_postgres).await?;
    let deployment = Deployment::start(layout, bin_dir, &store, &sim.base_url(), IN_FLIGHT).await?;
    let workload = Workload::HUGE;
    let api = &deployment.api;
    let definition_id = api.import(workload).await?;
    let created = api.create_run(&definition_id, workload).await?;
    api.wait(&created.id, QUEUE_MAX, |run| run.queued_at.is_some()).await?;
    let queued_after_seconds = created.answered.elapsed().as_secs_f64();
    api.wait(&created.id, QUEUE_MAX, |run| run.progress.ledger.succeeded > 0).await?;
    let mut times = [Vec::with_capacity(POLLS), Vec::with_capacity(POLLS)];
    // Alternating, so that whatever else happens meets both.
    for _ in 0..POLLS {
        for (question, times) in [Question::Progress, Question::Page].into_iter().zip(&mut times) {
            let asked = Instant::now();
            api.ask(question, &created.id).await?;
            times.push(asked.elapsed());
        }
    }
    let [progress, page] = times.map(Times::of);
    let peak = deployment.peak()?;
    deployment.stop().await?;
    sim.shutdown().await;
    Ok(ProgressFigures {
        layout,
        probe_count: workload.probe_count(),
        queued_after_seconds,
        progress,
        page,
        peak,
    })
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: f64| {
            let index = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len().max(1)) - 1;
            times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        Self { median_ms: at(0.5), p99_ms: at(0.99), longest_ms: at(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Times;

    #[test]
    fn one_of_a_hundred_answers_may_be_slower_than_the_99th_percentile() {
        let times = Times::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!((times.median_ms, times.p99_ms, times.longest_ms), (50.0, 99.0, 100.0));
    }
}
