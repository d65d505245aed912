//! Comparing what is stored.

use std::{collections::HashMap, sync::Arc};

use entity::{run, run_model};
use uuid::Uuid;

use super::{
    Adjustment, Caution, Measure,
    family::{PairFindings, Settings, compare_family},
    load::{samples_of, version_of},
    matching::{self, Numbering},
    scenarios::ChangeCounts,
};
use crate::{
    analysis::{RunColumns, load_columns},
    db::Db,
    error::{Error, Result},
    lifecycle::RunState,
    run::model_labels,
    stats::{Draws, StatsError},
};

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The run.
    pub run_id: Uuid,
    /// One of its models. `None` = all of them.
    pub run_model_id: Option<Uuid>,
}

/// What is to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is subtracted.
    pub baseline: Side,
    /// What it is subtracted from.
    pub candidate: Side,
    /// By what. `None` = by what the definition is usually compared by.
    pub measure: Option<Measure>,
    /// For how much is compared at once.
    pub adjustment: Adjustment,
    /// Of the intervals, in (0, 1).
    pub confidence: f64,
    /// Rounds of the permutation test; 0 leaves it out.
    pub rounds: u64,
    /// Of its draws.
    pub seed: u64,
}

impl Request {
    /// Permutations drawn where nobody says how many.
    pub const ROUNDS: u64 = 9_999;
    /// The most permutations.
    pub const ROUNDS_MAX: u64 = 1_000_000;

    /// All of two runs, or all pairs of models of one, by what is usual.
    pub fn of(baseline: Uuid, candidate: Uuid) -> Self {
        let side = |run_id| Side { run_id, run_model_id: None };
        Self {
            baseline: side(baseline),
            candidate: side(candidate),
            measure: None,
            adjustment: Adjustment::Holm,
            confidence: 0.95,
            rounds: Self::ROUNDS,
            seed: 1,
        }
    }
}

/// The most pairs of one family: more are for whoever names the models.
const PAIRS_MAX: usize = 500;

/// A family of comparisons with what they are of.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What was asked for.
    pub request: Request,
    /// The baseline's run.
    pub baseline_run: run::Model,
    /// The candidate's run; the same where models of one run are compared.
    pub candidate_run: run::Model,
    /// By what they were compared.
    pub measure: Measure,
    /// How p values were adjusted.
    pub adjustment: Adjustment,
    /// Of the intervals.
    pub confidence: f64,
    /// The comparisons.
    pub pairs: Vec<ComparedPair>,
    /// Models of the baseline's run without a partner.
    pub only_baseline: Vec<run_model::Model>,
    /// Models of the candidate's run without a partner.
    pub only_candidate: Vec<run_model::Model>,
    /// What holds for all of them.
    pub cautions: Vec<Caution>,
    /// Why there is no McNemar test. `None` = there is one wherever all values are 0 or 1.
    pub mcnemar_absent_because: Option<&'static str>,
    pub(super) numbering: Numbering,
    pub(super) baseline: Arc<RunColumns>,
    pub(super) candidate: Arc<RunColumns>,
}

/// Two models beside each other.
#[derive(Clone, Debug)]
pub struct ComparedPair {
    /// What is subtracted.
    pub baseline: run_model::Model,
    /// What it is subtracted from.
    pub candidate: run_model::Model,
    /// What the baseline is called among the models of its run.
    pub baseline_label: String,
    /// What the candidate is called among the models of its run.
    pub candidate_label: String,
    /// What was found.
    pub findings: PairFindings,
    pub(super) baseline_samples: Arc<Vec<(u64, f64)>>,
    pub(super) candidate_samples: Arc<Vec<(u64, f64)>>,
}

impl ComparedPair {
    /// How many scenarios changed, and how.
    pub fn changes(&self) -> ChangeCounts {
        let paired = &self.findings.paired;
        ChangeCounts {
            improved: paired.improved,
            regressed: paired.regressed,
            equal: paired.equal,
            unpaired: paired.only_baseline + paired.only_candidate,
        }
    }
}

/// All pairs of models of a run, by what is usual.
///
/// # Errors
/// As [`compare`].
pub async fn within(db: &Db, run_id: Uuid) -> Result<Compared> {
    compare(db, &Request::of(run_id, run_id)).await
}

