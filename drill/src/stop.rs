//! Row 4: SIGTERM, and SIGKILL in the middle of conversations.

use std::time::Duration;

use sim::{Fault, FaultRule, Faults, Latency};
use tokio::time::sleep;

use crate::{
    client::Ask,
    proof::Proof,
    site::{Ground, Site},
    verdict::{Verdict, seconds},
    workload::{MODELS, conversations, questions},
};

const WORKERS: usize = 3;
const PARALLEL: usize = 12;
/// What a process may take beyond the grace period to write down what it gave back.
const AFTER_GRACE: Duration = Duration::from_secs(5);
/// How long no call may arrive for all calls in flight to be taken to hang.
const QUIET: Duration = Duration::from_millis(300);

/// SIGTERM to one worker after the other; each is replaced by a new one.
pub(crate) async fn terminate(ground: &mut Ground) -> anyhow::Result<Option<Verdict>> {
    let Some(site) = Site::on_postgres(ground, PARALLEL).await? else { return Ok(None) };
    let (scenarios, stops) = ground.size((200, 12), (60, 3));
    let planned = scenarios as u64 * MODELS.len() as u64;
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(700)));
    let (server, mut workers) = site.api_and_workers(WORKERS).await?;
    let definition = server.client.import(&questions(scenarios)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: None };
    let run_id = server.client.create_run(&ask).await?;
    let mut rng = fastrand::Rng::with_seed(ground.seed);
    let mut slowest = Duration::ZERO;
    for number in 1..=stops {
        let wanted = number * planned / (stops + 2);
        site.sim.log().wait_for(|counts| counts.total >= wanted).await;
        let victim = &mut workers[rng.usize(..WORKERS)];
        // The grace period is two minutes unless configured otherwise.
        slowest = slowest.max(victim.terminate(Duration::from_secs(120)).await?);
        *victim = site.worker()?;
    }
    let mut proof = Proof::of(&site, &server.client, &run_id, planned).await?;
    let counts = site.sim.log().counts();
    check_no_try(&mut proof, planned);
    let again = counts.total - planned.min(counts.total);
    proof.check(again == 0 && counts.abandoned == 0, || format!("{again} calls were made again"));
    Ok(Some(Verdict {
        row: 4,
        what: format!("SIGTERM to a random worker of {WORKERS}, {stops} times, in a run of {planned} probes"),
        promised: "lost 0, no attempt consumed, no call given up, exit within the grace period (120 s)"
            .into(),
        measured: format!(
            "{} transcripts, lost {}, {again} calls made again, slowest exit {} (answers take 0.7 s){}",
            proof.succeeded,
            proof.lost,
            seconds(slowest),
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    }))
}

