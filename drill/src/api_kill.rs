//! Row 2: SIGKILL to the API while it is asked for something.

use std::time::{Duration, Instant};

use sim::Latency;
use tokio::time::{sleep, timeout};

use crate::{
    client::{Ask, Client},
    proof::{Proof, event_kinds},
    site::{Ground, Server, Site},
    verdict::Verdict,
    workload::{MODELS, questions},
};

/// The API as it is served on one of the databases.
struct Door {
    site: Site,
    is_split: bool,
    server: Server,
}

impl Door {
    async fn open(site: Site, is_split: bool) -> anyhow::Result<Self> {
        let server = Self::serve(&site, is_split).await?;
        Ok(Self { site, is_split, server })
    }

    async fn serve(site: &Site, is_split: bool) -> anyhow::Result<Server> {
        if is_split { site.api().await } else { site.serve().await }
    }

    /// SIGKILL, and another process in its place.
    async fn kill_and_reopen(&mut self) -> anyhow::Result<()> {
        self.server.process.kill().await?;
        self.server = Self::serve(&self.site, self.is_split).await?;
        Ok(())
    }

    /// Asks, kills the API after `delay` and asks again, the same way, until an answer comes.
    /// Returns the answer, and whether the first try had none.
    async fn ask_under_fire<T>(
        &mut self,
        delay: Duration,
        ask: impl AsyncFn(&Client) -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, bool)> {
        let client = self.server.client.clone();
        let mut first = std::pin::pin!(ask(&client));
        let early = timeout(delay, first.as_mut()).await;
        self.server.process.kill().await?;
        let was_cut = match early {
            Ok(answer) => answer.is_err(),
            // What was sent just before the kill may still arrive.
            Err(_) => timeout(Duration::from_secs(5), first).await.map_or(true, |answer| answer.is_err()),
        };
        self.kill_and_reopen().await?;
        Ok((ask(&self.server.client).await?, was_cut))
    }
}

pub(crate) async fn on_postgres(ground: &mut Ground) -> anyhow::Result<Option<Vec<Verdict>>> {
    let Some(site) = Site::on_postgres(ground, 64).await? else { return Ok(None) };
    let _worker = site.worker()?;
    rows(ground, Door::open(site, true).await?, "PostgreSQL").await.map(Some)
}

pub(crate) async fn on_sqlite(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let site = Site::on_sqlite(ground, 64).await?;
    rows(ground, Door::open(site, false).await?, "SQLite").await
}

async fn rows(ground: &Ground, mut door: Door, database: &str) -> anyhow::Result<Vec<Verdict>> {
    let mut rng = fastrand::Rng::with_seed(ground.seed);
    door.server.client.workers_online(1).await?;
    let (created, run_id, planned) = create_runs(ground, &mut door, &mut rng, database).await?;
    let commanded = command_runs(ground, &mut door, &mut rng, database).await?;
    let exported = export(ground, &mut door, &run_id, planned, database).await?;
    Ok(vec![created, commanded, exported])
}

/// Returns the verdict, and one of the runs with its number of probes.
async fn create_runs(
    ground: &Ground,
    door: &mut Door,
    rng: &mut fastrand::Rng,
    database: &str,
) -> anyhow::Result<(Verdict, String, u64)> {
    let rounds = ground.size(12, 3);
    let scenarios = ground.size(400, 100);
    let planned = scenarios as u64 * MODELS.len() as u64;
    let definition = door.server.client.import(&questions(scenarios)).await?;
    let began = Instant::now();
    let ask =
        Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: Some("calibration") };
    let first = door.server.client.create_run(&ask).await?;
    let usual = began.elapsed();
    let mut runs = vec![first];
    let mut cut_count = 0;
    for round in 0..rounds {
        let token = format!("create-{round}");
        let delay = usual.mul_f64(rng.f64() * 1.1);
        let (run_id, was_cut) = door
            .ask_under_fire(delay, async |client| {
                client.create_run(&Ask { client_token: Some(&token), ..ask }).await
            })
            .await?;
        cut_count += u64::from(was_cut);
        runs.push(run_id);
    }
    let client = door.server.client.clone();
    let mut faults = String::new();
    let mut probe_count = 0;
    for run_id in &runs {
        let proof = Proof::of(&door.site, &client, run_id, planned).await?;
        probe_count += proof.succeeded;
        faults += &proof.faults_in_short();
    }
    let found = client.ask("{ runs { totalCount } }", serde_json::json!({})).await?;
    let run_count = found["runs"]["totalCount"].as_u64().unwrap_or(0);
    runs.sort_unstable();
    runs.dedup();
    let is_one_each = run_count == rounds + 1 && runs.len() as u64 == run_count;
    let verdict = Verdict {
        row: 2,
        what: format!(
            "SIGKILL to the API during createRun ({planned} probes), {rounds} times, {database}; sent again with its token"
        ),
        promised: "one run for each token, complete".into(),
        measured: format!(
            "{run_count} runs for {} tokens ({cut_count} answers cut off), {probe_count} transcripts of {}{faults}",
            rounds + 1,
            planned * (rounds + 1)
        ),
        is_ok: is_one_each && faults.is_empty() && probe_count == planned * (rounds + 1),
    };
    Ok((verdict, runs.swap_remove(0), planned))
}

