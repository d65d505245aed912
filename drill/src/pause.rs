//! Row 9: pausing a run with 100,000 probes queued.

use std::time::{Duration, Instant};

use futures::future::join_all;
use sim::Latency;
use tokio::time::sleep;

use crate::{
    client::Ask,
    site::{Ground, Site},
    verdict::Verdict,
    workload::{MODELS, questions},
};

/// The longest that the mutation may take.
const MUTATION_MAX: Duration = Duration::from_millis(50);
/// The longest after its answer that a probe may still start.
const LAST_START_MAX: Duration = Duration::from_secs(1);
/// How long it is watched whether one starts after all.
const WATCH: Duration = Duration::from_secs(3);

pub(crate) async fn on_both(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let sqlite = Site::on_sqlite(ground, 64).await?;
    let mut verdicts = vec![row(ground, sqlite, "SQLite", false).await?];
    if let Some(postgres) = Site::on_postgres(ground, 64).await? {
        verdicts.push(row(ground, postgres, "3 workers, PostgreSQL", true).await?);
    }
    Ok(verdicts)
}

async fn row(ground: &Ground, mut site: Site, place: &str, is_split: bool) -> anyhow::Result<Verdict> {
    let (samples, rounds) = ground.size((20, 5), (2, 2));
    let planned = 1_000 * MODELS.len() as u64 * samples as u64;
    // As a user has it: how soon workers look again is part of the row.
    site.set("PROBITY_POLL_MS", "500");
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(200)));
    let (server, _workers) =
        if is_split { site.api_and_workers(3).await? } else { (site.serve().await?, Vec::new()) };
    let client = &server.client;
    let definition = client.import(&questions(1_000)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples, client_token: None };
    let run_id = client.create_run(&ask).await?;
    client.wait(&run_id, |run| !run["queuedAt"].is_null()).await?;
    let log = site.sim.log();
    let (mut slowest, mut last_start, mut slowest_resume) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut faults = Vec::new();
    for round in 0..rounds {
        let before = log.counts().total;
        log.wait_for(|counts| counts.total > before + 100).await;
        let began = Instant::now();
        let status = client.command("pauseRun", &run_id, &format!("pause-{round}")).await?;
        slowest = slowest.max(began.elapsed());
        if status != "PAUSED" {
            faults.push(format!("pausing left the run {status}"));
        }
        let (answered, mut total) = (Instant::now(), log.counts().total);
        while answered.elapsed() < WATCH {
            sleep(Duration::from_millis(5)).await;
            let now = log.counts().total;
            if now != total {
                (total, last_start) = (now, last_start.max(answered.elapsed()));
            }
        }
        client.command("resumeRun", &run_id, &format!("resume-{round}")).await?;
        let resumed = Instant::now();
        log.wait_for(|counts| counts.total > total).await;
        slowest_resume = slowest_resume.max(resumed.elapsed());
    }
    // From two clients at once, eight commands each: the cancel stands in whatever order they come.
    let commands = (0..16).map(|number| {
        let name = if number % 2 == 0 { "pauseRun" } else { "cancelRun" };
        let (client, run_id) = (client.clone(), &run_id);
        async move { client.command(name, run_id, &format!("race-{number}")).await }
    });
    let raced = join_all(commands).await;
    let cancelled =
        raced.iter().skip(1).step_by(2).filter(|found| matches!(found, Ok(status) if status == "CANCELLED"));
    if cancelled.count() != 8 {
        faults.push("a cancel was refused or had no effect".into());
    }
    let run = client.finish(&run_id).await?;
    let ledger = &run["progress"]["ledger"];
    let sum = |words: &[&str]| words.iter().filter_map(|word| ledger[*word].as_u64()).sum::<u64>();
    if run["status"] != "CANCELLED" || sum(&["succeeded", "failed", "cancelled"]) != planned {
        faults.push(format!("the run ended {} with {ledger}", run["status"]));
    }
    faults.extend(site.doctor().await?);
    let is_quick = slowest <= MUTATION_MAX && last_start <= LAST_START_MAX;
    Ok(Verdict {
        row: 9,
        what: format!(
            "pause and resume of a run of {planned} probes, {rounds} times, then pause and cancel at once, {place}"
        ),
        promised: format!(
            "the mutation ≤ {} ms, no probe starts later than {} s after its answer, resumed at once; cancel wins",
            MUTATION_MAX.as_millis(),
            LAST_START_MAX.as_secs()
        ),
        measured: format!(
            "mutation {:.0} ms at most, last start {:.0} ms after the answer, first start {:.0} ms after the resume; {} {}",
            slowest.as_secs_f64() * 1e3,
            last_start.as_secs_f64() * 1e3,
            slowest_resume.as_secs_f64() * 1e3,
            run["status"].as_str().unwrap_or_default(),
            faults.join("; ")
        ),
        is_ok: faults.is_empty() && (is_quick || ground.is_short),
    })
}
