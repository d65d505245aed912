//! Waiting for a run: bars on a terminal, plain lines without one.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use domain::{
    config::Config,
    db::Db,
    gate,
    lifecycle::{RunState, ShownStatus},
    run::{
        self, Ledger, Progress,
        eta::{self, Basis, Eta},
    },
    waiting::{self, Reason, WaitingKind},
};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use uuid::Uuid;

use crate::words::span;

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long it will take, and what it waits for, is worth a look less often.
const FORECAST_EVERY: Duration = Duration::from_secs(2);
/// Without a terminal, a line for every tenth of the way.
const LINES: i64 = 10;

/// Shows progress until the run is over; returns how it ended.
pub(crate) async fn wait(db: &Db, config: &Config, run_id: Uuid) -> anyhow::Result<ShownStatus> {
    let mut view = View::new(std::io::stderr().is_terminal());
    let mut is_told = false;
    let mut looked_at: Option<Instant> = None;
    loop {
        let run = run::find(db, run_id).await?;
        let progress = run::progress_of(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
        if looked_at.is_none_or(|at| at.elapsed() >= FORECAST_EVERY) {
            looked_at = Some(Instant::now());
            view.forecast(&Outlook::of(db, config, run_id).await?);
        }
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

/// What a run waits for, and how long it will take.
#[derive(Default)]
struct Outlook {
    waits: Option<Reason>,
    left: String,
}

impl Outlook {
    async fn of(db: &Db, config: &Config, run_id: Uuid) -> anyhow::Result<Self> {
        let waits = waiting::of_runs(db, config.beat(), &[run_id]).await?.remove(&run_id);
        let eta = eta::etas_of(db, config, &[run_id]).await?.remove(&run_id);
        Ok(Self { left: eta.as_ref().map_or_else(String::new, left), waits })
    }

    /// Two words for the end of a line; a gate is said at length elsewhere.
    fn note(&self) -> String {
        let waits = self.waits.as_ref().filter(|reason| reason.kind != WaitingKind::Gate).map(|reason| {
            let left = reason.left().map_or(String::new(), |left| format!(", {}", span(left)));
            format!(" · {}{left}", reason.kind.as_str())
        });
        format!("{}{}", waits.unwrap_or_default(), self.left)
    }
}

/// How long is left, as a range; empty where nobody knows, and while it would be a mere guess.
fn left(eta: &Eta) -> String {
    if matches!(eta, Eta::Known { basis: Basis::Assumed, .. }) {
        return String::new();
    }
    let Some((low, high)) = eta.left() else { return String::new() };
    let (low, high) = (span(low), span(high));
    if low == high { format!(" · {low} left") } else { format!(" · {low} – {high} left") }
}

enum View {
    Bars { all: MultiProgress, bars: Vec<ProgressBar>, below: Option<ProgressBar>, note: String },
    Lines { tenths: i64, waits: Option<WaitingKind>, note: String },
}

impl View {
    fn new(is_terminal: bool) -> Self {
        if is_terminal {
            Self::Bars { all: MultiProgress::new(), bars: Vec::new(), below: None, note: String::new() }
        } else {
            Self::Lines { tenths: -1, waits: None, note: String::new() }
        }
    }

    /// Takes note of how it will go on; without a terminal what it waits for is a line of its own.
    fn forecast(&mut self, outlook: &Outlook) {
        match self {
            Self::Bars { note, .. } => *note = outlook.note(),
            Self::Lines { waits, note, .. } => {
                note.clone_from(&outlook.left);
                let kind = outlook.waits.as_ref().map(|reason| reason.kind);
                if let Some(reason) = &outlook.waits
                    && *waits != kind
                    && reason.kind != WaitingKind::Gate
                {
                    eprintln!("waits: {}", reason.message);
                }
                *waits = kind.or(*waits);
            }
        }
    }

    fn show(&mut self, progress: &Progress) {
        match self {
            Self::Bars { all, bars, below, note: outlook } => {
                if bars.is_empty() {
                    let rows: Vec<_> = progress.models.iter().map(|model| &model.row).collect();
                    let labels = run::model_labels(&rows);
                    let width = labels.iter().map(String::len).max().unwrap_or(0);
                    bars.extend(labels.iter().map(|label| all.add(bar(label, width))));
                    *below = Some(all.add(line()));
                }
                for (bar, model) in bars.iter().zip(&progress.models) {
                    bar.set_length(model.ledger.planned.unsigned_abs());
                    bar.set_position(model.ledger.ended().unsigned_abs());
                    bar.set_message(note(&model.ledger));
                }
                if let Some(below) = below {
                    let ledger = progress.ledger();
                    let per_cent = 100 * ledger.ended() / ledger.planned.max(1);
                    below.set_message(format!("{per_cent} %{outlook}"));
                }
            }
            Self::Lines { tenths, note: outlook, .. } => {
                let ledger = progress.ledger();
                let reached = ledger.ended() * LINES / ledger.planned.max(1);
                if reached > *tenths {
                    *tenths = reached;
                    let per_cent = 100 * ledger.ended() / ledger.planned.max(1);
                    let left = if ledger.ended() < ledger.planned { outlook.as_str() } else { "" };
                    eprintln!(
                        "{:>7} / {} · {per_cent} %{}{left}",
                        ledger.ended(),
                        ledger.planned,
                        note(&ledger)
                    );
                }
            }
        }
    }

    fn finish(&self) {
        if let Self::Bars { bars, below, .. } = self {
            bars.iter().for_each(ProgressBar::finish);
            below.iter().for_each(ProgressBar::finish_and_clear);
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

/// The line below the bars.
fn line() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
