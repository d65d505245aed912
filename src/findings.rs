//! Findings as a table.

use std::process::ExitCode;

use anyhow::bail;
use comfy_table::{Cell, CellAlignment, LineStyle, Table, presets};
use domain::{
    db::Db,
    findings::{self, ModelFindings, ScorerFindings},
    health::what_to_do_about_probes,
    lifecycle::RunState,
    page::PageRequest,
    probe, registry,
    run::{self, Ledger, RunFilter},
};
use uuid::Uuid;

use crate::{analysis, answers, embedded::open_to_read, flags::Store};

/// `probity findings`.
pub(crate) async fn show(store: Store, run: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let opened = open_to_read(store.config()?).await?;
    let run_id = find_run(&opened.db, run).await?;
    if as_json {
        let (found, drawn) = analysis::of_run(&opened.db, run_id).await?;
        let text = serde_json::to_string_pretty(&analysis::as_json(run_id, &found, &drawn))?;
        println!("{text}");
    } else {
        print!("{}", text(&opened.db, run_id).await?);
    }
    Ok(ExitCode::SUCCESS)
}

/// A run by its id, or by the end of it.
pub(crate) async fn find_run(db: &Db, text: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(run::find(db, id).await?.id);
    }
    if text.len() < 4 {
        bail!("Give the run's id, or at least the last four digits of it.");
    }
    let filter = RunFilter { text: Some(text.to_owned()), ..RunFilter::default() };
    let page = run::list(db, &filter, &PageRequest { first: 10, after: None }).await?;
    let ends_so = |run: &Uuid| run.simple().to_string().ends_with(text);
    let found: Vec<Uuid> = page.rows.iter().map(|(_, run)| run.id).filter(ends_so).collect();
    match found.as_slice() {
        [id] => Ok(*id),
        [] => bail!("There is no run whose id is {text}, or ends in it with at least four digits."),
        _ => bail!("{} runs end in {text}; give more of the id.", found.len()),
    }
}

