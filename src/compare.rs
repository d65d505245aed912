//! `probity compare`: models beside each other, as a table.

use std::process::ExitCode;

use anyhow::bail;
use comfy_table::{Cell, CellAlignment, LineStyle, Table, presets};
use domain::{
    analysis::compare::{Adjustment, Compared, ComparedPair, Measure, Request, compare},
    db::Db,
    page::PageRequest,
    run,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    embedded::open_to_read,
    findings::find_run,
    flags::{CompareFlags, Store},
};

/// `probity compare`.
pub(crate) async fn show(store: Store, flags: CompareFlags) -> anyhow::Result<ExitCode> {
    let opened = open_to_read(store.config()?).await?;
    let db = &opened.db;
    let baseline = find_run(db, &flags.baseline).await?;
    let candidate = match &flags.candidate {
        Some(run) => find_run(db, run).await?,
        None => baseline,
    };
    let mut request = Request::of(baseline, candidate);
    request.baseline.run_model_id = model_of(db, baseline, flags.baseline_model.as_deref()).await?;
    request.candidate.run_model_id = model_of(db, candidate, flags.candidate_model.as_deref()).await?;
    request.measure = flags.by.as_deref().map(str::parse::<Measure>).transpose()?;
    request.adjustment = if flags.bh { Adjustment::BenjaminiHochberg } else { Adjustment::Holm };
    request.confidence = flags.confidence;
    request.rounds = flags.rounds;
    request.seed = flags.seed;
    let compared = compare(db, &request).await?;
    match flags.json {
        true => println!("{}", serde_json::to_string_pretty(&document(&compared))?),
        false => print!("{}", text(&compared, flags.scenarios)?),
    }
    Ok(ExitCode::SUCCESS)
}