/// SIGTERM while every call hangs: the grace period runs out.
pub(crate) async fn terminate_hanging(ground: &Ground) -> anyhow::Result<Verdict> {
    const GRACE: Duration = Duration::from_secs(3);
    const PLANNED: u64 = 60;
    let mut site = Site::on_sqlite(ground, PARALLEL).await?;
    site.set("PROBITY_GRACE_SECONDS", &GRACE.as_secs().to_string());
    site.know_limit(PARALLEL);
    site.sim.set_faults(Fault::Hang.into());
    let mut server = site.serve().await?;
    let definition = server.client.import(&questions(PLANNED as usize)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS[..1], samples: 1, client_token: None };
    let run_id = server.client.create_run(&ask).await?;
    site.sim.log().wait_for(|counts| counts.in_flight == PARALLEL as u64).await;
    let took = server.process.terminate(GRACE + AFTER_GRACE + Duration::from_secs(30)).await?;
    site.sim.set_faults(Faults::none());
    let server = site.serve().await?;
    let mut proof = Proof::of(&site, &server.client, &run_id, PLANNED).await?;
    check_no_try(&mut proof, PLANNED);
    proof.check(took <= GRACE + AFTER_GRACE || ground.is_short, || "the exit took too long".into());
    let released = proof.result_count("RELEASED");
    proof.check(released == PARALLEL as u64, || format!("{released} tries were given back"));
    Ok(Verdict {
        row: 4,
        what: format!("SIGTERM while all {PARALLEL} calls hang, grace period {}", seconds(GRACE)),
        promised: format!(
            "exit within {}, every probe given back at once, no attempt consumed",
            seconds(GRACE + AFTER_GRACE)
        ),
        measured: format!(
            "exit after {}, {released} given back, lost {}{}",
            seconds(took),
            proof.lost,
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    })
}

/// SIGKILL three times, each time while all calls in flight are of another turn.
pub(crate) async fn kill_in_conversations(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let mut sqlite = Site::on_sqlite(ground, PARALLEL).await?;
    sqlite.know_limit(PARALLEL);
    let mut verdicts = vec![conversation_kills(ground, &sqlite, "SQLite", false).await?];
    if let Some(mut postgres) = Site::on_postgres(ground, PARALLEL).await? {
        postgres.know_limit(PARALLEL);
        verdicts.push(conversation_kills(ground, &postgres, "PostgreSQL", true).await?);
    }
    Ok(verdicts)
}

async fn conversation_kills(
    ground: &Ground,
    site: &Site,
    database: &str,
    is_split: bool,
) -> anyhow::Result<Verdict> {
    let planned = ground.size(300, 60);
    let api = if is_split { Some(site.api().await?) } else { None };
    let mut server = None;
    let mut worker = None;
    let mut held = 0;
    let mut run_id = None;
    for turn in [2, 3, 4] {
        site.sim.set_faults(Faults::one(FaultRule::always(Fault::Hang).on_turn(turn)));
        if is_split {
            worker = Some(site.worker()?);
        } else {
            server = Some(site.serve().await?);
        }
        let client = api.as_ref().or(server.as_ref()).map(|server| &server.client);
        if let (None, Some(client)) = (&run_id, client) {
            client.workers_online(1).await?;
            let definition = client.import(&conversations(planned)).await?;
            let ask =
                Ask { definition_id: &definition, models: &["sim-oracle"], samples: 1, client_token: None };
            run_id = Some(client.create_run(&ask).await?);
        }
        held += all_hang(site).await;
        if let Some(worker) = &mut worker {
            worker.kill().await?;
        }
        if let Some(server) = &mut server {
            server.process.kill().await?;
        }
        site.sim.log().wait_for(|counts| counts.in_flight == 0).await;
    }
    site.sim.set_faults(Faults::none());
    let last = if is_split { None } else { Some(site.serve().await?) };
    let _worker = if is_split { Some(site.worker()?) } else { None };
    let (Some(server), Some(run_id)) = (api.as_ref().or(last.as_ref()), run_id) else {
        anyhow::bail!("nothing serves");
    };
    let mut proof = Proof::of(site, &server.client, &run_id, planned as u64).await?;
    let counts = site.sim.log().counts();
    let answers = 4 * planned as u64;
    proof.check(counts.duplicates == 0, || format!("{} answered turns were asked again", counts.duplicates));
    proof.check(counts.succeeded == answers, || format!("{} answers, not {answers}", counts.succeeded));
    let is_whole = proof
        .probes
        .iter()
        .all(|probe| probe.transcript.as_ref().is_some_and(|transcript| transcript.turns.len() == 4));
    proof.check(is_whole, || "a conversation has not all its turns".into());
    Ok(Verdict {
        row: 4,
        what: format!(
            "SIGKILL while turn 2, then 3, then 4 is asked, {planned} conversations of four turns, {database}"
        ),
        promised: "no answered turn is asked again, lost 0".into(),
        measured: format!(
            "{} answers to {answers} turns, asked again {}; {held} calls were in flight at the kills, lost {}{}",
            counts.succeeded,
            counts.duplicates,
            proof.lost,
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    })
}

/// Waits until every slot has a call that hangs, so that all before it is answered and written;
/// returns how many. Twelve that are in flight for a moment may be of a turn that is answered.
async fn all_hang(site: &Site) -> u64 {
    let log = site.sim.log();
    loop {
        let before = log.wait_for(|counts| counts.in_flight == PARALLEL as u64).await;
        sleep(QUIET).await;
        let now = log.counts();
        if (now.total, now.in_flight) == (before.total, before.in_flight) {
            return now.in_flight;
        }
    }
}

fn check_no_try(proof: &mut Proof, planned: u64) {
    let succeeded = proof.succeeded;
    proof.check(succeeded == planned, || format!("{succeeded} of {planned} succeeded"));
    let tries: u64 = proof.probes.iter().map(|probe| probe.attempt_count).sum();
    let lost = proof.result_count("LOST");
    proof.check(tries == 0 && lost == 0, || format!("{tries} attempts were consumed, {lost} lost"));
}
