//! The bare client: the least that can be done with the same calls. It keeps a number of them in
//! flight and writes one JSON line per answer. No queue, no retry, no database.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::{cell::Cell, process, workload::Workload};

#[derive(Debug, Args)]
pub(crate) struct BareFlags {
    /// Where the simulated provider is.
    #[arg(long)]
    base_url: String,
    /// Calls at once.
    #[arg(long)]
    in_flight: usize,
    /// Ask what a long run asks.
    #[arg(long)]
    long: bool,
    /// Where the answers go.
    #[arg(long)]
    out: PathBuf,
}

/// What the bare client needed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bare {
    /// From the first call until the last line was written.
    pub(crate) seconds: f64,
    pub(crate) probes_per_second: f64,
    pub(crate) cpu_seconds_per_1000: f64,
    pub(crate) peak_bytes: u64,
}

/// Starts the bare client as a process of its own and waits for it.
pub(crate) async fn run(base_url: &str, cell: Cell, dir: &Path) -> anyhow::Result<Bare> {
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .args(["bare", "--base-url", base_url, "--in-flight", &cell.in_flight.to_string()])
        .args(cell.is_long.then_some("--long"))
        .arg("--out")
        .arg(dir.join("answers.jsonl"))
        .kill_on_drop(true)
        .output()
        .await?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "the bare client failed: {stderr}");
    serde_json::from_slice(&output.stdout).context("the bare client's figures")
}

/// The bare client itself; prints its figures as JSON.
pub(crate) async fn ask_all(flags: &BareFlags) -> anyhow::Result<()> {
    let bodies: Arc<[String]> = Workload::of_length(flags.long).bodies().into();
    let out = Arc::new(Mutex::new(BufWriter::new(File::create(&flags.out)?)));
    let client =
        reqwest::Client::builder().pool_max_idle_per_host(usize::MAX).no_gzip().no_brotli().build()?;
    let endpoint = format!("{}/chat/completions", flags.base_url);
    let next = Arc::new(AtomicUsize::new(0));
    let cpu_before = process::cpu_of(std::process::id())?;
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..flags.in_flight {
        let (bodies, out, client) = (bodies.clone(), out.clone(), client.clone());
        let (endpoint, next) = (endpoint.clone(), next.clone());
        callers.spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = client.post(&endpoint).header("content-type", "application/json");
                let answer: serde_json::Value =
                    request.body(body.clone()).send().await?.error_for_status()?.json().await?;
                let text = &answer["choices"][0]["message"]["content"];
                anyhow::ensure!(text.is_string(), "an answer without text");
                let line = serde_json::json!({"asked": body, "answer": text});
                writeln!(out.lock().unwrap_or_else(PoisonError::into_inner), "{line}")?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    out.lock().unwrap_or_else(PoisonError::into_inner).flush()?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu = process::cpu_of(std::process::id())? - cpu_before;
    let bare = Bare {
        seconds,
        probes_per_second: bodies.len() as f64 / seconds,
        cpu_seconds_per_1000: cpu.as_secs_f64() * 1_000.0 / bodies.len() as f64,
        peak_bytes: process::memory_of(std::process::id())?.peak,
    };
    println!("{}", serde_json::to_string(&bare)?);
    Ok(())
}
