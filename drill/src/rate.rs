//! Row 6: a provider that allows 600 requests per minute.

use std::time::{Duration, Instant};

use sim::{Faults, Latency, RateLimit};

use crate::{
    client::Ask,
    proof::Proof,
    site::{Ground, Site},
    verdict::{Verdict, seconds},
    workload::{MODELS, questions},
};

const REQUESTS_PER_MINUTE: u32 = 600;
const BURST: u32 = 10;
const PLANNED: u64 = 600;

/// What is known of the limit before the run.
#[derive(Copy, Clone)]
struct Case {
    is_configured: bool,
    most: Duration,
    refused_max: u64,
}

const CASES: [Case; 2] = [
    Case { is_configured: true, most: Duration::from_secs(62), refused_max: 9 },
    Case { is_configured: false, most: Duration::from_secs(70), refused_max: 59 },
];

pub(crate) async fn rows(ground: &mut Ground) -> anyhow::Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    for case in CASES {
        verdicts.extend(row(ground, case).await?);
    }
    Ok(verdicts)
}

async fn row(ground: &mut Ground, case: Case) -> anyhow::Result<Option<Verdict>> {
    let Some(mut site) = Site::on_postgres(ground, 64).await? else { return Ok(None) };
    if case.is_configured {
        site.set("PROBITY_PROVIDERS__SIM__REQUESTS_PER_MINUTE", &REQUESTS_PER_MINUTE.to_string());
    }
    // A provider's own pace, not that of tests: what is backed off and how is part of the row.
    site.set("PROBITY_BACKOFF_BASE_MS", "1000");
    site.set("PROBITY_BACKOFF_MAX_MS", "60000");
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(200)));
    let rate_limit = RateLimit { requests_per_minute: REQUESTS_PER_MINUTE, burst: BURST };
    site.sim.set_faults(Faults { rules: Vec::new(), rate_limit: Some(rate_limit) });
    let (server, _workers) = site.api_and_workers(3).await?;
    let definition = server.client.import(&questions(PLANNED as usize / MODELS.len())).await?;
    let ask = Ask { definition_id: &definition, models: &MODELS, samples: 1, client_token: None };
    let began = Instant::now();
    let run_id = server.client.create_run(&ask).await?;
    server.client.finish(&run_id).await?;
    let took = began.elapsed();
    let mut proof = Proof::of(&site, &server.client, &run_id, PLANNED).await?;
    let counts = site.sim.log().counts();
    let refused = counts.per_status.get(&429).copied().unwrap_or(0);
    let succeeded = proof.succeeded;
    proof.check(succeeded == PLANNED, || format!("{succeeded} of {PLANNED} succeeded"));
    proof.check(counts.duplicates == 0, || "answered calls were repeated".into());
    proof.check(took <= case.most, || "too slow".into());
    proof.check(refused <= case.refused_max, || "too many refusals".into());
    Ok(Some(Verdict {
        row: 6,
        what: format!(
            "{PLANNED} probes over 3 workers at a provider that allows {REQUESTS_PER_MINUTE} requests/min (burst {BURST}), limit {}",
            if case.is_configured { "configured" } else { "to be learned" }
        ),
        promised: format!(
            "≤ {}, < {} × 429, no answered call repeated",
            seconds(case.most),
            case.refused_max + 1
        ),
        measured: format!(
            "{}, {refused} × 429, {} repeated, lost {}{}",
            seconds(took),
            counts.duplicates,
            proof.lost,
            proof.faults_in_short()
        ),
        is_ok: proof.faults.is_empty(),
    }))
}
