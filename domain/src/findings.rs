//! What a run found, per model, read from the decisions in force.

use std::collections::{BTreeMap, HashMap};

use entity::run_model;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    analysis::{self, Kind, RunAnalysis, range_of},
    db::{Db, placeholders, rows},
    definition::{DecisionSpec, DefinitionContent},
    error::{Error, Result},
    library, lookup,
    run::{Ledger, ModelProgress, combination_of, progress_of},
    scoring,
    stats::{Interval, MeanEstimate, mean_clustered, rate_clustered, scale_interval},
};

/// How often a decision was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionCount {
    /// The scale's point or the choice's name.
    pub value: String,
    /// Its label.
    pub label: Option<String>,
    /// Transcripts that decided so.
    pub count: u64,
}

/// What one model of a run decided.
#[derive(Clone, Debug)]
pub struct ModelFindings {
    /// The model's row.
    pub row: run_model::Model,
    /// Its denominators.
    pub ledger: Ledger,
    /// The mean of the decisions' scores with a 95 % interval, clustered by scenario; its `mean`
    /// is None where no decision has a score.
    pub score: MeanEstimate,
    /// The interval to report: it stays on the scale. None with fewer than two scenarios.
    pub interval: Option<Interval>,
    /// Every decision the definition allows, in its order, also those never made. Where answers are
    /// free: the most frequent ones.
    pub distribution: Vec<DecisionCount>,
    /// How many different answers were given; None where the definition says which there are.
    pub distinct_count: Option<u64>,
    /// What the scorers said, in their order.
    pub scores: Vec<ScorerFindings>,
}

/// What one scorer said of one model's answers.
#[derive(Clone, Debug)]
pub struct ScorerFindings {
    /// The scorer's name.
    pub scorer: String,
    /// Answers that passed.
    pub passed: u64,
    /// Answers that were scored.
    pub scored: u64,
    /// True where a rubric gives points: `rate` is their mean, nobody passes, and there is no Wilson interval.
    pub is_points: bool,
    /// The share that passed, as the mean of the scenarios' shares with a 95 % interval.
    pub rate: MeanEstimate,
    /// Wilson's interval at 95 %, which holds near 0 and 1 too, with as many trials as would have the
    /// error clustered by scenario; None with fewer than two scenarios.
    pub wilson: Option<Interval>,
}

/// The findings of a run, model by model in the order it was asked for them.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn of_run(db: &Db, run_id: Uuid) -> Result<Vec<ModelFindings>> {
    of_runs(db, &[run_id]).await?.remove(&run_id).ok_or_else(|| Error::not_found("run", run_id))
}

/// The findings of several runs, in the same number of statements as of one.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ModelFindings>>> {
    let mut findings = kept(db, run_ids).await?;
    let left: Vec<Uuid> = run_ids.iter().copied().filter(|id| !findings.contains_key(id)).collect();
    if !left.is_empty() {
        findings.extend(read(db, &left).await?);
    }
    Ok(findings)
}

