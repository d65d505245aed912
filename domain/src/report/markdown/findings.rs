//! Figures, effects, agreement and methods.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    NAME, SENTENCE, Table,
    number::{MISSING, count, decimal},
    plain,
};
use crate::{
    analysis::{Effects, MODEL_FACTOR, ORDER_FACTOR, RunAnalysis},
    report::document::{Document, FindingsPart},
    stats::RateEstimate,
};

/// Contested scenarios that are shown.
const CONTESTED_SHOWN: usize = 10;

/// What stands behind the decisions: empty where nothing was computed.
pub(super) fn section(report: &Document) -> String {
    let Some(part) = &report.findings else { return String::new() };
    let found = &part.analysis;
    if found.models.iter().all(|model| model.counts.decided == 0) {
        return String::new();
    }
    let mut text = String::from("## Findings\n\n");
    for figure in &part.figures {
        // Writing to a String cannot fail. The picture itself stands at the end.
        let _ = write!(text, "![{}][figure-{}]\n\n", plain(&figure.title, SENTENCE), figure.id);
    }
    text.push_str(&passing(found));
    text.push_str(&retest(found));
    text.push_str(&agreement(part));
    text.push_str(&contested(found));
    if let Some(effects) = found.effects.first() {
        text.push_str(&effects_of(effects));
    }
    text.push_str(&notes(found));
    let _ = write!(text, "### Methods\n\n{}\n", plain(&part.methods, usize::MAX));
    text
}

/// The pictures, which no reader wants between two paragraphs of text.
pub(super) fn pictures(report: &Document) -> String {
    let figures = report.findings.iter().flat_map(|part| &part.figures);
    let line = |figure: &crate::report::document::Figure| {
        format!("[figure-{}]: data:image/svg+xml;base64,{}\n", figure.id, STANDARD.encode(&figure.svg))
    };
    figures.map(line).collect()
}

fn label(found: &RunAnalysis, id: uuid::Uuid) -> String {
    let model = found.models.iter().find(|model| model.run_model_id == id);
    model.map_or_else(|| MISSING.into(), |model| plain(&model.label, NAME))
}

fn within(low: Option<f64>, high: Option<f64>) -> String {
    if low.is_none() { MISSING.into() } else { format!("{} to {}", decimal(low), decimal(high)) }
}

fn rate_cells(rate: &RateEstimate) -> [String; 3] {
    let (low, high) = (rate.interval.map(|i| i.low), rate.interval.map(|i| i.high));
    [format!("{} of {}", rate.passes, rate.trials), decimal(rate.rate), within(low, high)]
}

fn passing(found: &RunAnalysis) -> String {
    let mut table = Table::new(2, ["Model", "What", "Passed", "Share", "95 % interval"]);
    for model in &found.models {
        let correct = model.correct.iter().map(|passing| ("right decision", passing));
        let scorers = model.scorers.iter().map(|scorer| (scorer.scorer.as_str(), &scorer.passing));
        for (name, passing) in correct.chain(scorers) {
            let [passed, rate, interval] = rate_cells(&passing.rate);
            table.row([plain(&model.label, NAME), plain(name, NAME), passed, rate, interval]);
            for (word, passed) in
                passing.any_of.iter().map(|p| ("pass@", p)).chain(passing.all_of.iter().map(|p| ("pass^", p)))
            {
                let interval = passed.interval;
                table.row([
                    plain(&model.label, NAME),
                    format!("{}, {word}{}", plain(name, NAME), passed.k),
                    MISSING.into(),
                    decimal(passed.estimate.mean),
                    within(interval.map(|i| i.low), interval.map(|i| i.high)),
                ]);
            }
        }
    }
    if table.is_empty() { String::new() } else { format!("### Passing\n\n{}\n", table.text()) }
}

fn retest(found: &RunAnalysis) -> String {
    let mut table =
        Table::new(1, ["Model", "Same decision again", "95 % interval", "Scenarios", "Unanimous"]);
    for model in &found.models {
        let Some(retest) = &model.retest else { continue };
        let interval = retest.interval;
        table.row([
            plain(&model.label, NAME),
            decimal(retest.agreement.mean),
            within(interval.map(|i| i.low), interval.map(|i| i.high)),
            count(i128::from(retest.agreement.clusters)),
            count(i128::from(retest.unanimous)),
        ]);
    }
    if table.is_empty() { String::new() } else { format!("### Asked again\n\n{}\n", table.text()) }
}

