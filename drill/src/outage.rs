//! Row 3: PostgreSQL goes away in the middle of a run.

use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::Signal;
use sim::Latency;
use tokio::time::sleep;

use crate::{
    client::Ask,
    cluster::Cluster,
    process::Process,
    proof::Proof,
    site::{Ground, Server, Site},
    verdict::{Verdict, seconds},
    workload::{MODELS, questions},
};

const WORKERS: usize = 3;
const PARALLEL: usize = 16;
/// Share of a core that a worker may use while it waits for the database.
const IDLE_SHARE_MAX: f64 = 0.05;

/// How the server goes away. It is there again after the outage.
#[derive(Copy, Clone)]
enum Outage {
    /// Shut down in order.
    Stopped,
    /// SIGKILL.
    Killed,
    /// Nothing answers, connections stay.
    Stalled,
}

impl Outage {
    fn what(self) -> &'static str {
        match self {
            Self::Stopped => "PostgreSQL stopped",
            Self::Killed => "PostgreSQL killed with SIGKILL",
            Self::Stalled => "PostgreSQL stalled (SIGSTOP)",
        }
    }

    async fn begin(self, cluster: &Cluster) -> anyhow::Result<()> {
        match self {
            Self::Stopped => cluster.stop().await,
            Self::Killed => cluster.kill(),
            Self::Stalled => cluster.signal_all(Signal::STOP),
        }
    }

    async fn end(self, cluster: &Cluster) -> anyhow::Result<()> {
        match self {
            Self::Stopped | Self::Killed => cluster.go().await,
            Self::Stalled => cluster.signal_all(Signal::CONT),
        }
    }
}

pub(crate) async fn rows(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    for outage in [Outage::Stopped, Outage::Killed, Outage::Stalled] {
        verdicts.extend(row(ground, outage).await.with_context(|| outage.what())?);
    }
    Ok(verdicts)
}

async fn row(ground: &mut Ground, outage: Outage) -> anyhow::Result<Option<Verdict>> {
    let Some(site) = Site::on_postgres(ground, PARALLEL).await? else { return Ok(None) };
    let Some(cluster) = &ground.cluster else { return Ok(None) };
    let (scenarios, latency_ms) = ground.size((400, 400), (100, 300));
    let planned = scenarios as u64 * MODELS.len() as u64;
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(latency_ms)));
    let (Server { process: _api, client }, workers) = site.api_and_workers(WORKERS).await?;
    let definition = client.import(&questions(scenarios)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: None };
    let run_id = client.create_run(&ask).await?;
    site.sim.log().wait_for(|counts| counts.total >= planned / 3).await;

    let length = Duration::from_secs(ground.size(20, 5));
    outage.begin(cluster).await?;
    // What was in flight comes in during the first second; it is real work.
    sleep(Duration::from_secs(1)).await;
    let (before, began) = (cpu(&workers)?, Instant::now());
    let asked_before = site.sim.log().counts().total;
    sleep(length.saturating_sub(Duration::from_secs(1))).await;
    let spent = (cpu(&workers)?.saturating_sub(before)).as_secs_f64();
    let share = spent / began.elapsed().as_secs_f64() / WORKERS as f64;
    let asked_meanwhile = site.sim.log().counts().total - asked_before;
    outage.end(cluster).await?;

    let back = Instant::now();
    let asked = site.sim.log().counts().total;
    site.sim.log().wait_for(|counts| counts.total > asked).await;
    let resumed = back.elapsed();
    let mut proof = Proof::of(&site, &client, &run_id, planned).await?;
    let counts = site.sim.log().counts();
    let succeeded = proof.succeeded;
    proof.check(succeeded == planned, || format!("{succeeded} of {planned} succeeded"));
    proof.check(counts.duplicates == 0, || "answers were paid for twice".into());
    proof.check(share <= IDLE_SHARE_MAX || ground.is_short, || "the workers did not rest".into());
    Ok(Some(Verdict {
        row: 3,
        what: format!(
            "{} for {} in a run of {planned} probes over {WORKERS} workers",
            outage.what(),
            seconds(length)
        ),
        promised: format!(
            "the run completes by itself, lost 0, paid twice 0; at most {:.0} % of a core per worker meanwhile",
            IDLE_SHARE_MAX * 100.0
        ),
        measured: format!(
            "{succeeded} transcripts, lost {}, paid twice {}; {:.1} % of a core per worker ({spent:.2} CPU s in all), {asked_meanwhile} \
             calls begun meanwhile; first call {} after the server was back{}",
            proof.lost,
            counts.duplicates,
            share * 100.0,
            seconds(resumed),
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    }))
}

fn cpu(workers: &[Process]) -> anyhow::Result<Duration> {
    workers.iter().map(Process::cpu).sum()
}
