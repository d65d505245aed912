//! One cell of the table: a run of 2,000 or 20,000 probes, beside a bare client with the same calls.

use std::{path::Path, time::Duration};

use anyhow::Context;
use serde::Serialize;
use sim::{Counts, Latency, Sim, SimOptions};

use crate::{
    api::Run,
    bare::{self, Bare},
    database::Databases,
    deployment::{Deployment, Layout, ProcessMemory},
    workload::Workload,
};

const RUN_MAX: Duration = Duration::from_secs(180);

/// What is measured together.
#[derive(Copy, Clone, Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) layout: Layout,
    /// How long the provider takes, in milliseconds.
    pub(crate) latency_ms: u64,
    /// Calls at once.
    pub(crate) in_flight: usize,
    /// 20,000 probes instead of 2,000.
    pub(crate) is_long: bool,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { layout, latency_ms, in_flight, .. } = self;
        let probes = self.workload().probe_count();
        write!(f, "{layout}, {probes} probes, {latency_ms} ms, {in_flight} in flight")
    }
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CellFigures {
    #[serde(flatten)]
    pub(crate) cell: Cell,
    pub(crate) bare: Bare,
    /// From the run's `startedAt` to its `completedAt`.
    pub(crate) probes_per_second: f64,
    /// From the mutation's answer until a poll showed the end.
    pub(crate) wall_probes_per_second: f64,
    /// Of probes × latency ÷ in flight; None without latency.
    pub(crate) share_of_ideal: Option<f64>,
    pub(crate) ratio_to_bare: f64,
    pub(crate) cpu_seconds_per_1000: f64,
    /// None where PostgreSQL is not on this machine or not used.
    pub(crate) postgres_cpu_seconds_per_1000: Option<f64>,
    pub(crate) idle: Vec<ProcessMemory>,
    pub(crate) peak: Vec<ProcessMemory>,
    pub(crate) create_run_ms: f64,
    /// Answers that were paid for twice.
    pub(crate) duplicates: u64,
    /// Why the figures are void; empty: they are not.
    pub(crate) problems: Vec<String>,
}

impl Cell {
    /// What is asked.
    pub(crate) fn workload(self) -> Workload {
        Workload::of_length(self.is_long)
    }

    pub(crate) async fn measure(self, bin_dir: &Path, databases: &Databases) -> anyhow::Result<CellFigures> {
        let latency = match self.latency_ms {
            0 => Latency::None,
            ms => Latency::Fixed(Duration::from_millis(ms)),
        };
        let sim = Sim::start(SimOptions { latency, ..SimOptions::default() }).await?;
        let store = databases.make(self.layout.on_postgres).await?;
        let bare = bare::run(&sim.base_url(), self, store.dir.path()).await?;
        sim.log().reset();

        let deployment =
            Deployment::start(self.layout, bin_dir, &store, &sim.base_url(), self.in_flight).await?;
        let api = &deployment.api;
        let idle = deployment.resident()?;
        let workload = self.workload();
        let definition_id = api.import(workload).await?;
        let (cpu_before, postgres_before) = (deployment.cpu()?, databases.postgres_cpu());
        let created = api.create_run(&definition_id, workload).await?;
        let run = api.wait(&created.id, RUN_MAX, |run| run.is_finished).await?;
        let wall = created.answered.elapsed();
        let cpu = deployment.cpu()? - cpu_before;
        let postgres = databases.postgres_cpu().zip(postgres_before).map(|(after, before)| after - before);
        let peak = deployment.peak()?;
        deployment.stop().await?;
        let counts = sim.log().counts();
        sim.shutdown().await;

        let probes = workload.probe_count() as f64;
        let probes_per_second = probes / seconds_of(&run)?;
        let per_1000 = |spent: Duration| spent.as_secs_f64() * 1_000.0 / probes;
        let ideal = self.in_flight as f64 * 1_000.0 / self.latency_ms as f64;
        Ok(CellFigures {
            probes_per_second,
            wall_probes_per_second: probes / wall.as_secs_f64(),
            share_of_ideal: (self.latency_ms > 0).then_some(probes_per_second / ideal),
            ratio_to_bare: probes_per_second / bare.probes_per_second,
            cpu_seconds_per_1000: per_1000(cpu),
            postgres_cpu_seconds_per_1000: postgres.filter(|_| self.layout.on_postgres).map(per_1000),
            idle,
            peak,
            create_run_ms: created.took.as_secs_f64() * 1_000.0,
            duplicates: counts.duplicates,
            problems: problems(&run, &counts, workload.probe_count() as u64),
            bare,
            cell: self,
        })
    }
}

/// From the first claim to the end.
pub(crate) fn seconds_of(run: &Run) -> anyhow::Result<f64> {
    let started = run.started_at.context("a run that ended without having started")?;
    let completed = run.completed_at.context("a run that ended without a time")?;
    Ok((completed - started).as_seconds_f64().max(0.001))
}

/// What must not happen however fast it is: probes lost, asked twice or failed.
pub(crate) fn problems(run: &Run, counts: &Counts, planned: u64) -> Vec<String> {
    let mut problems = Vec::new();
    if run.status != "COMPLETED" {
        problems.push(format!("the run ended {}", run.status));
    }
    let ledger = &run.progress.ledger;
    if (ledger.planned, ledger.succeeded) != (planned, planned) {
        problems
            .push(format!("{} of {planned} probes succeeded, {} planned", ledger.succeeded, ledger.planned));
    }
    if counts.duplicates > 0 || counts.total != planned || counts.untracked > 0 {
        problems.push(format!(
            "{} calls for {planned} probes, {} of them duplicates, {} untracked",
            counts.total, counts.duplicates, counts.untracked
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use sim::Counts;

    use super::problems;
    use crate::api::{Ledger, Progress, Run};

    fn run(status: &str, succeeded: u64) -> Run {
        Run {
            status: status.into(),
            is_finished: true,
            queued_at: None,
            started_at: None,
            completed_at: None,
            csv_url: String::new(),
            progress: Progress { ledger: Ledger { planned: 10, succeeded } },
        }
    }

    #[test]
    fn a_complete_run_without_duplicates_is_no_problem() {
        let counts = Counts { total: 10, ..Counts::default() };
        assert!(problems(&run("COMPLETED", 10), &counts, 10).is_empty());
    }

    #[test]
    fn a_lost_probe_and_a_second_call_are_problems() {
        let counts = Counts { total: 11, duplicates: 1, ..Counts::default() };
        assert_eq!(problems(&run("COMPLETED", 9), &counts, 10).len(), 2);
        assert_eq!(problems(&run("COMPLETED_WITH_ERRORS", 10), &counts, 10).len(), 2);
    }
}
