//! Row 5: a provider on a bad day.

use std::{collections::BTreeMap, time::Duration};

use sim::{Fault, FaultRule, Faults, Latency, RetryAfter};

use crate::{
    client::Ask,
    proof::Proof,
    site::{Ground, Site},
    verdict::Verdict,
    workload::{MODELS, questions},
};

/// What goes wrong in what share of the calls, with the category its try is recorded under.
const BAD_DAY: [(Fault, f64, &str); 5] = [
    (Fault::RateLimited { retry_after: RetryAfter::Millis(100) }, 0.05, "rate_limited"),
    (Fault::ServerError, 0.02, "server"),
    (Fault::Reset, 0.01, "connection"),
    (Fault::MalformedJson, 0.01, "malformed"),
    (Fault::Hang, 0.005, "timeout"),
];

pub(crate) async fn on_both(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let sqlite = Site::on_sqlite(ground, 48).await?;
    let mut verdicts = vec![row(ground, sqlite, "SQLite", false).await?];
    if let Some(postgres) = Site::on_postgres(ground, 16).await? {
        verdicts.push(row(ground, postgres, "3 workers, PostgreSQL", true).await?);
    }
    Ok(verdicts)
}

async fn row(ground: &Ground, mut site: Site, place: &str, is_split: bool) -> anyhow::Result<Verdict> {
    let scenarios = ground.size(1_000, 100);
    let planned = scenarios as u64 * MODELS.len() as u64;
    site.set("PROBITY_ATTEMPT_TIMEOUT_SECONDS", "2");
    site.set("PROBITY_FIRST_BYTE_TIMEOUT_SECONDS", "2");
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(50)));
    let rules = BAD_DAY.iter().map(|(kind, rate, _)| FaultRule::always(*kind).at_rate(*rate)).collect();
    site.sim.set_faults(Faults { rules, rate_limit: None });
    let (server, _workers) =
        if is_split { site.api_and_workers(3).await? } else { (site.serve().await?, Vec::new()) };
    let definition = server.client.import(&questions(scenarios)).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: None };
    let run_id = server.client.create_run(&ask).await?;
    let mut proof = Proof::of(&site, &server.client, &run_id, planned).await?;
    let counts = site.sim.log().counts();

    let mut recorded: BTreeMap<String, u64> = BTreeMap::new();
    for attempt in proof.probes.iter().flat_map(|probe| &probe.attempts) {
        if let Some(category) = &attempt.error_category {
            *recorded.entry(category.clone()).or_default() += 1;
        }
    }
    let struck: u64 = counts.per_fault.values().sum();
    let booked: u64 = recorded.values().sum();
    proof.check(struck == booked, || format!("{:?} struck, {recorded:?} are recorded", counts.per_fault));
    for (fault, _, category) in &BAD_DAY {
        let booked = recorded.get(*category).copied().unwrap_or(0);
        let struck = counts.per_fault.get(name_of(fault)).copied().unwrap_or(0);
        proof.check(booked == struck, || format!("{struck} × {}, {booked} × {category}", name_of(fault)));
    }
    // Given up is right only where the tries were used up: two for a broken body, else four.
    let early =
        proof.probes.iter().filter(|probe| probe.status == "FAILED" && probe.attempt_count < 2).count();
    proof.check(early == 0, || format!("{early} probes were given up after one try"));
    let failed = proof.failed;
    proof.check(failed * 200 <= planned, || format!("{failed} probes failed"));
    proof.check(counts.duplicates == 0, || format!("{} answers were paid for twice", counts.duplicates));
    Ok(Verdict {
        row: 5,
        what: format!(
            "5 % 429, 2 % 500, 1 % reset, 1 % malformed, 0.5 % hang, in a run of {planned} probes, {place}"
        ),
        promised: "every probe ends, each fault is a recorded attempt of its category, paid twice 0, lost 0"
            .into(),
        measured: format!(
            "{} transcripts, {failed} failed after their tries, lost {}; {struck} faults struck, {booked} recorded ({}); paid twice {}{}",
            proof.succeeded,
            proof.lost,
            recorded
                .iter()
                .map(|(category, count)| format!("{count} {category}"))
                .collect::<Vec<_>>()
                .join(", "),
            counts.duplicates,
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    })
}

fn name_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::RateLimited { .. } => "rate_limited",
        Fault::ServerError => "server_error",
        Fault::Reset => "reset",
        Fault::MalformedJson => "malformed_json",
        _ => "hang",
    }
}