/// Compares models of one run, or of two, on the scenarios that they share.
///
/// # Errors
/// `Invalid` where they cannot be compared so, with what to do; `NotFound`, `Unavailable`, `Database`.
pub async fn compare(db: &Db, request: &Request) -> Result<Compared> {
    check(request)?;
    let first = Arc::new(load_columns(db, request.baseline.run_id).await?);
    let second = match request.baseline.run_id == request.candidate.run_id {
        true => Arc::clone(&first),
        false => Arc::new(load_columns(db, request.candidate.run_id).await?),
    };
    compare_columns(request, first, second).await
}

/// Compares what was loaded of the runs of a request.
///
/// # Errors
/// `Invalid` where they cannot be compared so, with what to do.
pub async fn compare_columns(
    request: &Request,
    first: Arc<RunColumns>,
    second: Arc<RunColumns>,
) -> Result<Compared> {
    check(request)?;
    let measure = measure_of(request, &first, &second)?;
    let (models_a, models_b) = (models(&first), models(&second));
    let matched = match first.run.id == second.run.id {
        true => matching::within(&models_a, &request.baseline, &request.candidate)?,
        false => matching::between(&models_a, &models_b, &request.baseline, &request.candidate)?,
    };
    if matched.pairs.len() > PAIRS_MAX {
        let message = format!(
            "That would be {} comparisons; at most {PAIRS_MAX} are made at once. Name one model with `runModelId`.",
            matched.pairs.len()
        );
        return Err(Error::invalid("baseline.runModelId", message));
    }
    let mcnemar_absent_because =
        measure.why_not_binary(&first.content).or_else(|| measure.why_not_binary(&second.content));
    let work = Work {
        request: request.clone(),
        measure: measure.clone(),
        is_binary: mcnemar_absent_because.is_none(),
        first: Arc::clone(&first),
        second: Arc::clone(&second),
        pairs: matched.pairs.clone(),
    };
    let (numbering, computed) = work.aside().await?;
    let pick = |models: &[run_model::Model], indexes: &[usize]| -> Vec<run_model::Model> {
        indexes.iter().filter_map(|at| models.get(*at).cloned()).collect()
    };
    let (labels_a, labels_b) = (labels(&models_a), labels(&models_b));
    let pair = |((a, b), Computed { findings, baseline, candidate }): (&(usize, usize), Computed)| {
        Some(ComparedPair {
            baseline: models_a.get(*a)?.clone(),
            candidate: models_b.get(*b)?.clone(),
            baseline_label: labels_a.get(*a)?.clone(),
            candidate_label: labels_b.get(*b)?.clone(),
            findings,
            baseline_samples: baseline,
            candidate_samples: candidate,
        })
    };
    let pairs = matched.pairs.iter().zip(computed).filter_map(pair).collect();
    Ok(Compared {
        request: request.clone(),
        cautions: cautions(&first, &second),
        baseline_run: first.run.clone(),
        candidate_run: second.run.clone(),
        measure,
        adjustment: request.adjustment,
        confidence: request.confidence,
        pairs,
        only_baseline: pick(&models_a, &matched.only_baseline),
        only_candidate: pick(&models_b, &matched.only_candidate),
        mcnemar_absent_because,
        numbering,
        baseline: first,
        candidate: second,
    })
}

fn check(request: &Request) -> Result<()> {
    if !(request.confidence > 0.0 && request.confidence < 1.0) {
        return Err(Error::invalid("confidence", "The confidence lies between 0 and 1, e.g. 0.95."));
    }
    if request.rounds != 0 && !(999..=Request::ROUNDS_MAX).contains(&request.rounds) {
        let message =
            format!("A permutation test has 999 to {} rounds; 0 leaves it out.", Request::ROUNDS_MAX);
        return Err(Error::invalid("permutationRounds", message));
    }
    Ok(())
}

fn measure_of(request: &Request, first: &RunColumns, second: &RunColumns) -> Result<Measure> {
    let nothing = || {
        Error::invalid(
            "measure",
            "Answers are free text without targets or scorers: there is no number to compare. Add a scorer to the \
             definition and score the run again.",
        )
    };
    let measure = match &request.measure {
        Some(measure) => measure.clone(),
        None => Measure::usual(&first.content).ok_or_else(nothing)?,
    };
    for of in [first, second] {
        if let Some(why) = measure.why_not(&of.content) {
            return Err(Error::invalid("measure", why));
        }
        if let Measure::Scorer(name) = &measure {
            let known = &of.scorers;
            if !known.contains(name) {
                let there = if known.is_empty() {
                    "it has none".to_owned()
                } else {
                    format!("there are {}", known.join(", "))
                };
                let message = format!("Run {} has no scorer {name:?}; {there}.", of.run.id);
                return Err(Error::invalid("measure", message));
            }
        }
    }
    Ok(measure)
}

