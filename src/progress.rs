//! Waiting for a run: bars on a terminal, plain lines without one.

use std::{io::IsTerminal, time::Duration};

use domain::{
    db::Db,
    gate,
    lifecycle::{RunState, ShownStatus},
    run::{self, Ledger, Progress},
};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use uuid::Uuid;

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Without a terminal, a line for every tenth of the way.
const LINES: i64 = 10;

/// Shows progress until the run is over; returns how it ended.
pub(crate) async fn wait(db: &Db, run_id: Uuid) -> anyhow::Result<ShownStatus> {
    let mut view = View::new(std::io::stderr().is_terminal());
    let mut is_told = false;
    loop {
        let run = run::find(db, run_id).await?;
        let progress = run::progress_of(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
        view.show(&progress);
        let is_waiting = RunState::of(&run).shown() == ShownStatus::AwaitingApproval;
        if is_waiting && !std::mem::replace(&mut is_told, true) {
            let gates = gate::of_runs(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
            let reason = gates.last().map_or("", |gate| gate.reason.as_str());
            eprintln!(
                "{reason} `probity approve {run_id}` lets it go on, `probity reject {run_id}` ends it."
            );
        }
        is_told &= is_waiting;
        if run.status.is_terminal() {
            view.finish();
            return Ok(RunState::of(&run).shown());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

enum View {
    Bars { all: MultiProgress, bars: Vec<ProgressBar> },
    Lines { tenths: i64 },
}

impl View {
    fn new(is_terminal: bool) -> Self {
        if is_terminal {
            Self::Bars { all: MultiProgress::new(), bars: Vec::new() }
        } else {
            Self::Lines { tenths: -1 }
        }
    }

    fn show(&mut self, progress: &Progress) {
        match self {
            Self::Bars { all, bars } => {
                if bars.is_empty() {
                    let rows: Vec<_> = progress.models.iter().map(|model| &model.row).collect();
                    let labels = run::model_labels(&rows);
                    let width = labels.iter().map(String::len).max().unwrap_or(0);
                    bars.extend(labels.iter().map(|label| all.add(bar(label, width))));
                }
                for (bar, model) in bars.iter().zip(&progress.models) {
                    bar.set_length(model.ledger.planned.unsigned_abs());
                    bar.set_position(model.ledger.ended().unsigned_abs());
                    bar.set_message(note(&model.ledger));
                }
            }
            Self::Lines { tenths } => {
                let ledger = progress.ledger();
                let reached = ledger.ended() * LINES / ledger.planned.max(1);
                if reached > *tenths {
                    *tenths = reached;
                    let per_cent = 100 * ledger.ended() / ledger.planned.max(1);
                    eprintln!("{:>7} / {} · {per_cent} %{}", ledger.ended(), ledger.planned, note(&ledger));
                }
            }
        }
    }

    fn finish(&self) {
        if let Self::Bars { bars, .. } = self {
            bars.iter().for_each(ProgressBar::finish);
        }
    }
}

fn note(ledger: &Ledger) -> String {
    if ledger.failed == 0 { String::new() } else { format!(" · {} failed", ledger.failed) }
}

fn bar(name: &str, width: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:40} {pos:>6} / {len}{msg}")
        .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("━╸─"));
    ProgressBar::new(0).with_style(style).with_prefix(format!("{name:<width$}"))
}
