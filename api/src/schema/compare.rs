//! Comparisons of models and runs.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject, dataloader::Loader};
use domain::{
    Error,
    analysis::compare::{self, Caution, Compared, ComparedPair, ScenarioPair},
    lookup,
};
use entity::{run_model, transcript};
use uuid::Uuid;

use super::{
    access::{page, rows, visible_run},
    compare_figures::{
        ComparisonTest, DetectableDifference, McNemarTest, MeanComparison, mcnemar_of, tested,
    },
    compare_words::{ComparisonAdjustment, ComparisonMeasure, ComparisonVerdict, ScenarioChange},
    connection::connection,
    findings::StatisticWarning,
    limits,
    loaders::Rows,
    run::Run,
    run_model::RunModel,
    transcript::Transcript,
};
use crate::http::query_of;

/// Models of one run, or of two, beside each other on the scenarios that they share: a family of
/// comparisons whose p values are adjusted together.
pub(crate) struct Comparison(pub(crate) Arc<Compared>);

/// Models of one run, or of two, beside each other on the scenarios that they share: a family of
/// comparisons whose p values are adjusted together.
#[Object]
impl Comparison {
    /// The run of what is subtracted.
    async fn baseline_run(&self, ctx: &Context<'_>) -> Result<Run> {
        Ok(visible_run(ctx, self.0.baseline_run.clone())?)
    }

    /// The run of what it is subtracted from; the same where models of one run are compared.
    async fn candidate_run(&self, ctx: &Context<'_>) -> Result<Run> {
        Ok(visible_run(ctx, self.0.candidate_run.clone())?)
    }

    /// By what they were compared.
    async fn measure(&self) -> ComparisonMeasure {
        self.0.measure.clone().into()
    }

    /// How p values were adjusted.
    async fn adjustment(&self) -> ComparisonAdjustment {
        self.0.adjustment.into()
    }

    /// The confidence of each interval, as a fraction. What is left to 1 is the level of the tests.
    async fn confidence(&self) -> f64 {
        self.0.confidence
    }

    /// The comparisons, in the order of the baselines.
    async fn pairs(&self) -> Vec<ModelComparison> {
        let pair = |pair: usize| ModelComparison::of(Arc::clone(&self.0), pair);
        (0..self.0.pairs.len()).filter_map(pair).collect()
    }

    /// Models of the baseline's run without a partner.
    async fn only_baseline(&self) -> Vec<RunModel> {
        self.0.only_baseline.iter().cloned().map(RunModel::from).collect()
    }

    /// Models of the candidate's run without a partner.
    async fn only_candidate(&self) -> Vec<RunModel> {
        self.0.only_candidate.iter().cloned().map(RunModel::from).collect()
    }

    /// Where it is downloaded as CSV, a row per pair of models, on this server.
    async fn pairs_csv_url(&self) -> String {
        format!("/api/export/compare/pairs.csv?{}", query_of(&self.0.request))
    }

    /// Where it is downloaded as CSV, a row per pair of models and scenario, on this server.
    async fn scenarios_csv_url(&self) -> String {
        format!("/api/export/compare/scenarios.csv?{}", query_of(&self.0.request))
    }

    /// What holds for all of them: `VERSIONS_DIFFER`, `DECISIONS_DIFFER`, `RUN_NOT_OVER`.
    async fn warnings(&self) -> Vec<StatisticWarning> {
        self.0.cautions.iter().map(caution).collect()
    }
}

fn caution(caution: &Caution) -> StatisticWarning {
    StatisticWarning { code: caution.code.into(), message: caution.message.clone() }
}