/// The findings of a run as text, read from the database. Says so where the run is not over.
pub(crate) async fn text(db: &Db, run_id: Uuid) -> anyhow::Result<String> {
    let run = run::find(db, run_id).await?;
    let models = findings::of_run(db, run_id).await?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    let rows: Vec<_> = models.iter().map(|model| &model.row).collect();
    let labels = run::model_labels(&rows);
    let is_free = models.first().is_some_and(|model| model.distinct_count.is_some());
    let values: Vec<String> = models
        .first()
        .map(|model| model.distribution.iter().map(|count| count.value.clone()).collect())
        .unwrap_or_default();
    let is_narrow = values.len() <= 7;
    let ledger: Ledger = models.iter().map(|model| model.ledger).sum();
    let shown = Columns {
        is_narrow,
        is_free,
        has_cancelled: ledger.cancelled > 0,
        has_open: ledger.queued + ledger.running > 0,
    };
    let mut header = vec!["model", "probes", "decided", "not decided", "failed"];
    header.extend(shown.has_cancelled.then_some("cancelled"));
    header.extend(shown.has_open.then_some("open"));
    header.extend([if is_free { "correct" } else { "mean" }, "95 % interval", "cost"]);
    header.extend(match (is_free, is_narrow) {
        (true, _) => vec!["different answers"],
        (false, true) => values.iter().map(String::as_str).collect(),
        (false, false) => vec!["most frequent"],
    });
    table.set_header(header);
    for (model, label) in models.iter().zip(&labels) {
        table.add_row(row(model, label, &shown));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut lines = vec![table.to_string()];
    if is_free {
        lines.extend(answers::most_frequent(&models, &labels));
    }
    if !run.status.is_terminal() {
        let status = RunState::of(&run).shown().as_str();
        lines.push(format!(
            "The run is {status}: {} not ended, and these figures will change.",
            match ledger.planned - ledger.ended() {
                1 => "1 probe has".to_owned(),
                open => format!("{open} probes have"),
            }
        ));
    }
    let what = if is_free {
        "Share of the answers that equal their target"
    } else {
        "Mean of the decisions' scores"
    };
    lines.push(format!("{what}; interval on the scale, with the standard error clustered by scenario."));
    let meanings: Vec<String> = models
        .first()
        .into_iter()
        .flat_map(|model| &model.distribution)
        .filter_map(|count| count.label.as_ref().map(|label| format!("{} = {label}", count.value)))
        .collect();
    if !meanings.is_empty() && is_narrow {
        lines.push(meanings.join(" · "));
    }
    for (model, label) in models.iter().zip(&labels) {
        for found in &model.scores {
            if found.is_points {
                lines.push(points(label, found));
                continue;
            }
            let wilson = found.wilson.map(|interval| (interval.low, interval.high));
            let interval = wilson.or(found.rate.interval).map_or(String::new(), |(low, high)| {
                format!(", 95 % interval {:.1} % to {:.1} %", 100.0 * low, 100.0 * high)
            });
            let rate =
                found.rate.mean.map_or(String::new(), |mean| format!(" ({:.1} %{interval})", 100.0 * mean));
            lines
                .push(format!("{label}: {} of {} passed {}{rate}", found.passed, found.scored, found.scorer));
        }
    }
    lines.extend(failures(db, run_id, &models).await?);
    for omitted in probe::omitted_of(db, run_id).await? {
        let model = models.iter().find(|model| model.row.id == omitted.run_model_id);
        let model = model.map_or("a model of the run", |model| &model.row.model_id);
        let unit = if omitted.turn_count == 1 { "turn" } else { "turns" };
        lines.push(format!("not sent: {} ({} {unit} of {model})", omitted.parameter, omitted.turn_count));
    }
    let (found, drawn) = analysis::of_run(db, run_id).await?;
    lines.extend(analysis::sections(&found, &drawn));
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// What a rubric gave a model's answers.
fn points(label: &str, found: &ScorerFindings) -> String {
    let mean = found.rate.mean.map_or("no mean".to_owned(), |mean| format!("mean {mean:.2}"));
    let interval = found.rate.interval;
    let interval =
        interval.map_or(String::new(), |(low, high)| format!(", 95 % interval {low:.2} to {high:.2}"));
    format!("{label}: {} answers marked by {}, {mean}{interval}", found.scored, found.scorer)
}

/// Why probes failed, by model and category, each with an example and what to do.
async fn failures(db: &Db, run_id: Uuid, models: &[ModelFindings]) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for failure in probe::failures_of(db, run_id).await? {
        let Some(model) = models.iter().find(|model| model.row.id == failure.run_model_id) else { continue };
        let (provider_id, model_id) = (&model.row.provider_id, &model.row.model_id);
        let version = model.row.model_version.as_ref().map_or(String::new(), |version| format!("@{version}"));
        lines.push(format!(
            "{provider_id}/{model_id}{version}: {} failed: {}, e.g. {}",
            failure.count, failure.category, failure.example
        ));
        if let Some(provider) = registry::find_provider(db, provider_id).await? {
            lines.push(format!("  {}", what_to_do_about_probes(&provider, &failure.category)));
        }
    }
    Ok(lines)
}

/// Which columns a table needs.
struct Columns {
    is_narrow: bool,
    is_free: bool,
    has_cancelled: bool,
    has_open: bool,
}

impl Columns {
    /// A mean, or a share in per cent.
    fn figure(&self, mean: f64) -> String {
        if self.is_free { format!("{:.0} %", 100.0 * mean) } else { format!("{mean:.2}") }
    }
}

fn row(model: &ModelFindings, label: &str, shown: &Columns) -> Vec<Cell> {
    let ledger = model.ledger;
    let known = |value: Option<String>| Cell::new(value.unwrap_or_else(|| "–".into()));
    let mut row = vec![
        Cell::new(label),
        Cell::new(ledger.planned),
        Cell::new(ledger.decided),
        Cell::new(ledger.succeeded - ledger.decided),
        Cell::new(ledger.failed),
    ];
    row.extend(shown.has_cancelled.then(|| Cell::new(ledger.cancelled)));
    row.extend(shown.has_open.then(|| Cell::new(ledger.queued + ledger.running)));
    row.extend([
        known(model.score.mean.map(|mean| shown.figure(mean))),
        known(
            model
                .interval
                .map(|interval| format!("{} – {}", shown.figure(interval.low), shown.figure(interval.high))),
        ),
        known(model.row.cost_usd_micros.map(dollars)),
    ]);
    if let Some(count) = model.distinct_count {
        row.push(Cell::new(count));
    } else if shown.is_narrow {
        row.extend(model.distribution.iter().map(|count| Cell::new(count.count)));
    } else {
        let mut counts = model.distribution.clone();
        counts.sort_by_key(|count| std::cmp::Reverse(count.count));
        let top: Vec<String> = counts
            .iter()
            .filter(|count| count.count > 0)
            .take(3)
            .map(|count| format!("{} {}", count.value, count.count))
            .collect();
        row.push(Cell::new(top.join(", ")));
    }
    row
}

/// Four decimals, as much as fits a table; files have all six.
#[expect(clippy::cast_precision_loss, reason = "shown with four decimals")]
fn dollars(micros: i64) -> String {
    format!("${:.4}", micros as f64 / 1e6)
}