fn agreement(part: &FindingsPart) -> String {
    let found = &part.analysis;
    let Some(agreement) = &found.agreement else { return String::new() };
    let alpha = part.resampled.alpha.as_ref().unwrap_or(&agreement.alpha);
    let interval = alpha.interval.map_or(String::new(), |interval| {
        format!(" (95 % interval {})", within(Some(interval.low), Some(interval.high)))
    });
    let mut text = format!(
        "### Agreement\n\nKrippendorff's alpha of all models: {}{interval}, over {} scenarios that two or more decided.\n\n",
        decimal(alpha.alpha),
        count(i128::from(alpha.units)),
    );
    let mut table =
        Table::new(2, ["Model", "Other", "Scenarios", "Same decision", "Kappa", "95 % interval", "Spearman"]);
    for pair in &agreement.pairs {
        let interval = pair.kappa.interval;
        table.row([
            label(found, pair.first_id),
            label(found, pair.second_id),
            count(i128::from(pair.scenarios)),
            count(i128::from(pair.same)),
            decimal(pair.kappa.kappa),
            within(interval.map(|i| i.low), interval.map(|i| i.high)),
            decimal(pair.spearman.as_ref().and_then(|spearman| spearman.rho)),
        ]);
    }
    text.push_str(&table.text());
    for apart in agreement.distances.iter().filter(|apart| apart.is_outlier) {
        let _ = write!(
            text,
            "\n{} stands apart from the others: distance {}, modified z score {}.\n",
            label(found, apart.run_model_id),
            decimal(Some(apart.distance)),
            decimal(apart.score),
        );
    }
    text + "\n"
}

fn contested(found: &RunAnalysis) -> String {
    let mut table = Table::new(
        1,
        ["Scenario".to_owned(), "Disagreement".to_owned()]
            .into_iter()
            .chain(found.models.iter().map(|model| plain(&model.label, NAME))),
    );
    for row in found.contested.iter().take(CONTESTED_SHOWN) {
        let cells = row.decided.iter().map(|decided| match decided {
            Some(decided) => match decided.mean {
                Some(mean) => decimal(Some(mean)),
                None => plain(&decided.value, NAME),
            },
            None => MISSING.into(),
        });
        table.row([plain(&row.key, NAME), decimal(Some(row.disagreement))].into_iter().chain(cells));
    }
    if table.is_empty() {
        return String::new();
    }
    format!("### Most contested scenarios\n\n{}\n", table.text())
}

fn effects_of(effects: &Effects) -> String {
    let mut table =
        Table::new(2, ["Dimension", "Level", "Effect", "95 % interval", "p", "Partial R²", "Decisions"]);
    for factor in &effects.by_level.factors {
        let name = match factor.name.as_str() {
            MODEL_FACTOR => "the model".to_owned(),
            ORDER_FACTOR => "the order of the options".to_owned(),
            name => plain(name, NAME),
        };
        let strength = decimal(factor.partial_r_squared);
        let reference = factor.reference.as_deref().unwrap_or_default();
        table.row([
            name.clone(),
            format!("{} (reference)", plain(reference, NAME)),
            decimal(Some(0.0)),
            MISSING.into(),
            MISSING.into(),
            strength,
            MISSING.into(),
        ]);
        for effect in &factor.coefficients {
            table.row([
                name.clone(),
                plain(effect.level.as_deref().unwrap_or("per point"), NAME),
                decimal(Some(effect.estimate)),
                within(Some(effect.interval.low), Some(effect.interval.high)),
                effect.p_value.map_or_else(|| MISSING.into(), p_value),
                String::new(),
                count(i128::from(effect.n)),
            ]);
        }
    }
    let what = effects.outcome.as_ref().map_or_else(
        || "the decision's number".to_owned(),
        |outcome| format!("the share that chose {}", plain(outcome, NAME)),
    );
    format!(
        "### What moved the decisions\n\nChanges of {what}; together the factors explain R² = {} of it.\n\n{}\n",
        decimal(effects.by_level.r_squared),
        table.text()
    )
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}") }
}

fn notes(found: &RunAnalysis) -> String {
    let lines: String = found
        .notes
        .iter()
        .map(|note| {
            let whose: Vec<String> = note.run_model_ids.iter().map(|id| label(found, *id)).collect();
            let whose = if whose.is_empty() { String::new() } else { format!(" ({})", whose.join(", ")) };
            let message = plain(&note.message, SENTENCE);
            format!("- {}{whose}: {message} (`{}`)\n", plain(&note.about, NAME), note.code)
        })
        .collect();
    if lines.is_empty() { lines } else { format!("### What to know\n\n{lines}\n") }
}
