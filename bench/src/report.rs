//! The figures as Markdown and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::figures::{Figures, MB, megabytes};

pub(crate) fn json(figures: &Figures) -> Value {
    json!({
        "cells": figures.cells, "fanOuts": figures.fan_outs, "exports": figures.exports, "progress": figures.progress,
        "marks": figures.marks(), "problems": figures.problems(),
    })
}

pub(crate) fn markdown(figures: &Figures) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    };
    line("## Runs: 2 models × 1,000 scenarios\n".into());
    line("| | probes | ms | in flight | probes/s | wall | ideal | bare/s | of bare | CPU s/1,000 | (PostgreSQL) | (bare) | peak MB | idle MB | createRun ms | duplicates |".into());
    line(format!("|---|{}", "---:|".repeat(15)));
    for found in &figures.cells {
        let cell = found.cell;
        line(format!(
            "| {} | {} | {} | {} | {:.0} | {:.0} | {} | {:.0} | {:.0} % | {:.2} | {} | {:.2} | {:.0} | {:.0} | {:.0} | {} |",
            cell.layout,
            cell.workload().probe_count(),
            cell.latency_ms,
            cell.in_flight,
            found.probes_per_second,
            found.wall_probes_per_second,
            found.share_of_ideal.map_or("–".into(), |share| format!("{:.0} %", share * 100.0)),
            found.bare.probes_per_second,
            found.ratio_to_bare * 100.0,
            found.cpu_seconds_per_1000,
            found.postgres_cpu_seconds_per_1000.map_or("–".into(), |cpu| format!("{cpu:.2}")),
            found.bare.cpu_seconds_per_1000,
            megabytes(&found.peak),
            megabytes(&found.idle),
            found.create_run_ms,
            found.duplicates,
        ));
    }
    if !figures.fan_outs.is_empty() {
        line("\n## Fan-out\n".into());
        line("| | probes | createRun ms | queued after s | CPU s | peak MB |".into());
        line("|---|---:|---:|---:|---:|---:|".into());
    }
    for found in &figures.fan_outs {
        line(format!(
            "| {} | {} | {:.0} | {:.2} | {:.2} | {:.0} |",
            found.layout,
            found.probe_count,
            found.create_run_ms,
            found.queued_after_seconds,
            found.cpu_seconds,
            megabytes(&found.peak),
        ));
    }
    if !figures.exports.is_empty() {
        line("\n## CSV export\n".into());
        line("| | rows | the run: probes/s | CPU s/1,000 | CSV MB | rows/s | COPY rows/s | first byte ms | + MB |".into());
        line(format!("|---|{}", "---:|".repeat(8)));
    }
    for found in &figures.exports {
        line(format!(
            "| {} | {} | {:.0} | {:.2} | {:.1} | {:.0} | {} | {:.0} | {:.1} |",
            found.layout,
            found.row_count,
            found.run_probes_per_second,
            found.run_cpu_seconds_per_1000,
            found.csv_bytes as f64 / MB,
            found.rows_per_second,
            found.copy_rows_per_second.map_or("–".into(), |rate| format!("{rate:.0}")),
            found.first_byte_ms,
            found.peak_growth_bytes as f64 / MB,
        ));
    }
    if !figures.progress.is_empty() {
        line("\n## Progress under load\n".into());
        line("| | probes | queued after s | progress ms: median | p99 | longest | page ms: median | p99 | longest | peak MB |".into());
        line(format!("|---|{}", "---:|".repeat(9)));
    }
    for found in &figures.progress {
        let (progress, page) = (found.progress, found.page);
        line(format!(
            "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |",
            found.layout,
            found.probe_count,
            found.queued_after_seconds,
            progress.median_ms,
            progress.p99_ms,
            progress.longest_ms,
            page.median_ms,
            page.p99_ms,
            page.longest_ms,
            megabytes(&found.peak),
        ));
    }
    line("\n## Marks\n".into());
    line("| | measured | bound | |".into());
    line("|---|---:|---:|---|".into());
    for mark in figures.marks() {
        let bound = if mark.is_least { "≥" } else { "≤" };
        let verdict = if mark.is_met { "met" } else { "**missed**" };
        line(format!("| {} | {:.2} | {bound} {} | {verdict} |", mark.what, mark.measured, mark.bound));
    }
    for problem in figures.problems() {
        line(format!("\n**Failed:** {problem}"));
    }
    text
}
