//! `probity-drill`: breaks Probity on purpose and measures what comes of it.
//!
//! Real processes on loopback, a PostgreSQL server of its own, the simulated provider in this
//! process. It ends only what it started.

#![expect(clippy::print_stdout, reason = "the table is what this command is for; progress goes to stderr")]

mod api_kill;
mod client;
mod cluster;
mod crash;
mod faults;
mod outage;
mod pause;
mod process;
mod proof;
mod rate;
mod site;
mod stop;
mod verdict;
mod workload;

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Parser;
use tokio::time::timeout;

use crate::{cluster::Cluster, site::Ground, verdict::Verdict};

/// Kills workers, the API and PostgreSQL during runs, stops them, and lets a provider fail and
/// refuse; prints for each what was promised and what was measured.
///
/// Ends with 0 where everything held, else with 1. PostgreSQL's server programs must be
/// installed; the drill makes a server of its own in a temporary folder.
#[derive(Debug, Parser)]
#[command(name = "probity-drill", version)]
struct Flags {
    /// The rows to run [default: all; with --short all but 6, which takes two minutes by its nature].
    #[arg(long, value_name = "N", value_parser = row_number)]
    row: Vec<u8>,
    /// A few seconds per row. Figures of time are shown and not judged.
    #[arg(long)]
    short: bool,
    /// Also write every line as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What decides who is killed when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where `probity`, `probity-api` and `probity-worker` lie [default: beside this program].
    #[arg(long, value_name = "DIR")]
    bin_dir: Option<PathBuf>,
    /// Leave out what needs PostgreSQL.
    #[arg(long)]
    no_postgres: bool,
}

/// The rows of the table in docs/reliability.md that are drills; tests prove the others.
const ROWS: [u8; 7] = [1, 2, 3, 4, 5, 6, 9];

fn row_number(text: &str) -> Result<u8, String> {
    let number = text.parse().ok().filter(|number| ROWS.contains(number));
    number.ok_or_else(|| format!("the rows are {ROWS:?}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    drill(Flags::parse()).await.unwrap_or_else(|error| {
        eprintln!("probity-drill: {error:#}");
        ExitCode::FAILURE
    })
}

async fn drill(flags: Flags) -> anyhow::Result<ExitCode> {
    let bin_dir = match flags.bin_dir {
        Some(dir) => dir,
        None => std::env::current_exe()?.parent().context("this program lies nowhere")?.to_owned(),
    };
    let cluster = if flags.no_postgres {
        None
    } else {
        let found = Cluster::start().await.context("a PostgreSQL server of the drill's own")?;
        Some(found.context(
            "PostgreSQL's server is not installed: install the package postgresql, or give --no-postgres",
        )?)
    };
    let mut ground = Ground { bin_dir, cluster, is_short: flags.short, seed: flags.seed };
    let rows = match flags.row {
        rows if rows.is_empty() => ROWS.into_iter().filter(|row| !flags.short || *row != 6).collect(),
        rows => rows,
    };
    let mut verdicts = Vec::new();
    // What is under way when this is interrupted ends with the future that is dropped.
    let drilled = tokio::select! {
        drilled = run_rows(&mut ground, &rows, &mut verdicts) => drilled,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    println!("{}", verdict::table(&verdicts));
    if let Some(path) = &flags.json {
        let text = serde_json::to_string_pretty(&verdicts)?;
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    drilled?;
    let has_failed = verdicts.iter().any(|verdict| !verdict.is_ok);
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The longest row takes a few minutes; what waits for something that will not come has failed.
const ROW_MAX: Duration = Duration::from_secs(15 * 60);

async fn run_rows(ground: &mut Ground, rows: &[u8], verdicts: &mut Vec<Verdict>) -> anyhow::Result<()> {
    for &row in rows {
        eprintln!("row {row}");
        let began = Instant::now();
        // A row that cannot be run to its end has failed; the others still say what they find.
        let run = timeout(ROW_MAX, run_row(ground, row, verdicts)).await;
        let run = run.unwrap_or_else(|_| {
            Err(anyhow::anyhow!("the row did not end within {}", verdict::seconds(ROW_MAX)))
        });
        if let Err(error) = run {
            eprintln!("row {row}: {error:#}");
            verdicts.push(Verdict {
                row,
                what: "the whole row".into(),
                promised: "it can be run".into(),
                measured: format!("{error:#}").lines().next().unwrap_or_default().to_owned(),
                is_ok: false,
            });
        }
        eprintln!("row {row} took {}", verdict::seconds(began.elapsed()));
    }
    Ok(())
}

async fn run_row(ground: &mut Ground, row: u8, verdicts: &mut Vec<Verdict>) -> anyhow::Result<()> {
    match row {
        1 => {
            verdicts.extend(crash::on_postgres(ground).await?);
            verdicts.push(crash::on_sqlite(ground).await?);
        }
        2 => {
            verdicts.extend(api_kill::on_postgres(ground).await?.into_iter().flatten());
            verdicts.extend(api_kill::on_sqlite(ground).await?);
        }
        3 => verdicts.extend(outage::rows(ground).await?),
        4 => {
            verdicts.extend(stop::terminate(ground).await?);
            verdicts.push(stop::terminate_hanging(ground).await?);
            verdicts.extend(stop::kill_in_conversations(ground).await?);
        }
        5 => verdicts.extend(faults::on_both(ground).await?),
        6 => verdicts.extend(rate::rows(ground).await?),
        _ => verdicts.extend(pause::on_both(ground).await?),
    }
    Ok(())
}
