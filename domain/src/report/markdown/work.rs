//! What was done: the ledger, the tries, and what failed.

use super::{
    NAME, SENTENCE, Table, code,
    number::{count, counted, percent, share, time},
    plain,
};
use crate::report::document::{Document, FailurePart, LedgerPart, ModelDone};

type Column = (&'static str, fn(&LedgerPart) -> i64);

const PLACES: [Column; 5] = [
    ("Succeeded", |ledger| ledger.succeeded),
    ("Failed", |ledger| ledger.failed),
    ("Cancelled", |ledger| ledger.cancelled),
    ("Running", |ledger| ledger.running),
    ("Queued", |ledger| ledger.queued),
];
const OUTCOMES: [Column; 7] = [
    ("Decided", |ledger| ledger.decided),
    ("Unreadable", |ledger| ledger.unreadable),
    ("Refused", |ledger| ledger.refused),
    ("Content filter", |ledger| ledger.content_filter),
    ("Truncated", |ledger| ledger.truncated),
    ("Empty", |ledger| ledger.empty),
    ("Reading", |ledger| ledger.reading),
];

pub(super) fn section(report: &Document) -> String {
    let done = &report.done;
    let lines: Vec<(String, &LedgerPart)> =
        done.models.iter().map(|model| (plain(&model.model, NAME), &model.ledger)).collect();
    let adds_up = if done.adds_up {
        "Every line adds up: planned is the sum of the places, succeeded the sum of the outcomes."
    } else {
        "**The ledger does not add up.** This is a fault of Probity: `probity doctor` says more."
    };
    let places = ledger(("Planned", |ledger| ledger.planned), &PLACES, 3, &lines, &done.ledger);
    let outcomes = ledger(("Succeeded", |ledger| ledger.succeeded), &OUTCOMES, 6, &lines, &done.ledger);
    format!("## What was done\n\n{places}\n{outcomes}\n{adds_up}\n\n{}", attempts(&done.models))
}

/// A ledger: the sum, then its parts with their shares of it. Columns from `usual` on are shown
/// only where there is something in them.
fn ledger(
    whole: Column,
    parts: &[Column],
    usual: usize,
    lines: &[(String, &LedgerPart)],
    total: &LedgerPart,
) -> String {
    let shown: Vec<&Column> = parts
        .iter()
        .enumerate()
        .filter(|(index, (_, of))| *index < usual || of(total) != 0)
        .map(|(_, column)| column)
        .collect();
    let mut table = Table::new(1, ["Model", whole.0].into_iter().chain(shown.iter().map(|(name, _)| *name)));
    let mut row = |name: &str, ledger: &LedgerPart| {
        let all = (whole.1)(ledger);
        let cells = shown.iter().map(|(_, of)| share(of(ledger), all));
        table.row([name.to_owned(), count(all)].into_iter().chain(cells));
    };
    for (name, ledger) in lines {
        row(name, ledger);
    }
    if lines.len() > 1 {
        row("**All**", total);
    }
    table.text()
}

fn attempts(models: &[ModelDone]) -> String {
    const RESULTS: [(&str, &str); 7] = [
        ("succeeded", "answered"),
        ("retried", "tried again"),
        ("waited", "told to wait"),
        ("failed", "failed"),
        ("lost", "lost"),
        ("late", "late"),
        ("released", "given back"),
    ];
    let of = |model: &ModelDone, result: &str| -> i64 {
        model
            .attempts
            .iter()
            .filter(|attempts| attempts.result == result)
            .map(|attempts| attempts.count)
            .sum()
    };
    let shown: Vec<_> = RESULTS
        .iter()
        .enumerate()
        .filter(|(index, (result, _))| *index < 4 || models.iter().any(|model| of(model, result) > 0))
        .map(|(_, result)| result)
        .collect();
    let heads = ["Model", "Turns answered", "Tries"].into_iter();
    let mut table = Table::new(1, heads.chain(shown.iter().map(|(_, name)| *name)));
    for model in models {
        let tries: i64 = model.attempts.iter().map(|attempts| attempts.count).sum();
        let first = [plain(&model.model, NAME), count(model.turns), count(tries)];
        let cells = shown.iter().map(|(result, _)| count(of(model, result)));
        table.row(first.into_iter().chain(cells));
    }
    let mut text = format!("### Tries\n\n{}", table.text());
    let errors: Vec<String> = models.iter().filter_map(errors).collect();
    if !errors.is_empty() {
        text.push_str(&format!(
            "\nErrors on the way, also of probes that succeeded in the end:\n\n{}",
            errors.concat()
        ));
    }
    let held: Vec<String> = models.iter().filter_map(held).collect();
    if !held.is_empty() {
        text.push_str(&format!("\nModels that were held for errors of their account:\n\n{}", held.concat()));
    }
    text
}

fn errors(model: &ModelDone) -> Option<String> {
    let mut counts: Vec<(&str, i64)> = Vec::new();
    for attempts in &model.attempts {
        let Some(category) = attempts.category.as_deref() else { continue };
        match counts.iter_mut().find(|(known, _)| *known == category) {
            Some((_, count)) => *count += attempts.count,
            None => counts.push((category, attempts.count)),
        }
    }
    counts.sort_by_key(|(category, count)| (-count, *category));
    let words: Vec<String> = counts
        .iter()
        .map(|(category, number)| format!("{} × {}", count(*number), plain(category, NAME)))
        .collect();
    (!words.is_empty()).then(|| format!("- {}: {}\n", plain(&model.model, NAME), words.join(", ")))
}

fn held(model: &ModelDone) -> Option<String> {
    let held = model.held.as_ref()?;
    let why = held.category.as_deref().unwrap_or("its account");
    let end = match held.given_up_at {
        Some(at) => format!("given up at {}", time(Some(at))),
        None => "held until the end".into(),
    };
    let name = plain(&model.model, NAME);
    Some(format!("- {name}, at {}, for {}: {end}.\n", time(Some(held.at)), plain(why, NAME)))
}

/// Why probes failed.
pub(super) fn failures(report: &Document) -> String {
    let ledger = &report.done.ledger;
    if ledger.failed == 0 {
        return format!("## Failures\n\nNone of {} failed.\n", counted(ledger.planned, "planned probe"));
    }
    let parts: Vec<String> = report.failures.iter().map(|part| failure(part, ledger.failed)).collect();
    format!(
        "## Failures\n\n{} failed ({} of {} planned), for these reasons.\n\n{}",
        counted(ledger.failed, "probe"),
        percent(ledger.failed, ledger.planned),
        count(ledger.planned),
        parts.join("\n")
    )
}

/// A sentence of our own with names of others in it: commands and settings stand in backticks.
fn advice(text: &str) -> String {
    plain(text, 2_000).replace("\\`", "`")
}

fn failure(part: &FailurePart, failed: i64) -> String {
    let models: Vec<String> = part
        .models
        .iter()
        .map(|model| format!("{} × {}", count(model.count), plain(&model.model, NAME)))
        .collect();
    let mut text = format!(
        "### {} ({})\n\n{} of {} ({}): {}.\n\n",
        part.title,
        part.category,
        count(part.count),
        counted(failed, "failed probe"),
        percent(part.count, failed),
        models.join(", ")
    );
    for said in &part.evidence {
        text.push_str(&format!("- {} said: {}\n", count(said.count), code(&said.text, SENTENCE)));
    }
    text.push_str(&format!("- **What to do.** {}\n", advice(&part.what_to_do)));
    let again = if part.is_retryable { "can help" } else { "gives the same again" };
    text.push_str(&format!("- Trying the same probes again {again}.\n"));
    let examples: Vec<String> = part.example_probe_ids.iter().map(|id| format!("`{id}`")).collect();
    if !examples.is_empty() {
        text.push_str(&format!("- Examples: {}\n", examples.join(", ")));
    }
    text
}
