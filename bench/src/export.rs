//! A run of 20,000 probes as CSV, beside PostgreSQL's own COPY of the same rows.

use std::{path::Path, time::Duration, time::Instant};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt};
use serde::Serialize;
use sim::{Sim, SimOptions};
use sqlx::{Connection, PgConnection};

use crate::{
    cell::{problems, seconds_of},
    database::Databases,
    deployment::{Deployment, Layout},
    workload::Workload,
};

const RUN_MAX: Duration = Duration::from_secs(240);
const IN_FLIGHT: usize = 256;
/// Odd, for the median.
const REPETITIONS: usize = 3;

/// What came out; rates are medians of three.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ExportFigures {
    pub(crate) layout: Layout,
    pub(crate) row_count: usize,
    /// Of the run that is exported, without latency, 256 in flight.
    pub(crate) run_probes_per_second: f64,
    pub(crate) run_cpu_seconds_per_1000: f64,
    pub(crate) csv_bytes: usize,
    pub(crate) rows_per_second: f64,
    pub(crate) first_byte_ms: f64,
    /// By how much the peak of resident memory rose, all processes together.
    pub(crate) peak_growth_bytes: u64,
    /// None on SQLite, which has none.
    pub(crate) copy_rows_per_second: Option<f64>,
    pub(crate) problems: Vec<String>,
}

struct Download {
    seconds: f64,
    first_byte: Duration,
    body: Vec<u8>,
}

pub(crate) async fn measure(
    layout: Layout,
    bin_dir: &Path,
    databases: &Databases,
) -> anyhow::Result<ExportFigures> {
    let sim = Sim::start(SimOptions::default()).await?;
    let store = databases.make(layout.on_postgres).await?;
    let deployment = Deployment::start(layout, bin_dir, &store, &sim.base_url(), IN_FLIGHT).await?;
    let api = &deployment.api;
    let workload = Workload::EXPORT;
    let row_count = workload.probe_count();
    let definition_id = api.import(workload).await?;
    let cpu_before = deployment.cpu()?;
    let created = api.create_run(&definition_id, workload).await?;
    let run = api.wait(&created.id, RUN_MAX, |run| run.is_finished).await?;
    let cpu = deployment.cpu()? - cpu_before;
    let mut problems = problems(&run, &sim.log().counts(), row_count as u64);

    let sum = |memory: Vec<crate::deployment::ProcessMemory>| memory.iter().map(|one| one.bytes).sum::<u64>();
    let peak_before = sum(deployment.peak()?);
    let mut downloads = Vec::new();
    for _ in 0..REPETITIONS {
        downloads.push(download(&deployment, &run.csv_url).await?);
    }
    let peak_growth_bytes = sum(deployment.peak()?).saturating_sub(peak_before);
    let mut copies = Vec::new();
    if let Some(url) = &store.url {
        for _ in 0..REPETITIONS {
            copies.push(copy_seconds(url.as_str(), &created.id).await.context("COPY")?);
        }
    }
    deployment.stop().await?;
    sim.shutdown().await;

    downloads.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    copies.sort_by(f64::total_cmp);
    let middle = downloads.swap_remove(REPETITIONS / 2);
    let found = csv::Reader::from_reader(middle.body.as_slice()).byte_records().filter(Result::is_ok).count();
    if found != row_count {
        problems.push(format!("the CSV has {found} rows instead of {row_count}"));
    }
    Ok(ExportFigures {
        layout,
        row_count,
        run_probes_per_second: row_count as f64 / seconds_of(&run)?,
        run_cpu_seconds_per_1000: cpu.as_secs_f64() * 1_000.0 / row_count as f64,
        csv_bytes: middle.body.len(),
        rows_per_second: row_count as f64 / middle.seconds,
        first_byte_ms: middle.first_byte.as_secs_f64() * 1_000.0,
        peak_growth_bytes,
        copy_rows_per_second: copies.get(REPETITIONS / 2).map(|seconds| row_count as f64 / seconds),
        problems,
    })
}

async fn download(deployment: &Deployment, path: &str) -> anyhow::Result<Download> {
    let started = Instant::now();
    let mut chunks = deployment.api.download(path).await?.bytes_stream();
    let mut first_byte = None;
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        first_byte.get_or_insert_with(|| started.elapsed());
        body.extend_from_slice(&chunk?);
    }
    let first_byte = first_byte.context("an empty download")?;
    Ok(Download { seconds: started.elapsed().as_secs_f64(), first_byte, body })
}

/// The SELECT of the export, all rows at once, through COPY.
async fn copy_seconds(url: &str, run_id: &str) -> anyhow::Result<f64> {
    // The id is spliced in, because COPY takes no parameters: only hex digits and hyphens may be.
    anyhow::ensure!(
        run_id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'),
        "an id that is none"
    );
    let sql = format!(
        "COPY (SELECT t.id, t.seq, t.run_model_id, t.scenario_id, s.key, t.model_version, p.sample_index, d.value,
                      d.score, t.finished_at, p.outcome, t.outcome AS ending, t.input_tokens, t.output_tokens,
                      t.cost_usd_micros, t.latency_ms, t.turn_count, t.is_complete, u.answer
               FROM transcripts AS t
               JOIN probes AS p ON p.id = t.probe_id
               JOIN scenarios AS s ON s.id = t.scenario_id
               LEFT JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
               JOIN turns AS u ON u.probe_id = t.probe_id AND u.turn_index < t.turn_count
               WHERE t.run_id = '{run_id}' AND t.is_complete
               ORDER BY t.seq, t.id, u.turn_index) TO STDOUT (FORMAT csv)"
    );
    let mut connection = PgConnection::connect(url).await?;
    let started = Instant::now();
    let bytes = connection
        .copy_out_raw(&sql)
        .await?
        .try_fold(0, |sum, chunk| std::future::ready(Ok(sum + chunk.len())))
        .await?;
    let seconds = started.elapsed().as_secs_f64();
    anyhow::ensure!(bytes > 0, "COPY gave nothing");
    connection.close().await?;
    Ok(seconds)
}