async fn command_runs(
    ground: &Ground,
    door: &mut Door,
    rng: &mut fastrand::Rng,
    database: &str,
) -> anyhow::Result<Verdict> {
    let rounds = ground.size(12, 3);
    door.site.sim.set_latency(Latency::Fixed(Duration::from_millis(50)));
    let definition = door.server.client.import(&questions(200)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS[..2], samples: 1, client_token: None };
    let mut cut_count = 0;
    let mut faults = Vec::new();
    for round in 0..rounds {
        let run_id = door.server.client.create_run(&ask).await?;
        // Every other run is cancelled, the rest is paused and goes on.
        let (name, status, kind) = match round % 2 {
            0 => ("pauseRun", "PAUSED", "run.paused"),
            _ => ("cancelRun", "CANCELLED", "run.cancelled"),
        };
        let token = format!("command-{round}");
        let delay = Duration::from_micros(rng.u64(0..12_000));
        let (found, was_cut) =
            door.ask_under_fire(delay, async |client| client.command(name, &run_id, &token).await).await?;
        cut_count += u64::from(was_cut);
        if found != status {
            faults.push(format!("{name} left the run {found}"));
        }
        let client = door.server.client.clone();
        if status == "PAUSED" {
            client.command("resumeRun", &run_id, &format!("resume-{round}")).await?;
        }
        let run = client.finish(&run_id).await?;
        let ledger = &run["progress"]["ledger"];
        let sum = |words: &[&str]| words.iter().filter_map(|word| ledger[*word].as_u64()).sum::<u64>();
        if sum(&["succeeded", "failed", "cancelled"]) != 400 || sum(&["queued", "running", "failed"]) != 0 {
            faults.push(format!("the ledger does not add up: {ledger}"));
        }
        let times = event_kinds(&client, &run_id).await?.iter().filter(|(_, found)| found == kind).count();
        if times != 1 {
            faults.push(format!("{kind} happened {times} times"));
        }
    }
    door.site.sim.set_latency(Latency::None);
    faults.extend(door.site.doctor().await?);
    Ok(Verdict {
        row: 2,
        what: format!(
            "SIGKILL to the API during pauseRun and cancelRun, {rounds} times, {database}; sent again with their tokens"
        ),
        promised: "each command has one effect and one event".into(),
        measured: format!(
            "{rounds} commands ({cut_count} answers cut off), {} faults {}",
            faults.len(),
            faults.join("; ")
        ),
        is_ok: faults.is_empty(),
    })
}

async fn export(
    ground: &Ground,
    door: &mut Door,
    run_id: &str,
    planned: u64,
    database: &str,
) -> anyhow::Result<Verdict> {
    let rounds = ground.size(5, 2);
    let whole = door.server.client.csv(run_id).await?.bytes().await?;
    let mut faults = Vec::new();
    let mut cut_count = 0;
    for round in 0..rounds {
        let mut response = door.server.client.csv(run_id).await?;
        let mut received = response.chunk().await?.map_or(0, |chunk| chunk.len());
        door.kill_and_reopen().await?;
        // The end of a file that is not whole must be seen as one.
        let ended_well = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => received += chunk.len(),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        cut_count += u64::from(!ended_well);
        if ended_well && received != whole.len() {
            faults.push(format!(
                "round {round}: {received} of {} bytes passed for the whole file",
                whole.len()
            ));
        }
        let again = door.server.client.csv(run_id).await?.bytes().await?;
        if again != whole {
            faults.push(format!("round {round}: the second download differs"));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(Verdict {
        row: 2,
        what: format!(
            "SIGKILL to the API during a CSV of {planned} rows, {rounds} times, {database}; downloaded again"
        ),
        promised: "a broken download is seen as one; the next is the same file, whole".into(),
        measured: format!(
            "{cut_count} of {rounds} broke off and were seen to, {rounds} whole files of {} bytes {}",
            whole.len(),
            faults.join("; ")
        ),
        is_ok: faults.is_empty(),
    })
}
