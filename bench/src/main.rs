//! `probity-bench`: how fast Probity is, as ratios to a bare HTTP client measured in the same run.
//!
//! Everything runs on this machine: the simulated provider in this process, the bare client and
//! Probity's release binaries as processes of their own, so that both candidates meet the same
//! provider and their CPU time is theirs alone.

#![expect(clippy::print_stdout, reason = "the tables are what this command is for; progress goes to stderr")]

mod api;
mod bare;
mod cell;
mod database;
mod deployment;
mod export;
mod fan_out;
mod figures;
mod process;
mod progress;
mod report;
mod workload;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::{cell::Cell, database::Databases, deployment::Layout, figures::Figures};

/// Measures runs, fan-out and export of Probity on SQLite and, where PROBITY_TEST_POSTGRES names
/// a server in which databases can be made, on PostgreSQL.
///
/// Ends with 0 also where a mark is missed; with 1 where something failed, or where a probe was
/// lost or asked twice.
#[derive(Debug, Parser)]
#[command(name = "probity-bench", version)]
struct Flags {
    #[command(subcommand)]
    command: Option<Command>,
    /// Fewer cells: 200 ms and 2,000 probes only, no export.
    #[arg(long, conflicts_with = "long")]
    quick: bool,
    /// The runs of 20,000 probes alone.
    #[arg(long)]
    long: bool,
    /// Also write every figure as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where `probity`, `probity-api` and `probity-worker` lie [default: beside this program].
    #[arg(long, value_name = "DIR")]
    bin_dir: Option<PathBuf>,
    /// Leave SQLite out.
    #[arg(long)]
    no_sqlite: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The bare client: what the bench starts to compare Probity with.
    #[command(hide = true)]
    Bare(bare::BareFlags),
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    let result = match flags.command {
        Some(Command::Bare(bare)) => bare::ask_all(&bare).await.map(|()| ExitCode::SUCCESS),
        None => bench(flags).await,
    };
    result.unwrap_or_else(|error| {
        eprintln!("probity-bench: {error:#}");
        ExitCode::FAILURE
    })
}

async fn bench(flags: Flags) -> anyhow::Result<ExitCode> {
    let bin_dir = match &flags.bin_dir {
        Some(dir) => dir.clone(),
        None => std::env::current_exe()?.parent().context("this program lies nowhere")?.to_owned(),
    };
    let databases = Databases::from_environment()?;
    let mut figures = Figures::default();
    // Processes and folders go with the future that is dropped here; databases do not.
    let measured = tokio::select! {
        measured = measure(&flags, &bin_dir, &databases, &mut figures) => measured,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    databases.drop_all().await?;
    print!("{}", report::markdown(&figures));
    if let Some(path) = &flags.json {
        let text = serde_json::to_string_pretty(&report::json(&figures))?;
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    measured?;
    Ok(if figures.problems().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(
    flags: &Flags,
    bin_dir: &std::path::Path,
    databases: &Databases,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let mut layouts = Vec::new();
    if !flags.no_sqlite {
        layouts.push(Layout::SERVE_ON_SQLITE);
    }
    if databases.has_postgres() {
        layouts.extend([Layout::SERVE_ON_POSTGRES, Layout::API_AND_WORKER]);
    } else {
        eprintln!("PROBITY_TEST_POSTGRES names no server: SQLite only");
    }
    let latencies: &[u64] = match flags {
        Flags { long: true, .. } => &[],
        Flags { quick: true, .. } => &[200],
        _ => &[0, 200],
    };
    let mut cells = Vec::new();
    for &layout in &layouts {
        for &latency_ms in latencies {
            for in_flight in [64, 256] {
                cells.push(Cell { layout, latency_ms, in_flight, is_long: false });
            }
        }
        for in_flight in [256, 2_000].into_iter().filter(|_| !flags.quick) {
            cells.push(Cell { layout, latency_ms: 200, in_flight, is_long: true });
        }
    }
    for cell in cells {
        eprintln!("{cell}");
        let measured = cell.measure(bin_dir, databases).await;
        figures.cells.push(measured.with_context(|| cell.to_string())?);
    }
    for layout in layouts.into_iter().filter(|layout| layout.is_one_process() && !flags.long) {
        eprintln!("{layout}: fan-out");
        figures.fan_outs.push(fan_out::measure(layout, bin_dir, databases).await.context("fan-out")?);
        if !flags.quick {
            eprintln!("{layout}: export");
            figures.exports.push(export::measure(layout, bin_dir, databases).await.context("export")?);
            eprintln!("{layout}: progress of a run of 1,000,000 probes");
            figures.progress.push(progress::measure(layout, bin_dir, databases).await.context("progress")?);
        }
    }
    Ok(())
}
