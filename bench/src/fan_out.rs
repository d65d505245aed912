//! Queueing 100,000 probes while nothing else works: the provider hangs on one slot.

use std::{path::Path, time::Duration};

use anyhow::Context;
use serde::Serialize;
use sim::{Latency, Sim, SimOptions};

use crate::{
    database::Databases,
    deployment::{Deployment, Layout, ProcessMemory},
    workload::Workload,
};

const QUEUE_MAX: Duration = Duration::from_secs(120);

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FanOutFigures {
    pub(crate) layout: Layout,
    pub(crate) probe_count: usize,
    /// How long `createRun` took.
    pub(crate) create_run_ms: f64,
    /// From its answer to the run's `queuedAt`.
    pub(crate) queued_after_seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) peak: Vec<ProcessMemory>,
}

pub(crate) async fn measure(
    layout: Layout,
    bin_dir: &Path,
    databases: &Databases,
) -> anyhow::Result<FanOutFigures> {
    let latency = Latency::Fixed(Duration::from_secs(3_600));
    let sim = Sim::start(SimOptions { latency, ..SimOptions::default() }).await?;
    let store = databases.make(layout.on_postgres).await?;
    let deployment = Deployment::start(layout, bin_dir, &store, &sim.base_url(), 1).await?;
    let workload = Workload::FAN_OUT;
    let definition_id = deployment.api.import(workload).await?;
    let cpu_before = deployment.cpu()?;
    let created = deployment.api.create_run(&definition_id, workload).await?;
    let run = deployment.api.wait(&created.id, QUEUE_MAX, |run| run.queued_at.is_some()).await?;
    let cpu = deployment.cpu()? - cpu_before;
    let queued_at = run.queued_at.context("a run that is not queued")?;
    let peak = deployment.peak()?;
    deployment.stop().await?;
    sim.shutdown().await;
    Ok(FanOutFigures {
        layout,
        probe_count: workload.probe_count(),
        create_run_ms: created.took.as_secs_f64() * 1_000.0,
        queued_after_seconds: (queued_at - created.answered_at).as_seconds_f64(),
        cpu_seconds: cpu.as_secs_f64(),
        peak,
    })
}