/// What is left to compute.
struct Work {
    request: Request,
    measure: Measure,
    is_binary: bool,
    first: Arc<RunColumns>,
    second: Arc<RunColumns>,
    pairs: Vec<(usize, usize)>,
}

/// A pair with the values that it was computed from, under the common numbers.
struct Computed {
    findings: PairFindings,
    baseline: Arc<Vec<(u64, f64)>>,
    candidate: Arc<Vec<(u64, f64)>>,
}

impl Work {
    /// Computes on a thread that may take its time.
    async fn aside(self) -> Result<(Numbering, Vec<Computed>)> {
        let wrong = |error: StatsError| Error::Internal(format!("a comparison cannot be computed: {error}"));
        tokio::task::spawn_blocking(move || self.compute())
            .await
            .map_err(|error| Error::Internal(format!("a comparison ended early: {error}")))?
            .map_err(wrong)
    }

    fn compute(self) -> Result<(Numbering, Vec<Computed>), StatsError> {
        let numbering = Numbering::of(&self.first, &self.second);
        // A model is in several pairs: its values are taken once.
        let mut first: HashMap<usize, Arc<Vec<(u64, f64)>>> = HashMap::new();
        let mut second = HashMap::new();
        for (a, b) in &self.pairs {
            first.entry(*a).or_insert_with(|| Arc::new(self.samples(&self.first, *a)));
            second.entry(*b).or_insert_with(|| {
                let mut samples = self.samples(&self.second, *b);
                numbering.renumber(&mut samples);
                Arc::new(samples)
            });
        }
        let of = |side: &HashMap<usize, Arc<Vec<(u64, f64)>>>, at| side.get(at).cloned().unwrap_or_default();
        let pairs: Vec<_> = self.pairs.iter().map(|(a, b)| (of(&first, a), of(&second, b))).collect();
        let views: Vec<_> = pairs.iter().map(|(a, b)| (a.as_slice(), b.as_slice())).collect();
        let Request { confidence, adjustment, rounds, seed, .. } = self.request;
        let draws = (rounds > 0).then(|| Draws::new(rounds, seed));
        let settings = Settings { confidence, adjustment, is_binary: self.is_binary, draws };
        let findings = compare_family(&views, &settings)?;
        let computed = findings.into_iter().zip(pairs);
        let computed =
            computed.map(|(findings, (baseline, candidate))| Computed { findings, baseline, candidate });
        Ok((numbering, computed.collect()))
    }

    fn samples(&self, columns: &RunColumns, at: usize) -> Vec<(u64, f64)> {
        let model = columns.models.get(at);
        model.map(|model| samples_of(columns, model, &self.measure)).unwrap_or_default()
    }
}

fn models(columns: &RunColumns) -> Vec<run_model::Model> {
    columns.models.iter().map(|model| model.row.clone()).collect()
}

fn labels(models: &[run_model::Model]) -> Vec<String> {
    model_labels(&models.iter().collect::<Vec<_>>())
}

fn cautions(first: &RunColumns, second: &RunColumns) -> Vec<Caution> {
    let mut found = Vec::new();
    let mut add = |code, message: String| found.push(Caution { code, message });
    if version_of(first) != version_of(second) {
        add(
            "VERSIONS_DIFFER",
            "The runs asked different versions of a definition; scenarios were paired by their keys, and what stands \
             behind a key may read differently."
                .into(),
        );
        if first.content.decision != second.content.decision {
            add(
                "DECISIONS_DIFFER",
                "The versions allow different decisions, so the same number may not mean the same.".into(),
            );
        }
    }
    let mut open: Vec<&run::Model> = vec![&first.run];
    open.extend((second.run.id != first.run.id).then_some(&second.run));
    for run in open.into_iter().filter(|run| !run.status.is_terminal()) {
        let status = RunState::of(run).shown().as_str();
        add("RUN_NOT_OVER", format!("Run {} is {status}: these figures will change.", run.id));
    }
    found
}
