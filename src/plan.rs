//! `probity run --plan`.

use std::{process::ExitCode, time::Duration};

use comfy_table::{CellAlignment, LineStyle, Table, presets};
use domain::run::{self, Assumption, Estimate, NewRun, Plan};

use crate::embedded::Opened;

/// Prints what a run would do, cost and take.
pub(crate) async fn print(opened: &Opened, new: &NewRun, assumed: &Assumption) -> anyhow::Result<ExitCode> {
    let plan = run::plan(&opened.db, &opened.config, &opened.actor, new, assumed).await?;
    print!("{}", text(&plan));
    // A command that runs it brings its own worker.
    for warning in plan.warnings.iter().filter(|warning| !warning.starts_with("No worker is online")) {
        eprintln!("{warning}");
    }
    Ok(ExitCode::SUCCESS)
}

fn text(plan: &Plan) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(["model", "probes", "low USD", "expected USD", "high USD", "time"]);
    for model in &plan.models {
        let mut cells = vec![
            model.version.clone().unwrap_or_else(|| model.model_id.clone()),
            model.probe_count.to_string(),
        ];
        cells.extend(costs(model.cost));
        cells.push(span(model.wall_clock));
        table.add_row(cells);
    }
    if plan.models.len() > 1 {
        let mut cells = vec!["all".to_owned(), plan.probe_count.to_string()];
        cells.extend(costs(plan.cost));
        cells.push(span(plan.wall_clock));
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!(
        "{} scenarios of version {}, seed {}{}\n{table}\n",
        plan.scenario_count,
        plan.version,
        plan.sample_seed,
        plan.design.as_ref().map_or(String::new(), |design| format!(
            "\nA fraction ({}), D-efficiency {:.3}, {} effects estimable",
            design.method, design.d_efficiency, design.parameter_count
        ))
    );
    if let Some(judge) = &plan.judge {
        let [low, expected, high] = costs(judge.cost);
        text.push_str(&format!(
            "Judge {}/{}, on top: {low} to {high} USD, probably {expected} ({} of at most {} calls)\n",
            judge.provider_id, judge.model_id, judge.calls_expected, judge.calls_max
        ));
    }
    if let Some(found) = &plan.detectable {
        text.push_str(&format!("{}\n", found.sentence()));
    }
    text.push_str(&format!("Plan {}\n", plan.hash));
    text
}

fn costs(cost: Option<Estimate>) -> [String; 3] {
    let shown =
        |micros: Option<i64>| micros.map_or("–".into(), |micros| format!("{:.4}", micros as f64 / 1e6));
    [
        shown(cost.map(|cost| cost.low)),
        shown(cost.map(|cost| cost.expected)),
        shown(cost.and_then(|cost| cost.high)),
    ]
}

fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{:.1} h", seconds as f64 / 3_600.0),
    }
}
