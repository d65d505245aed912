//! Everything that was measured, and the marks it is held against.

use serde::Serialize;

use crate::{
    cell::{Cell, CellFigures},
    deployment::ProcessMemory,
    export::ExportFigures,
    fan_out::FanOutFigures,
    progress::ProgressFigures,
};

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figures {
    pub(crate) cells: Vec<CellFigures>,
    pub(crate) fan_outs: Vec<FanOutFigures>,
    pub(crate) exports: Vec<ExportFigures>,
    pub(crate) progress: Vec<ProgressFigures>,
}

/// A figure that should stay on one side of a bound.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mark {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) bound: f64,
    /// True: the bound is the least; false: the most.
    pub(crate) is_least: bool,
    pub(crate) is_met: bool,
}

/// A megabyte, of memory too.
pub(crate) const MB: f64 = 1e6;

pub(crate) fn megabytes(memory: &[ProcessMemory]) -> f64 {
    memory.iter().map(|process| process.bytes as f64).sum::<f64>() / MB
}

fn at_least(what: String, measured: f64, bound: f64) -> Mark {
    Mark { what, measured, bound, is_least: true, is_met: measured >= bound }
}

fn at_most(what: String, measured: f64, bound: f64) -> Mark {
    Mark { what, measured, bound, is_least: false, is_met: measured <= bound }
}

/// What a run must reach of the bare client's rate; None without latency, where it has no rest.
fn least_share(cell: Cell) -> Option<f64> {
    match cell {
        Cell { latency_ms: 0, .. } => None,
        Cell { in_flight: 1_000.., .. } => Some(0.85),
        // A short run's start and end weigh more.
        Cell { is_long: false, .. } => Some(0.9),
        Cell { is_long: true, .. } => Some(0.97),
    }
}

impl Figures {
    /// Why figures are void: lost probes, duplicates, failed runs.
    pub(crate) fn problems(&self) -> Vec<String> {
        let cells = self.cells.iter().map(|cell| (cell.cell.layout, &cell.problems));
        let exports = self.exports.iter().map(|export| (export.layout, &export.problems));
        cells
            .chain(exports)
            .flat_map(|(layout, problems)| problems.iter().map(move |problem| format!("{layout}: {problem}")))
            .collect()
    }

    /// All marks, met or missed.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for figures in &self.cells {
            let cell = figures.cell;
            let place = cell.to_string();
            if let Some(bound) = least_share(cell) {
                marks.push(at_least(
                    format!("{place}: share of the bare client"),
                    figures.ratio_to_bare,
                    bound,
                ));
            }
            let cpu = figures.cpu_seconds_per_1000;
            marks.push(at_most(format!("{place}: CPU seconds per 1,000 probes"), cpu, 1.0));
            if cell.in_flight < 1_000 {
                marks.push(at_most(format!("{place}: peak MB"), megabytes(&figures.peak), 100.0));
            }
            for worker in figures.peak.iter().filter(|process| process.name == "worker") {
                marks.push(at_most(format!("{place}: worker's peak MB"), worker.bytes as f64 / MB, 200.0));
            }
        }
        for process in self.cells.iter().filter(|cell| cell.cell.layout.is_split).flat_map(|cell| &cell.idle)
        {
            marks.push(at_most(format!("{} idle: MB", process.name), process.bytes as f64 / MB, 40.0));
        }
        for figures in &self.fan_outs {
            let place = format!("{}: {} probes", figures.layout, figures.probe_count);
            marks.push(at_most(format!("{place}, createRun: ms"), figures.create_run_ms, 100.0));
            marks.push(at_most(format!("{place} queued: seconds"), figures.queued_after_seconds, 3.0));
        }
        for figures in &self.exports {
            let place = format!("{}: CSV of {} rows", figures.layout, figures.row_count);
            if let Some(copy) = figures.copy_rows_per_second {
                marks.push(at_least(format!("{place}: share of COPY"), figures.rows_per_second / copy, 0.6));
            }
            marks.push(at_most(format!("{place}: first byte, ms"), figures.first_byte_ms, 100.0));
            let growth = figures.peak_growth_bytes as f64 / MB;
            marks.push(at_most(format!("{place}: memory above before, MB"), growth, 64.0));
        }
        for figures in &self.progress {
            let place = format!("{}: {} probes", figures.layout, figures.probe_count);
            marks.push(at_most(format!("{place}, progress: p99 ms"), figures.progress.p99_ms, 10.0));
            marks.push(at_most(format!("{place}, the page's poll: p99 ms"), figures.page.p99_ms, 10.0));
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::{at_least, at_most};

    #[test]
    fn a_figure_on_its_bound_meets_the_mark() {
        assert!(at_least(String::new(), 0.9, 0.9).is_met && at_most(String::new(), 1.0, 1.0).is_met);
        assert!(!at_least(String::new(), 0.89, 0.9).is_met && !at_most(String::new(), 1.01, 1.0).is_met);
    }
}