/// A model of a run by what it is called.
async fn model_of(db: &Db, run_id: Uuid, name: Option<&str>) -> anyhow::Result<Option<Uuid>> {
    let Some(name) = name else { return Ok(None) };
    let progress = run::progress_of(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
    let models: Vec<_> = progress.models.into_iter().map(|model| model.row).collect();
    let labels = run::model_labels(&models.iter().collect::<Vec<_>>());
    let is_called = |(model, label): &(&entity::run_model::Model, &String)| {
        [model.model_id.as_str(), model.wire_model.as_str(), label].contains(&name)
    };
    let found: Vec<Uuid> = models.iter().zip(&labels).filter(is_called).map(|(model, _)| model.id).collect();
    match found.as_slice() {
        [id] => Ok(Some(*id)),
        [] => bail!("The run has no model {name}; it has {}.", labels.join(", ")),
        _ => bail!("Several models of the run are called {name}; name one of {}.", labels.join(", ")),
    }
}

fn text(compared: &Compared, scenarios: u64) -> anyhow::Result<String> {
    let is_one_run = compared.baseline_run.id == compared.candidate_run.id;
    let mut lines =
        vec![format!("{}, candidate − baseline on shared scenarios", capital(&compared.measure.label()))];
    if !is_one_run {
        lines.push(format!("baseline: run {}", compared.baseline_run.id));
        lines.push(format!("candidate: run {}", compared.candidate_run.id));
    }
    lines.push(table(compared).to_string());
    for pair in compared.pairs.iter().filter(|_| scenarios > 0) {
        let request = PageRequest { first: scenarios, after: None };
        let page = compared.scenarios(pair, None, &request)?;
        lines.push(format!("{}: the largest differences", pair_label(pair)));
        for (_, row) in page.rows {
            let shown = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.2}"));
            lines.push(format!("  {} → {}  {}", shown(row.baseline), shown(row.candidate), row.key));
        }
    }
    for (models, whose) in [(&compared.only_baseline, "baseline"), (&compared.only_candidate, "candidate")] {
        if !models.is_empty() {
            let names: Vec<_> = models.iter().map(|model| model.model_id.as_str()).collect();
            lines.push(format!("Only in the {whose}: {}", names.join(", ")));
        }
    }
    lines.extend(compared.cautions.iter().map(|caution| format!("{} ({})", caution.message, caution.code)));
    for pair in &compared.pairs {
        let found = &pair.findings;
        let mut told = Vec::new();
        for warning in found.paired.difference.warnings.iter().chain(&found.deciding().warnings) {
            if !told.contains(&warning.code) {
                told.push(warning.code);
                lines.push(format!("{}: {} ({})", pair_label(pair), warning.message, warning.code.as_str()));
            }
        }
    }
    lines.extend(methods(compared));
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn table(compared: &Compared) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    let interval = format!("{} % interval", trimmed(100.0 * compared.confidence));
    table.set_header([
        "baseline → candidate",
        "scenarios",
        "difference",
        &interval,
        "+ / − / =",
        "p",
        "says",
    ]);
    for pair in &compared.pairs {
        let found = &pair.findings;
        let difference = &found.paired.difference;
        let known = |value: Option<String>| Cell::new(value.unwrap_or_else(|| "–".into()));
        table.add_row([
            Cell::new(pair_label(pair)),
            Cell::new(difference.clusters),
            known(difference.mean.map(signed)),
            known(difference.interval.map(|(low, high)| format!("{} – {}", signed(low), signed(high)))),
            Cell::new(format!(
                "{} / {} / {}",
                found.paired.improved, found.paired.regressed, found.paired.equal
            )),
            known(found.deciding().p_adjusted.map(p)),
            Cell::new(found.words()),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn methods(compared: &Compared) -> Vec<String> {
    let Some(pair) = compared.pairs.first() else { return Vec::new() };
    let method = &pair.findings.deciding().method;
    let drawn = match (method.rounds, method.seed) {
        (Some(rounds), Some(seed)) => format!(", {rounds} rounds, seed {seed}"),
        _ => String::new(),
    };
    let family = match compared.pairs.len() {
        1 => "one comparison, so p is not adjusted".to_owned(),
        count => format!("p adjusted for {count} comparisons ({})", compared.adjustment.label()),
    };
    let mut lines = vec![format!(
        "Samples of a scenario averaged first; paired t interval; p of the {}{drawn}; {family}. Could have seen: with \
         power 0.8.",
        method.name
    )];
    for pair in &compared.pairs {
        if let Some(test) = &pair.findings.mcnemar {
            lines.push(format!(
                "{}: {} scenarios pass with the baseline alone, {} with the candidate alone; exact McNemar p {}",
                pair_label(pair),
                test.only_baseline,
                test.only_candidate,
                pair.findings.mcnemar_p_adjusted.map_or("–".into(), p)
            ));
        }
    }
    lines
}

fn pair_label(pair: &ComparedPair) -> String {
    match pair.baseline_label == pair.candidate_label {
        true => pair.baseline_label.clone(),
        false => format!("{} → {}", pair.baseline_label, pair.candidate_label),
    }
}

fn document(compared: &Compared) -> Value {
    let model = |model: &entity::run_model::Model, label: &str| {
        json!({
            "run_model_id": model.id, "provider_id": model.provider_id, "model_id": model.model_id,
            "model_version": model.model_version, "label": label,
        })
    };
    let pair = |pair: &ComparedPair| {
        json!({
            "baseline": model(&pair.baseline, &pair.baseline_label),
            "candidate": model(&pair.candidate, &pair.candidate_label),
            "words": pair.findings.words(),
            "findings": pair.findings,
        })
    };
    let names = |models: &[entity::run_model::Model]| {
        models.iter().map(|of| model(of, &of.model_id)).collect::<Vec<_>>()
    };
    json!({
        "baseline_run_id": compared.baseline_run.id,
        "candidate_run_id": compared.candidate_run.id,
        "measure": compared.measure.to_string(),
        "adjustment": compared.adjustment.label(),
        "confidence": compared.confidence,
        "pairs": compared.pairs.iter().map(pair).collect::<Vec<_>>(),
        "only_baseline": names(&compared.only_baseline),
        "only_candidate": names(&compared.only_candidate),
        "warnings": compared.cautions.iter()
            .map(|caution| json!({"code": caution.code, "message": caution.message})).collect::<Vec<_>>(),
    })
}

fn signed(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    match value < 0.0 && text != "0.00" {
        true => format!("−{text}"),
        false => text,
    }
}

fn p(value: f64) -> String {
    if value < 0.001 { "< 0.001".into() } else { format!("{value:.3}") }
}

fn trimmed(value: f64) -> String {
    format!("{value:.1}").trim_end_matches(".0").to_owned()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
