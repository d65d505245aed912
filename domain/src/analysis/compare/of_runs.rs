//! Comparing what is stored.

use std::sync::Arc;

use entity::{run, run_model};
use uuid::Uuid;

use super::{
    Adjustment, Caution, Measure,
    family::{PairFindings, Settings, compare_family},
    load::{Loaded, values_of},
    matching::{self, Matched, Numbering},
    scenarios::ChangeCounts,
};
use crate::{
    db::Db,
    error::{Error, Result},
    lifecycle::RunState,
    run::model_labels,
    scoring,
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
    let first = Arc::new(Loaded::of(db, request.baseline.run_id).await?);
    let is_one_run = request.baseline.run_id == request.candidate.run_id;
    let second = if is_one_run {
        Arc::clone(&first)
    } else {
        Arc::new(Loaded::of(db, request.candidate.run_id).await?)
    };
    let measure = measure_of(db, request, &first, &second).await?;
    let matched = match is_one_run {
        true => matching::within(&first.models, &request.baseline, &request.candidate)?,
        false => matching::between(&first.models, &second.models, &request.baseline, &request.candidate)?,
    };
    if matched.pairs.len() > PAIRS_MAX {
        let message = format!(
            "That would be {} comparisons; at most {PAIRS_MAX} are made at once. Name one model with `runModelId`.",
            matched.pairs.len()
        );
        return Err(Error::invalid("baseline.runModelId", message));
    }
    let numbering = Numbering::of(db, first.version_id, second.version_id).await?;
    let samples = Sampled::load(db, &first, &second, &matched, &measure, &numbering).await?;
    let mcnemar_absent_because =
        measure.why_not_binary(&first.content).or_else(|| measure.why_not_binary(&second.content));
    let findings = computed(request.clone(), samples.pairs.clone(), mcnemar_absent_because.is_none()).await?;
    let pick = |models: &[run_model::Model], indexes: &[usize]| -> Vec<run_model::Model> {
        indexes.iter().filter_map(|at| models.get(*at).cloned()).collect()
    };
    let (labels_a, labels_b) = (labels(&first), labels(&second));
    let pair = |(((a, b), (x, y)), findings): ((&(usize, usize), SamplePair), PairFindings)| {
        Some(ComparedPair {
            baseline: first.models.get(*a)?.clone(),
            candidate: second.models.get(*b)?.clone(),
            baseline_label: labels_a.get(*a)?.clone(),
            candidate_label: labels_b.get(*b)?.clone(),
            findings,
            baseline_samples: x,
            candidate_samples: y,
        })
    };
    let pairs = matched.pairs.iter().zip(samples.pairs).zip(findings).filter_map(pair).collect();
    Ok(Compared {
        request: request.clone(),
        cautions: cautions(&first, &second),
        baseline_run: first.run.clone(),
        candidate_run: second.run.clone(),
        measure,
        adjustment: request.adjustment,
        confidence: request.confidence,
        pairs,
        only_baseline: pick(&first.models, &matched.only_baseline),
        only_candidate: pick(&second.models, &matched.only_candidate),
        mcnemar_absent_because,
        numbering,
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

async fn measure_of(db: &Db, request: &Request, first: &Loaded, second: &Loaded) -> Result<Measure> {
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
            let known =
                scoring::scorers_of_runs(db, &[of.run.id]).await?.remove(&of.run.id).unwrap_or_default();
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

type SamplePair = (Arc<Vec<(u64, f64)>>, Arc<Vec<(u64, f64)>>);

/// The values of each pair, under common numbers.
struct Sampled {
    pairs: Vec<SamplePair>,
}

impl Sampled {
    async fn load(
        db: &Db,
        first: &Loaded,
        second: &Loaded,
        matched: &Matched,
        measure: &Measure,
        numbering: &Numbering,
    ) -> Result<Self> {
        let is_one_run = first.run.id == second.run.id;
        let ids = |of: &Loaded, indexes: &mut dyn Iterator<Item = usize>| {
            let mut ids: Vec<Uuid> = indexes.filter_map(|at| Some(of.models.get(at)?.id)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let mut a_ids = ids(first, &mut matched.pairs.iter().map(|(a, _)| *a));
        let b_ids = ids(second, &mut matched.pairs.iter().map(|(_, b)| *b));
        if is_one_run {
            a_ids.extend(b_ids.iter().filter(|id| !a_ids.contains(id)).copied().collect::<Vec<_>>());
        }
        let mut values = values_of(db, first.run.id, &a_ids, measure).await?;
        if !is_one_run {
            for (id, mut of_model) in values_of(db, second.run.id, &b_ids, measure).await? {
                numbering.renumber(&mut of_model);
                values.insert(id, of_model);
            }
        }
        let shared: std::collections::HashMap<Uuid, Arc<Vec<(u64, f64)>>> =
            values.into_iter().map(|(id, values)| (id, Arc::new(values))).collect();
        let of = |model: Option<&run_model::Model>| {
            model.and_then(|model| shared.get(&model.id)).cloned().unwrap_or_default()
        };
        let pair = |(a, b): &(usize, usize)| (of(first.models.get(*a)), of(second.models.get(*b)));
        Ok(Self { pairs: matched.pairs.iter().map(pair).collect() })
    }
}

/// Computes on a thread that may take its time.
async fn computed(request: Request, pairs: Vec<SamplePair>, is_binary: bool) -> Result<Vec<PairFindings>> {
    let work = move || {
        let settings = Settings {
            confidence: request.confidence,
            adjustment: request.adjustment,
            is_binary,
            draws: (request.rounds > 0).then(|| Draws::new(request.rounds, request.seed)),
        };
        let views: Vec<_> = pairs.iter().map(|(a, b)| (a.as_slice(), b.as_slice())).collect();
        compare_family(&views, &settings)
    };
    let wrong = |error: StatsError| Error::Internal(format!("a comparison cannot be computed: {error}"));
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Internal(format!("a comparison ended early: {error}")))?
        .map_err(wrong)
}

fn labels(of: &Loaded) -> Vec<String> {
    model_labels(&of.models.iter().collect::<Vec<_>>())
}

fn cautions(first: &Loaded, second: &Loaded) -> Vec<Caution> {
    let mut found = Vec::new();
    let mut add = |code, message: String| found.push(Caution { code, message });
    if first.version_id != second.version_id {
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