/// Two models beside each other. Samples of a scenario are averaged first; only scenarios that
/// both have a value for are compared.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ModelComparison {
    /// What is subtracted.
    baseline: RunModel,
    /// What it is subtracted from.
    candidate: RunModel,
    /// The shortest name of the baseline among the models of its run.
    baseline_label: String,
    /// The shortest name of the candidate among the models of its run.
    candidate_label: String,
    /// What the comparison says, after adjustment: by the permutation test where there is one, else
    /// by the t test.
    verdict: ComparisonVerdict,
    /// The verdict with its figures, e.g. `no detectable difference; could have seen 0.31`.
    words: String,
    /// Scenarios that both have a value for: the number of independent observations.
    shared_scenario_count: u64,
    /// The baseline on the shared scenarios.
    baseline_mean: MeanComparison,
    /// The candidate on the shared scenarios.
    candidate_mean: MeanComparison,
    /// Candidate − baseline, with the paired standard error and t interval over scenarios.
    difference: MeanComparison,
    /// Effect size: the mean difference in standard deviations of the differences; null where
    /// there is no spread.
    effect_size_dz: Option<f64>,
    /// The same without its bias in small samples (Hedges).
    effect_size_gz: Option<f64>,
    /// Scenarios on which the candidate is higher.
    improved_count: u64,
    /// Scenarios on which the candidate is lower.
    regressed_count: u64,
    /// Scenarios on which both are the same.
    equal_count: u64,
    /// Scenarios that the baseline alone has a value for.
    only_baseline_count: u64,
    /// Scenarios that the candidate alone has a value for.
    only_candidate_count: u64,
    /// The sign-flip permutation test of the mean difference; null: it was not asked for.
    permutation_test: Option<ComparisonTest>,
    /// The paired t test.
    t_test: ComparisonTest,
    /// The exact McNemar test; null: `mcnemarAbsentBecause` says why.
    mcnemar_test: Option<McNemarTest>,
    /// Why there is no McNemar test; null: there is one.
    mcnemar_absent_because: Option<&'static str>,
    /// How small a difference this comparison can find; null where differences have no spread.
    detectable: Option<DetectableDifference>,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
    #[graphql(skip)]
    all: Arc<Compared>,
    #[graphql(skip)]
    place: usize,
}

impl ModelComparison {
    fn of(all: Arc<Compared>, place: usize) -> Option<Self> {
        let pair = all.pairs.get(place)?;
        let ComparedPair { findings, .. } = pair;
        let paired = &findings.paired;
        let mut warnings: Vec<StatisticWarning> = paired
            .difference
            .warnings
            .iter()
            .chain(&findings.deciding().warnings)
            .cloned()
            .map(Into::into)
            .collect();
        warnings.dedup_by(|a, b| a.code == b.code);
        let of_these = || "Not all values of the two are 0 or 1.";
        let mcnemar_absent_because =
            findings.mcnemar.is_none().then(|| all.mcnemar_absent_because.unwrap_or_else(of_these));
        Some(Self {
            baseline: pair.baseline.clone().into(),
            candidate: pair.candidate.clone().into(),
            baseline_label: pair.baseline_label.clone(),
            candidate_label: pair.candidate_label.clone(),
            verdict: findings.verdict.into(),
            words: findings.words(),
            shared_scenario_count: paired.difference.clusters,
            baseline_mean: findings.baseline.clone().into(),
            candidate_mean: findings.candidate.clone().into(),
            difference: paired.difference.clone().into(),
            effect_size_dz: paired.d_z,
            effect_size_gz: paired.g_z,
            improved_count: paired.improved,
            regressed_count: paired.regressed,
            equal_count: paired.equal,
            only_baseline_count: paired.only_baseline,
            only_candidate_count: paired.only_candidate,
            permutation_test: findings.permutation.clone().map(tested),
            t_test: tested(findings.t_test.clone()),
            mcnemar_test: findings.mcnemar.clone().map(|test| mcnemar_of(test, findings.mcnemar_p_adjusted)),
            mcnemar_absent_because,
            detectable: findings.detectable.clone().map(Into::into),
            warnings,
            place,
            all: Arc::clone(&all),
        })
    }
}

#[ComplexObject]
impl ModelComparison {
    /// The scenarios behind it, the largest differences first, those of one model alone last.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn scenarios(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of which this became.")] change: Option<ScenarioChange>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ScenarioComparisonConnection> {
        let request = page(ctx, first, after)?;
        let Some(pair) = self.all.pairs.get(self.place) else {
            return Err(Error::Internal("a comparison without its pair".into()).into());
        };
        let found = self.all.scenarios(pair, change.map(Into::into), &request)?;
        let (baseline, candidate) = (pair.baseline.clone(), pair.candidate.clone());
        let row =
            |row| Ok(ScenarioComparison { row, baseline: baseline.clone(), candidate: candidate.clone() });
        Ok(ScenarioComparisonConnection::of(found, request.after.is_some(), row)?)
    }
}

