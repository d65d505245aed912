//! Row 1: SIGKILL to workers in the middle of a run.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use sim::Latency;

use crate::{
    client::{Ask, Client},
    proof::Proof,
    site::{BEAT_SECONDS, Ground, LEASE_SECONDS, Site},
    verdict::{Verdict, seconds},
    workload::{MODELS, questions},
};

/// What half of the probes that a dead worker held may wait until they are claimed again: the
/// lease, two beats (the last one before the kill and the sweep's), and as much again in case who
/// watched was killed as well.
const RECOVERY_MEDIAN_MAX: f64 = 2.0 * (LEASE_SECONDS + 2.0 * BEAT_SECONDS);

/// When which process was killed.
type Kills = HashMap<u32, DateTime<Utc>>;

pub(crate) async fn on_postgres(ground: &mut Ground) -> anyhow::Result<Option<Verdict>> {
    const WORKERS: usize = 3;
    let Some(site) = Site::on_postgres(ground, 12).await? else { return Ok(None) };
    let kill_count = ground.size(50, 5);
    let mut rng = fastrand::Rng::with_seed(ground.seed);
    let (server, mut workers) = site.api_and_workers(WORKERS).await?;
    let (run_id, planned) = start(ground, &site, &server.client).await?;
    let mut kills = Kills::new();
    for number in 1..=kill_count {
        asked(&site, number * planned / (kill_count + 2)).await;
        let victim = &mut workers[rng.usize(..WORKERS)];
        kills.insert(victim.pid, Utc::now());
        victim.kill().await?;
        *victim = site.worker()?;
    }
    let what = format!("SIGKILL to a random worker of {WORKERS}, {kill_count} times, PostgreSQL");
    judge(ground, &site, &server.client, &run_id, planned, &kills, what).await.map(Some)
}

pub(crate) async fn on_sqlite(ground: &mut Ground) -> anyhow::Result<Verdict> {
    let site = Site::on_sqlite(ground, 36).await?;
    let kill_count = ground.size(12, 3);
    let mut server = site.serve().await?;
    let (run_id, planned) = start(ground, &site, &server.client).await?;
    let mut kills = Kills::new();
    for number in 1..=kill_count {
        asked(&site, number * planned / (kill_count + 2)).await;
        kills.insert(server.process.pid, Utc::now());
        server.process.kill().await?;
        server = site.serve().await?;
    }
    let what = format!("SIGKILL to the one process, {kill_count} times, SQLite");
    judge(ground, &site, &server.client, &run_id, planned, &kills, what).await
}

/// A run that takes about a minute and a half; returns its id and how many probes it has.
async fn start(ground: &Ground, site: &Site, client: &Client) -> anyhow::Result<(String, u64)> {
    let (scenarios, latency_ms) = ground.size((1_000, 600), (100, 300));
    // Of many lengths: calls that all end together would be killed in one state, the same each time.
    site.sim.set_latency(Latency::LogNormal { median: Duration::from_millis(latency_ms), sigma: 0.4 });
    let definition = client.import(&questions(scenarios)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: None };
    Ok((client.create_run(&ask).await?, scenarios as u64 * MODELS.len() as u64))
}

/// Waits until the provider was asked so often.
async fn asked(site: &Site, count: u64) {
    site.sim.log().wait_for(|counts| counts.total >= count).await;
}

async fn judge(
    ground: &Ground,
    site: &Site,
    client: &Client,
    run_id: &str,
    planned: u64,
    kills: &Kills,
    what: String,
) -> anyhow::Result<Verdict> {
    let began = Instant::now();
    let mut proof = Proof::of(site, client, run_id, planned).await?;
    let tail = began.elapsed();
    let counts = site.sim.log().counts();
    // What a dead worker held was in flight: not asked yet, asked, or answered and not written.
    let held = proof.result_count("LOST");
    let again = counts.total.saturating_sub(planned);
    proof.check(again <= held, || format!("{again} calls were repeated, {held} were in flight"));
    let succeeded = proof.succeeded;
    proof.check(succeeded == planned, || format!("{succeeded} of {planned} succeeded"));
    let mut waits = recoveries(client, &proof, kills).await?;
    waits.sort_unstable();
    let median = waits.get(waits.len() / 2).copied().unwrap_or_default();
    let longest = waits.last().copied().unwrap_or_default();
    if !ground.is_short {
        proof.check(median.as_secs_f64() <= RECOVERY_MEDIAN_MAX, || "recovery took too long".into());
    }
    Ok(Verdict {
        row: 1,
        what: format!("{what}, in a run of {planned} probes"),
        promised: format!(
            "{planned} complete transcripts, none twice, ledger exact, events gapless, lost 0, paid twice ≤ in \
             flight; claimed again within {RECOVERY_MEDIAN_MAX} s (median, lease {LEASE_SECONDS} s)"
        ),
        measured: format!(
            "{succeeded} transcripts, lost {}; paid twice {} of {held} in flight at the kills (calls made again {again}); claimed \
             again after {} (median), {} (longest); {} from the last kill to the proof{}",
            proof.lost,
            counts.duplicates,
            seconds(median),
            seconds(longest),
            seconds(tail),
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    })
}

/// How long each probe of a killed worker waited from the kill until another one took it.
async fn recoveries(client: &Client, proof: &Proof, kills: &Kills) -> anyhow::Result<Vec<Duration>> {
    let workers = client.all("workers", "", "id name").await?;
    // A worker is called after its host and its process.
    let killed: HashMap<&str, DateTime<Utc>> = workers
        .iter()
        .filter_map(|worker| {
            let (_, pid) = worker["name"].as_str()?.rsplit_once('-')?;
            Some((worker["id"].as_str()?, *kills.get(&pid.parse().ok()?)?))
        })
        .collect();
    let mut waits = Vec::new();
    for probe in &proof.probes {
        for lost in probe.attempts.iter().filter(|attempt| attempt.result == "LOST") {
            let killed_at =
                killed.get(lost.worker_id.as_str()).context("a lost try of a worker that was not killed")?;
            // A lost try carries the probe's first claim: only one that went through says when it began.
            let next = probe.attempts.iter().filter(|attempt| attempt.result == "SUCCEEDED");
            let next = next.map(|attempt| attempt.started_at).find(|at| at > killed_at);
            // Lost again in between, it says nothing about this kill.
            let was_lost_again = probe.attempts.iter().any(|other| {
                other.result == "LOST"
                    && other.worker_id != lost.worker_id
                    && other.finished_at > lost.finished_at
            });
            if let Some(at) = next.filter(|_| !was_lost_again) {
                waits.push((at - killed_at).to_std()?);
            }
        }
    }
    Ok(waits)
}
