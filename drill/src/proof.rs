//! What must hold of a run that came to its end, whatever happened on the way.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{client::Client, site::Site};

/// A run as it ended, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    /// What is not as it must be, in words.
    pub(crate) faults: Vec<String>,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    /// Probes with neither a transcript nor a recorded failure.
    pub(crate) lost: u64,
    pub(crate) probes: Vec<Probe>,
}

/// A probe with all its tries.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    pub(crate) seq: u64,
    pub(crate) status: String,
    pub(crate) attempt_count: u64,
    pub(crate) transcript: Option<Transcript>,
    pub(crate) attempts: Vec<Attempt>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) id: String,
    pub(crate) turns: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Turn {
    pub(crate) turn_index: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    pub(crate) result: String,
    pub(crate) error_category: Option<String>,
    pub(crate) worker_id: String,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) finished_at: DateTime<Utc>,
}

impl Proof {
    /// Waits for the run's end and looks at everything it left behind.
    pub(crate) async fn of(site: &Site, client: &Client, run_id: &str, planned: u64) -> anyhow::Result<Self> {
        let run = client.finish(run_id).await?;
        let mut proof = Self::default();
        let ledger = &run["progress"]["ledger"];
        let count = |word: &str| ledger[word].as_u64().unwrap_or(u64::MAX);
        proof.check(count("planned") == planned, || format!("{planned} were planned: {ledger}"));
        let ended = count("succeeded") + count("failed") + count("cancelled");
        proof.check(ended == planned && count("queued") == 0 && count("running") == 0, || {
            format!("the ledger does not add up: {ledger}")
        });
        proof.probes = probes(client, run_id).await?;
        let seqs: BTreeSet<u64> = proof.probes.iter().map(|probe| probe.seq).collect();
        let expected: BTreeSet<u64> = (0..planned).collect();
        proof.check(seqs == expected && proof.probes.len() as u64 == planned, || {
            format!("{} probes of {planned} are there", seqs.len())
        });
        proof.check_probes(count("succeeded"), count("failed"));
        proof.check_transcripts(client, run_id).await?;
        proof.check_events(client, run_id).await?;
        if let Some(found) = site.doctor().await? {
            proof.faults.push(format!("doctor: {found}"));
        }
        Ok(proof)
    }

    /// How often each result stands among the tries.
    pub(crate) fn results(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for attempt in self.probes.iter().flat_map(|probe| &probe.attempts) {
            *counts.entry(attempt.result.as_str()).or_default() += 1;
        }
        counts
    }

    /// Tries with this result.
    pub(crate) fn result_count(&self, result: &str) -> u64 {
        self.results().get(result).copied().unwrap_or(0)
    }

    /// The first faults, for a table's cell; empty where there is none.
    pub(crate) fn faults_in_short(&self) -> String {
        self.faults.iter().take(3).map(|fault| format!("; {fault}")).collect()
    }

    pub(crate) fn check(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(fault());
        }
    }

    fn check_probes(&mut self, succeeded: u64, failed: u64) {
        let has =
            |probe: &Probe, result: &str| probe.attempts.iter().filter(|try_| try_.result == result).count();
        for probe in &self.probes {
            match (probe.status.as_str(), &probe.transcript) {
                ("SUCCEEDED", Some(_)) => self.succeeded += 1,
                ("FAILED", _) => self.failed += 1,
                _ => self.lost += 1,
            }
            // A late answer that was used is the probe's success; one that came second is booked as late.
            let winners = has(probe, "SUCCEEDED") + has(probe, "LATE");
            if probe.status == "SUCCEEDED" && winners == 0 || has(probe, "SUCCEEDED") > 1 {
                self.faults.push(format!("probe {} succeeded {winners} times", probe.seq));
            }
        }
        let counted = (self.succeeded, self.failed);
        self.check(counted == (succeeded, failed), || {
            format!("the ledger says {succeeded} and {failed}, the probes {counted:?}")
        });
        let lost = self.lost;
        self.check(lost == 0, || format!("{lost} probes are lost"));
    }

    async fn check_transcripts(&mut self, client: &Client, run_id: &str) -> anyhow::Result<()> {
        let found: Vec<&Transcript> =
            self.probes.iter().filter_map(|probe| probe.transcript.as_ref()).collect();
        let ids: BTreeSet<&str> = found.iter().map(|transcript| transcript.id.as_str()).collect();
        let with_transcript = found.len() as u64;
        let has_gap = found.iter().any(|transcript| {
            transcript.turns.iter().map(|turn| turn.turn_index).ne(0..transcript.turns.len() as u64)
        });
        let distinct = ids.len() as u64;
        let query =
            "query ($id: ID!) { transcripts(runId: $id, withPartial: true, first: 1) { totalCount } }";
        let total = client.ask(query, json!({"id": run_id})).await?;
        let total = total["transcripts"]["totalCount"].as_u64().context("no count")?;
        self.check(distinct == with_transcript && total == with_transcript, || {
            format!("{with_transcript} probes have {total} transcripts")
        });
        self.check(!has_gap, || "a transcript's turns are not 0, 1, 2 …".into());
        Ok(())
    }

    async fn check_events(&mut self, client: &Client, run_id: &str) -> anyhow::Result<()> {
        let events = event_kinds(client, run_id).await?;
        let is_gapless = events.iter().map(|(seq, _)| *seq).eq(1..=events.len() as u64);
        self.check(is_gapless, || "the events have a gap".into());
        for kind in ["run.created", "run.started"] {
            let times = events.iter().filter(|(_, found)| found == kind).count();
            self.check(times == 1, || format!("{kind} happened {times} times"));
        }
        Ok(())
    }
}

/// The run's events: number and kind.
pub(crate) async fn event_kinds(client: &Client, run_id: &str) -> anyhow::Result<Vec<(u64, String)>> {
    let rows = client.all("events", &format!("runId: \"{run_id}\","), "seq kind").await?;
    let event = |row: &Value| Some((row["seq"].as_u64()?, row["kind"].as_str()?.to_owned()));
    rows.iter().map(event).collect::<Option<_>>().context("an event without number or kind")
}

async fn probes(client: &Client, run_id: &str) -> anyhow::Result<Vec<Probe>> {
    let fields = "seq status attemptCount transcript { id turns { turnIndex } }
        attempts { result errorCategory workerId startedAt finishedAt }";
    let rows = client.all("probes", &format!("runId: \"{run_id}\","), fields).await?;
    Ok(rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?)
}
