//! What the models decided, with its uncertainty.

use super::{
    NAME, SENTENCE, Table,
    number::{MISSING, count, counted, decimal, percent, share},
    plain,
};
use crate::report::document::{Document, ModelDecisions};

/// More values than these are lines of a table and not its columns.
const COLUMNS_MAX: usize = 8;
/// Free answers that are shown of a model.
const ANSWERS_SHOWN: usize = 10;

pub(super) fn section(report: &Document) -> String {
    let decisions = &report.decisions;
    if report.done.ledger.succeeded == 0 || decisions.models.is_empty() {
        return "## Decisions\n\nNone: no probe was answered.\n".into();
    }
    let is_share = decisions.measure == "share correct";
    let measure = if is_share { "Share correct" } else { "Mean score" };
    let heads =
        ["Model", measure, "95 % interval", "Std. error", "With a score", "Scenarios", "Decided of answers"];
    let mut table = Table::new(1, heads);
    for (model, done) in decisions.models.iter().zip(&report.done.models) {
        let interval = model.interval.map_or_else(
            || MISSING.into(),
            |[low, high]| format!("{} to {}", decimal(Some(low)), decimal(Some(high))),
        );
        let answered = done.ledger.succeeded;
        table.row([
            plain(&model.model, NAME),
            decimal(model.mean),
            interval,
            decimal(model.standard_error),
            count(i128::from(model.n)),
            count(i128::from(model.scenarios)),
            match answered {
                0 => "0 of 0".to_owned(),
                _ => format!(
                    "{} of {} ({})",
                    count(model.decided),
                    count(answered),
                    percent(model.decided, answered)
                ),
            },
        ]);
    }
    let mut text = format!("## Decisions\n\n{}\n{}\n", table.text(), decisions.method);
    let warnings: Vec<String> = decisions
        .models
        .iter()
        .flat_map(|model| {
            model.warnings.iter().map(|warning| {
                format!(
                    "- {}: {} (`{}`)\n",
                    plain(&model.model, NAME),
                    plain(&warning.message, SENTENCE),
                    warning.code
                )
            })
        })
        .collect();
    if !warnings.is_empty() {
        text.push_str(&format!("\n{}", warnings.concat()));
    }
    text.push_str(&format!("\n### Distribution\n\n{}", distribution(&decisions.models)));
    text
}

fn distribution(models: &[ModelDecisions]) -> String {
    if models.iter().any(|model| model.different_answers.is_some()) {
        return models.iter().map(free_answers).collect();
    }
    let values: Vec<(String, String)> = models.first().map_or(Vec::new(), |model| {
        let name = |choice: &crate::report::document::Choice| {
            let label = choice.label.as_ref().filter(|label| **label != choice.value);
            let label = label.map_or(String::new(), |label| plain(label, NAME));
            (plain(&choice.value, NAME), label)
        };
        model.distribution.iter().map(name).collect()
    });
    let cell = |model: &ModelDecisions, index: usize| {
        let made = model.distribution.get(index).map_or(0, |choice| choice.count);
        share(i64::try_from(made).unwrap_or(i64::MAX), model.decided)
    };
    let mut never: Vec<&str> = Vec::new();
    let table = if values.len() <= COLUMNS_MAX {
        let heads = ["Model".to_owned(), "Decided".to_owned()].into_iter();
        let mut table = Table::new(1, heads.chain(values.iter().map(|(value, _)| value.clone())));
        for model in models {
            let cells = (0..values.len()).map(|index| cell(model, index));
            table.row([plain(&model.model, NAME), count(model.decided)].into_iter().chain(cells));
        }
        table
    } else {
        let heads =
            models.iter().map(|model| format!("{} (of {})", plain(&model.model, NAME), count(model.decided)));
        let mut table = Table::new(1, std::iter::once("Decision".to_owned()).chain(heads));
        for (index, (value, _)) in values.iter().enumerate() {
            if models.iter().any(|model| model.distribution.get(index).is_some_and(|choice| choice.count > 0))
            {
                let cells = models.iter().map(|model| cell(model, index));
                table.row(std::iter::once(value.clone()).chain(cells));
            } else {
                never.push(value.as_str());
            }
        }
        table
    };
    let labels: Vec<String> = values
        .iter()
        .filter(|(_, label)| !label.is_empty())
        .map(|(value, label)| format!("{value} = {label}"))
        .collect();
    let legend = if labels.is_empty() { String::new() } else { format!("\n{}\n", labels.join(" · ")) };
    let never = if never.is_empty() { String::new() } else { format!(" Never made: {}.", never.join(", ")) };
    format!("{}{legend}\nShares are of the decisions.{never}\n", table.text())
}

fn free_answers(model: &ModelDecisions) -> String {
    let mut table = Table::new(1, ["Answer", "Count (of decided)"]);
    for choice in model.distribution.iter().take(ANSWERS_SHOWN) {
        let made = i64::try_from(choice.count).unwrap_or(i64::MAX);
        table.row([plain(&choice.value, NAME), share(made, model.decided)]);
    }
    let different = model.different_answers.unwrap_or(0);
    let more = i64::try_from(different.saturating_sub(ANSWERS_SHOWN as u64)).unwrap_or(i64::MAX);
    let head = format!("**{}**: {} decided", plain(&model.model, NAME), count(model.decided));
    if table.is_empty() {
        return format!("{head}.\n\n");
    }
    let more =
        if more > 0 { format!("\nAnd {}.\n", counted(more, "more different answer")) } else { String::new() };
    format!("{head}, {} different.\n\n{}{more}\n", count(i128::from(different)), table.text())
}