/// From the analyses that hold, which were computed from the same decisions.
async fn kept(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ModelFindings>>> {
    let inputs = analysis::inputs_of(db.read(), run_ids).await?;
    let mut found: HashMap<Uuid, RunAnalysis> = HashMap::new();
    for (run_id, row) in analysis::latest_of(db, Kind::Run, run_ids).await? {
        let is_fresh = inputs.get(&run_id).is_some_and(|input| analysis::is_fresh(&row, input));
        found.extend(is_fresh.then(|| analysis::read_run(&row)).flatten().map(|found| (run_id, found)));
    }
    let ids: Vec<Uuid> = found.keys().copied().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut progress = progress_of(db, &ids).await?;
    let of_run = |(run_id, found): (Uuid, RunAnalysis)| {
        let models = progress.remove(&run_id).unwrap_or_default().models;
        let of_model = |model: ModelProgress| {
            let own = found.models.iter().find(|own| own.run_model_id == model.row.id)?;
            Some(of_analysis(model, own))
        };
        Some((run_id, models.into_iter().map(of_model).collect::<Option<_>>()?))
    };
    Ok(found.into_iter().filter_map(of_run).collect())
}

fn of_analysis(model: ModelProgress, found: &analysis::ModelAnalysis) -> ModelFindings {
    let share = |share: &analysis::DecisionShare| DecisionCount {
        value: share.value.clone(),
        label: share.label.clone(),
        count: share.count,
    };
    let scorer = |scorer: &analysis::ScorerAnalysis| ScorerFindings {
        is_points: scorer.is_points,
        scorer: scorer.scorer.clone(),
        passed: scorer.passing.rate.passes,
        scored: scorer.mean.n,
        rate: scorer.mean.clone(),
        wilson: scorer.passing.rate.interval,
    };
    ModelFindings {
        row: model.row,
        ledger: model.ledger,
        score: found.score.clone(),
        interval: found.interval,
        distribution: found.distribution.iter().map(share).collect(),
        distinct_count: found.distinct_count,
        scores: found.scorers.iter().map(scorer).collect(),
    }
}

async fn read(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ModelFindings>>> {
    #[derive(FromQueryResult)]
    struct Decided {
        run_model_id: Uuid,
        scenario_id: Uuid,
        value: String,
        score: Option<f64>,
    }
    let runs = lookup::runs(db, run_ids).await?;
    let version_ids: Vec<Uuid> = runs.values().filter_map(|run| run.definition_version_id).collect();
    let versions = lookup::versions(db, &version_ids).await?;
    let sql = format!(
        "SELECT t.run_model_id, t.scenario_id, d.value, d.score
         FROM transcripts AS t JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
         WHERE t.run_id IN ({}) AND t.is_complete AND d.status = 'decided'",
        placeholders(1, run_ids.len())
    );
    let decided: Vec<Decided> = rows(db.read(), sql, run_ids.iter().map(|id| (*id).into())).await?;
    let mut scores: HashMap<Uuid, Vec<(u64, f64)>> = HashMap::new();
    let mut counts: HashMap<Uuid, BTreeMap<String, u64>> = HashMap::new();
    for row in decided {
        *counts.entry(row.run_model_id).or_default().entry(row.value).or_default() += 1;
        if let Some(score) = row.score {
            scores.entry(row.run_model_id).or_default().push((combination_of(row.scenario_id), score));
        }
    }
    let scorers = scoring::scorers_of_runs(db, run_ids).await?;
    let mut scored = scored(db, &scorers).await?;
    let mut progress = progress_of(db, run_ids).await?;
    let mut findings = HashMap::new();
    for (run_id, run) in runs {
        let Some(version) = run.definition_version_id.and_then(|id| versions.get(&id)) else { continue };
        let content = library::content_of(version)?;
        let mut of_model = |model: ModelProgress| {
            let scores = scores.remove(&model.row.id).unwrap_or_default();
            let counts = counts.remove(&model.row.id).unwrap_or_default();
            let score = mean_clustered(&scores, 0.95).map_err(|error| Error::Internal(error.to_string()))?;
            let range = range_of(&content.decision, scores.iter().map(|(_, score)| *score));
            let interval = match range.filter(|(low, high)| low < high) {
                Some((low, high)) => scale_interval(&score, low, high, 0.95)
                    .map_err(|error| Error::Internal(error.to_string()))?,
                None => None,
            };
            let distribution = distribution(&content, &counts);
            let is_free = content.decision == DecisionSpec::FreeText;
            let distinct_count = is_free.then_some(counts.len() as u64);
            let names = scorers.get(&run_id).map(Vec::as_slice).unwrap_or_default();
            let scores = of_scorers(names, scored.remove(&model.row.id).unwrap_or_default())?;
            let ModelProgress { row, ledger } = model;
            Ok(ModelFindings { row, ledger, score, interval, distribution, distinct_count, scores })
        };
        let models = progress.remove(&run_id).unwrap_or_default().models;
        findings.insert(run_id, models.into_iter().map(&mut of_model).collect::<Result<_>>()?);
    }
    Ok(findings)
}

/// Scores in force by the model's row and the scorer's name: scenario and value.
type Scored = HashMap<Uuid, HashMap<String, OfScorer>>;

#[derive(Default)]
struct OfScorer {
    values: Vec<(u64, f64)>,
    is_points: bool,
}

async fn scored(db: &Db, scorers: &HashMap<Uuid, Vec<String>>) -> Result<Scored> {
    #[derive(FromQueryResult)]
    struct Found {
        run_model_id: Uuid,
        scenario_id: Uuid,
        scorer: String,
        scorer_version: String,
        value: f64,
    }
    let mut scored = Scored::new();
    if scorers.is_empty() {
        return Ok(scored);
    }
    let sql = format!(
        "SELECT t.run_model_id, t.scenario_id, s.scorer, s.scorer_version, s.value
         FROM transcripts AS t JOIN scores AS s ON s.transcript_id = t.id AND s.is_in_force
         WHERE t.run_id IN ({}) AND t.is_complete",
        placeholders(1, scorers.len())
    );
    for row in rows::<Found>(db.read(), sql, scorers.keys().map(|id| (*id).into())).await? {
        let of_model = scored.entry(row.run_model_id).or_default();
        let of_scorer = of_model.entry(row.scorer).or_default();
        of_scorer.is_points |= row.scorer_version.starts_with(scoring::POINTS);
        of_scorer.values.push((combination_of(row.scenario_id), row.value));
    }
    Ok(scored)
}

fn of_scorers(names: &[String], mut scored: HashMap<String, OfScorer>) -> Result<Vec<ScorerFindings>> {
    let of_scorer = |name: &String| {
        let OfScorer { values, is_points } = scored.remove(name).unwrap_or_default();
        let rate = mean_clustered(&values, 0.95).map_err(|error| Error::Internal(error.to_string()))?;
        let passed = values.iter().filter(|(_, value)| !is_points && *value >= 1.0).count() as u64;
        let scored = values.len() as u64;
        let trials: Vec<(u64, bool)> =
            values.iter().map(|(scenario, value)| (*scenario, *value >= 1.0)).collect();
        let clustered = rate_clustered(&trials, 0.95).map_err(|error| Error::Internal(error.to_string()))?;
        let wilson = clustered.interval.filter(|_| !is_points);
        Ok(ScorerFindings { scorer: name.clone(), passed, scored, is_points, rate, wilson })
    };
    names.iter().map(of_scorer).collect()
}

/// Free answers may all be different: a list of them is cut.
const FREE_ANSWERS_SHOWN: usize = 100;

fn distribution(content: &DefinitionContent, counts: &BTreeMap<String, u64>) -> Vec<DecisionCount> {
    let count = |value: String, label: Option<String>| DecisionCount {
        count: counts.get(&value).copied().unwrap_or(0),
        value,
        label,
    };
    match &content.decision {
        DecisionSpec::Scale { points } => {
            points.iter().map(|point| count(point.value.to_string(), Some(point.label.clone()))).collect()
        }
        DecisionSpec::Choice { choices } => {
            choices.iter().map(|choice| count(choice.name.clone(), choice.label.clone())).collect()
        }
        DecisionSpec::FreeText => {
            let mut given: Vec<&String> = counts.keys().collect();
            // Ties stay in the order of the texts.
            given.sort_by_key(|value| std::cmp::Reverse(counts.get(*value)));
            given.into_iter().take(FREE_ANSWERS_SHOWN).map(|value| count(value.clone(), None)).collect()
        }
    }
}
