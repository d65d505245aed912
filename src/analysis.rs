//! An analysis as tables, 80 columns wide.

use comfy_table::{CellAlignment, LineStyle, Table, presets};
use domain::{
    analysis::{
        self, Agreement, Effects, MODEL_FACTOR, Measure, ModelAnalysis, ORDER_FACTOR, ResampledAnalysis,
        RunAnalysis,
    },
    db::Db,
    run,
    stats::{Draws, Interval},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Scenarios and levels that are shown; `--json` has them all.
const CONTESTED_SHOWN: usize = 5;
/// Characters of a name.
const NAME: usize = 34;
/// Characters of a model's name.
const MODEL: usize = 22;

/// What a run found: from its analysis where it is over, else of this moment.
pub(crate) async fn of_run(db: &Db, run_id: Uuid) -> anyhow::Result<(RunAnalysis, ResampledAnalysis)> {
    if run::find(db, run_id).await?.status.is_terminal() {
        return Ok(analysis::current(db, run_id).await?);
    }
    let columns = analysis::load_columns(db, run_id).await?;
    let draws = Draws::new(analysis::ROUNDS, analysis::SEED);
    Ok((analysis::analyse(&columns)?, analysis::resample(&columns, draws)?))
}

/// Everything, for programs.
pub(crate) fn as_json(run_id: Uuid, found: &RunAnalysis, drawn: &ResampledAnalysis) -> Value {
    json!({
        "run_id": run_id, "code_version": analysis::code_version(),
        "analysis": found, "resampled": drawn,
    })
}

/// What stands below the table of the models: shares, agreement, contested scenarios, effects, notes, methods.
pub(crate) fn sections(found: &RunAnalysis, drawn: &ResampledAnalysis) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(shares(found));
    lines.extend(again(found));
    if let Some(agreement) = &found.agreement {
        lines.extend(agreement_of(found, agreement, drawn));
    }
    lines.extend(contested(found));
    lines.extend(
        found
            .effects
            .iter()
            .filter(|effects| is_shown(found, effects))
            .flat_map(|effects| effects_of(found, effects)),
    );
    lines.extend(notes(found));
    lines.extend(methods(found, drawn));
    lines
}

/// Those over all models; of a run with one model, its own.
fn is_shown(found: &RunAnalysis, effects: &Effects) -> bool {
    effects.run_model_id.is_none() || found.models.len() == 1
}

fn table<S: ToString>(header: impl IntoIterator<Item = S>, names: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(header.into_iter().map(|head| head.to_string()));
    for column in table.column_iter_mut().skip(names) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn titled(title: &str, table: &Table) -> Vec<String> {
    if table.row_iter().next().is_none() {
        return Vec::new();
    }
    vec![String::new(), title.to_owned(), table.to_string()]
}

fn name(text: &str, characters: usize) -> String {
    let one_line: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if one_line.chars().count() <= characters {
        return one_line;
    }
    one_line.chars().take(characters - 1).chain(['…']).collect()
}

fn figure(number: Option<f64>) -> String {
    number.map_or_else(|| "–".into(), |number| format!("{number:.2}"))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{:.1} %", 100.0 * share))
}

fn within(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "–".into(), |interval| format!("{:.2} – {:.2}", interval.low, interval.high))
}

fn percent_within(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".into(),
        |interval| format!("{:.1} – {:.1}", 100.0 * interval.low, 100.0 * interval.high),
    )
}

fn model_of(found: &RunAnalysis, id: Uuid) -> &ModelAnalysis {
    // The first stands in for one that cannot be missing.
    found.models.iter().find(|model| model.run_model_id == id).unwrap_or(&found.models[0])
}

fn shares(found: &RunAnalysis) -> Vec<String> {
    // On a scale the table above says it; a share of each choice needs its interval.
    if found.measure == Measure::Scale {
        return Vec::new();
    }
    let mut table = table(["model", "decision", "count", "share", "95 % interval"], 2);
    for model in &found.models {
        for share in model.distribution.iter().filter(|share| share.rate.is_some()) {
            let Some(rate) = &share.rate else { continue };
            table.add_row([
                name(&model.label, MODEL),
                name(&share.value, 24),
                share.count.to_string(),
                percent(rate.rate),
                percent_within(rate.interval),
            ]);
        }
    }
    titled("Shares of the decisions", &table)
}

fn again(found: &RunAnalysis) -> Vec<String> {
    let mut table = table(["model", "what", "share", "95 % interval", "scenarios"], 2);
    for model in &found.models {
        let label = name(&model.label, MODEL);
        if let Some(retest) = &model.retest {
            table.add_row([
                label.clone(),
                "same decision again".into(),
                percent(retest.agreement.mean),
                percent_within(retest.interval),
                retest.agreement.clusters.to_string(),
            ]);
        }
        let correct = model.correct.iter().map(|passing| ("right", passing));
        let scorers = model.scorers.iter().map(|scorer| (scorer.scorer.as_str(), &scorer.passing));
        for (what, passing) in correct.chain(scorers) {
            let any = passing.any_of.iter().map(|passed| ("pass@", passed));
            for (word, passed) in any.chain(passing.all_of.iter().map(|passed| ("pass^", passed))) {
                table.add_row([
                    label.clone(),
                    format!("{}, {word}{}", name(what, 18), passed.k),
                    percent(passed.estimate.mean),
                    percent_within(passed.interval),
                    passed.estimate.clusters.to_string(),
                ]);
            }
        }
    }
    titled("Asked again", &table)
}

