//! One model of a run by itself.

use crate::{
    analysis::{
        ModelColumns, RunColumns,
        document::{CONFIDENCE, Counts, DecisionShare, ModelAnalysis, Passing, Remarks, ScorerAnalysis},
    },
    definition::DecisionSpec,
    stats::{
        StatsError, mean_clustered, pass_at_k, pass_hat_k, rate_clustered, retest_agreement, scale_interval,
    },
};

/// Free answers may all be different: a list of them is cut.
const FREE_ANSWERS_SHOWN: usize = 100;

/// The k of pass@k and pass^k, as far as there are samples, beside the number of samples itself.
const KS: [u64; 4] = [2, 3, 5, 10];

pub(super) fn analyse(
    columns: &RunColumns,
    model: &ModelColumns,
    label: String,
    range: Option<(f64, f64)>,
    is_correct: bool,
    remarks: &mut Remarks,
) -> Result<ModelAnalysis, StatsError> {
    let id = Some(model.row.id);
    let scores: Vec<(u64, f64)> = model.scores().collect();
    let score = mean_clustered(&scores, CONFIDENCE)?;
    let mut interval = None;
    if let Some((low, high)) = range {
        remarks.used("score", &score.method, &score.warnings, id);
        // A scale of one point, where nothing is left to be unsure of.
        if low < high {
            interval = scale_interval(&score, low, high, CONFIDENCE)?;
        }
    }
    let decided: Vec<(u64, u32)> = model.cells.iter().map(|cell| (cell.combination, cell.value)).collect();
    let samples = u64::try_from(columns.run.samples_per_scenario).unwrap_or(1);
    let retest =
        (samples > 1 && !decided.is_empty()).then(|| retest_agreement(&decided, CONFIDENCE)).transpose()?;
    if let Some(retest) = &retest {
        remarks.used("retest", &retest.agreement.method, &retest.agreement.warnings, id);
    }
    let correct = if is_correct && !scores.is_empty() {
        let trials: Vec<(u64, bool)> =
            scores.iter().map(|(scenario, score)| (*scenario, *score >= 1.0)).collect();
        Some(passing("correct", &trials, samples, model, remarks)?)
    } else {
        None
    };
    let mut scorers = Vec::with_capacity(columns.scorers.len());
    for (name, scored) in columns.scorers.iter().zip(&model.scored) {
        let asked = columns.content.scorers.iter().find(|scorer| scorer.name == *name);
        let is_points = asked.is_some_and(|scorer| !scorer.scale.is_empty());
        let judged = scored.iter().filter(|_| !is_points);
        let trials: Vec<(u64, bool)> = judged.map(|cell| (cell.combination, cell.value >= 1.0)).collect();
        let about = format!("scorer {name}");
        let passing = passing(&about, &trials, samples, model, remarks)?;
        let values: Vec<(u64, f64)> = scored.iter().map(|cell| (cell.combination, cell.value)).collect();
        let mean = mean_clustered(&values, CONFIDENCE)?;
        scorers.push(ScorerAnalysis { scorer: name.clone(), is_points, passing, mean });
    }
    let is_free = columns.content.decision == DecisionSpec::FreeText;
    let (distribution, distinct) = distribution(columns, &decided, model, remarks)?;
    Ok(ModelAnalysis {
        run_model_id: model.row.id,
        label,
        counts: Counts::of(model),
        score,
        interval,
        distribution,
        distinct_count: is_free.then_some(distinct),
        retest,
        correct,
        scorers,
    })
}

fn passing(
    about: &str,
    trials: &[(u64, bool)],
    samples: u64,
    model: &ModelColumns,
    remarks: &mut Remarks,
) -> Result<Passing, StatsError> {
    let rate = rate_clustered(trials, CONFIDENCE)?;
    remarks.used(about, &rate.method, &rate.warnings, Some(model.row.id));
    let mut passing = Passing { rate, any_of: Vec::new(), all_of: Vec::new() };
    if samples > 1 && !trials.is_empty() {
        let ks = KS.into_iter().filter(|k| *k < samples).chain([samples]);
        for k in ks {
            passing.any_of.push(pass_at_k(trials, k, CONFIDENCE)?);
            passing.all_of.push(pass_hat_k(trials, k, CONFIDENCE)?);
        }
        for passed in passing.any_of.iter().chain(&passing.all_of) {
            let of_k = format!("{about}, k = {}", passed.k);
            remarks.used(&of_k, &passed.estimate.method, &[], Some(model.row.id));
        }
    }
    Ok(passing)
}

/// Every decision with its share, and how many different ones there are.
fn distribution(
    columns: &RunColumns,
    decided: &[(u64, u32)],
    model: &ModelColumns,
    remarks: &mut Remarks,
) -> Result<(Vec<DecisionShare>, u64), StatsError> {
    let mut counts = vec![0_u64; columns.values.len()];
    for (_, value) in decided {
        if let Some(count) = counts.get_mut(*value as usize) {
            *count += 1;
        }
    }
    let distinct = counts.iter().filter(|count| **count > 0).count() as u64;
    let labels: Vec<Option<String>> = match &columns.content.decision {
        DecisionSpec::Scale { points } => {
            points.iter().map(|point| (!point.label.is_empty()).then(|| point.label.clone())).collect()
        }
        DecisionSpec::Choice { choices } => choices.iter().map(|choice| choice.label.clone()).collect(),
        DecisionSpec::FreeText => Vec::new(),
    };
    let share = |value: usize| DecisionShare {
        value: columns.values.get(value).cloned().unwrap_or_default(),
        label: labels.get(value).cloned().flatten(),
        count: counts.get(value).copied().unwrap_or(0),
        rate: None,
    };
    if columns.content.decision == DecisionSpec::FreeText {
        let mut given: Vec<usize> = (0..counts.len()).filter(|value| counts.get(*value) > Some(&0)).collect();
        given.sort_by(|a, b| {
            counts.get(*b).cmp(&counts.get(*a)).then(columns.values.get(*a).cmp(&columns.values.get(*b)))
        });
        return Ok((given.into_iter().take(FREE_ANSWERS_SHOWN).map(share).collect(), distinct));
    }
    let mut shares = Vec::with_capacity(counts.len());
    for value in 0..counts.len() {
        let trials: Vec<(u64, bool)> =
            decided.iter().map(|(scenario, own)| (*scenario, *own as usize == value)).collect();
        let rate = rate_clustered(&trials, CONFIDENCE)?;
        // What it warns of is said of the mean, or once for all shares.
        remarks.used("distribution", &rate.method, &[], Some(model.row.id));
        shares.push(DecisionShare { rate: Some(rate), ..share(value) });
    }
    Ok((shares, distinct))
}