/// One scenario under two models.
pub(crate) struct ScenarioComparison {
    row: ScenarioPair,
    baseline: run_model::Model,
    candidate: run_model::Model,
}

/// One scenario under two models.
#[Object]
impl ScenarioComparison {
    /// The scenario's key, which is the same in both runs.
    async fn key(&self) -> &str {
        &self.row.key
    }

    /// The scenario in the version that the baseline was asked; null: it has none of this key.
    async fn baseline_scenario_id(&self) -> Option<ID> {
        self.row.baseline_scenario_id.map(ID::from)
    }

    /// The scenario in the version that the candidate was asked; null: it has none of this key.
    async fn candidate_scenario_id(&self) -> Option<ID> {
        self.row.candidate_scenario_id.map(ID::from)
    }

    /// What became of it.
    async fn change(&self) -> ScenarioChange {
        self.row.change.into()
    }

    /// The mean of the baseline's samples; null: it has no value here.
    async fn baseline_value(&self) -> Option<f64> {
        self.row.baseline
    }

    /// The mean of the candidate's samples; null: it has no value here.
    async fn candidate_value(&self) -> Option<f64> {
        self.row.candidate
    }

    /// Samples of the baseline that have a value.
    async fn baseline_sample_count(&self) -> u64 {
        self.row.baseline_samples
    }

    /// Samples of the candidate that have a value.
    async fn candidate_sample_count(&self) -> u64 {
        self.row.candidate_samples
    }

    /// Candidate − baseline; null: one of them is missing.
    async fn difference(&self) -> Option<f64> {
        self.row.difference
    }

    /// The baseline's complete transcripts of this scenario, also those without a value.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn baseline_transcripts(&self, ctx: &Context<'_>) -> Result<Vec<Transcript>> {
        behind(ctx, self.baseline.id, self.row.baseline_scenario_id).await
    }

    /// The candidate's complete transcripts of this scenario, also those without a value.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn candidate_transcripts(&self, ctx: &Context<'_>) -> Result<Vec<Transcript>> {
        behind(ctx, self.candidate.id, self.row.candidate_scenario_id).await
    }
}

async fn behind(ctx: &Context<'_>, run_model_id: Uuid, scenario_id: Option<Uuid>) -> Result<Vec<Transcript>> {
    let Some(scenario_id) = scenario_id else { return Ok(Vec::new()) };
    let found = rows(ctx).load_one(BehindKey { run_model_id, scenario_id }).await?;
    Ok(found.unwrap_or_default().into_iter().map(Transcript).collect())
}

/// The transcripts of a model on a scenario.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BehindKey {
    run_model_id: Uuid,
    scenario_id: Uuid,
}

impl Loader<BehindKey> for Rows {
    type Value = Vec<transcript::Model>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[BehindKey],
    ) -> Result<HashMap<BehindKey, Vec<transcript::Model>>, Arc<Error>> {
        let models: HashSet<Uuid> = keys.iter().map(|key| key.run_model_id).collect();
        let mut ids: HashMap<BehindKey, Vec<Uuid>> = HashMap::new();
        for run_model_id in models {
            let of_model = keys.iter().filter(|key| key.run_model_id == run_model_id);
            let scenarios: Vec<Uuid> = of_model.map(|key| key.scenario_id).collect();
            let found = compare::transcripts_behind(self.db(), run_model_id, &scenarios).await?;
            ids.extend(
                found.into_iter().map(|(scenario_id, ids)| (BehindKey { run_model_id, scenario_id }, ids)),
            );
        }
        let all: Vec<Uuid> = ids.values().flatten().copied().collect();
        let mut rows = HashMap::new();
        // A page of 500 scenarios may have thousands of transcripts, and a statement so many parameters.
        for chunk in all.chunks(1_000) {
            rows.extend(lookup::transcripts(self.db(), chunk).await?);
        }
        let of_key = |(key, ids): (BehindKey, Vec<Uuid>)| {
            (key, ids.iter().filter_map(|id| rows.get(id)).cloned().collect())
        };
        Ok(ids.into_iter().map(of_key).collect())
    }
}

connection! {
    /// A page of the scenarios of a comparison.
    ScenarioComparisonConnection,
    /// A scenario of a comparison with its place in the list.
    ScenarioComparisonEdge of ScenarioComparison
}