fn agreement_of(found: &RunAnalysis, agreement: &Agreement, drawn: &ResampledAnalysis) -> Vec<String> {
    let alpha = drawn.alpha.as_ref().unwrap_or(&agreement.alpha);
    let mut pairs = table(["model", "other", "same", "kappa", "95 % interval", "Spearman"], 2);
    for pair in &agreement.pairs {
        pairs.add_row([
            name(&model_of(found, pair.first_id).label, 18),
            name(&model_of(found, pair.second_id).label, 18),
            format!("{}/{}", pair.same, pair.scenarios),
            figure(pair.kappa.kappa),
            within(pair.kappa.interval),
            figure(pair.spearman.as_ref().and_then(|spearman| spearman.rho)),
        ]);
    }
    let mut lines = titled("Agreement of pairs, one decision per scenario", &pairs);
    lines.push(format!(
        "Krippendorff's alpha of all models: {} ({}), over {} scenarios.",
        figure(alpha.alpha),
        within(alpha.interval),
        alpha.units
    ));
    for apart in agreement.distances.iter().filter(|apart| apart.is_outlier) {
        let label = &model_of(found, apart.run_model_id).label;
        lines.push(format!(
            "{label} stands apart from the others: distance {:.2}, modified z score {}.",
            apart.distance,
            figure(apart.score)
        ));
    }
    lines
}

fn contested(found: &RunAnalysis) -> Vec<String> {
    let mut contested = table(["scenario", "divides", "decided"], 1);
    contested.column_mut(2).into_iter().for_each(|column| {
        column.set_cell_alignment(CellAlignment::Left);
    });
    for row in found.contested.iter().take(CONTESTED_SHOWN) {
        let decided = row.decided.iter().map(|decided| match decided {
            Some(decided) => {
                decided.mean.map_or_else(|| name(&decided.value, 12), |mean| format!("{mean:.1}"))
            }
            None => "–".into(),
        });
        contested.add_row([
            name(&row.key, 44),
            format!("{:.2}", row.disagreement),
            name(&decided.collect::<Vec<_>>().join(" "), 24),
        ]);
    }
    titled("Most contested scenarios (decisions in the models' order)", &contested)
}

fn effects_of(found: &RunAnalysis, effects: &Effects) -> Vec<String> {
    let mut rows = table(["dimension: level", "effect", "95 % interval", "p", "partial R²"], 1);
    for factor in &effects.by_level.factors {
        let own = match factor.name.as_str() {
            MODEL_FACTOR => "the model",
            ORDER_FACTOR => "the order of the options",
            own => own,
        };
        for (index, effect) in factor.coefficients.iter().enumerate() {
            let level = effect.level.as_deref().unwrap_or("per point");
            let p = effect.p_value.map_or_else(
                || "–".to_owned(),
                |p| if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}") },
            );
            rows.add_row([
                name(&format!("{own}: {level}"), NAME),
                format!("{:+.2}", effect.estimate),
                within(Some(effect.interval)),
                p,
                if index == 0 { figure(factor.partial_r_squared) } else { String::new() },
            ]);
        }
    }
    let what = effects.outcome.as_ref().map_or_else(
        || "the decision".to_owned(),
        |outcome| format!("the share that chose {}", name(outcome, 30)),
    );
    let whose = if found.models.len() > 1 { ", over all models" } else { "" };
    let mut lines = titled(&format!("What moves {what}{whose}, against each first level"), &rows);
    if !lines.is_empty() {
        lines.push(format!(
            "R² {} over {} decisions of {} scenarios.",
            figure(effects.by_level.r_squared),
            effects.by_level.n,
            effects.by_level.clusters
        ));
    }
    lines
}

fn notes(found: &RunAnalysis) -> Vec<String> {
    let mut lines = Vec::new();
    for note in &found.notes {
        let whose: Vec<&str> =
            note.run_model_ids.iter().map(|id| model_of(found, *id).label.as_str()).collect();
        let whose = match whose.len() {
            0 => String::new(),
            number if number == found.models.len() => ", every model".into(),
            _ => format!(", {}", whose.join(", ")),
        };
        lines.extend(wrapped(&format!("! {}{whose}: {} ({})", note.about, note.message, note.code)));
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

fn methods(found: &RunAnalysis, drawn: &ResampledAnalysis) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let alpha = drawn.alpha.iter().map(|alpha| &alpha.method);
    for method in found.methods.iter().map(|used| &used.method).chain(alpha) {
        let drawn = match (method.seed, method.rounds) {
            (Some(seed), Some(rounds)) => format!(", {rounds} rounds from seed {seed}"),
            _ => String::new(),
        };
        let text = format!("{} (v{}{drawn})", method.name, method.version);
        if !names.contains(&text) {
            names.push(text);
        }
    }
    let text = format!("How computed: {}. Probity {}.", names.join("; "), analysis::code_version());
    std::iter::once(String::new()).chain(wrapped(&text)).collect()
}

/// Lines of at most 80 characters, where words allow it.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + word.chars().count() < 80 {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{name, wrapped};

    #[test]
    fn lines_fit_a_terminal() {
        let lines = wrapped(&"word ".repeat(60));
        assert!(lines.len() > 3 && lines.iter().all(|line| line.len() <= 80), "{lines:?}");
        assert_eq!(name("abc\ndef", 5), "abc …");
    }
}
