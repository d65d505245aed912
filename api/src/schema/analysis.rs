//! The analysis of a run: where it stands, and what it says.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    analysis::{self as found, Kind, Standing},
    page::{Page, PageRequest, number_cursor},
    run::{Commanded, scenario_id},
};
use entity::analysis;
use uuid::Uuid;

use super::{
    access::{actor, api, page, rows},
    analysis_between::{DimensionEffects, ModelAgreement},
    analysis_parts::ModelAnalysis,
    analysis_superseded::SupersededAnalysis,
    connection::connection,
    ids::parse_id,
    limits,
    loaders::AnalysisOf,
    run::Run,
    run_mutation::RunCommandPayload,
};

/// Where an analysis stands.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "found::State")]
pub(crate) enum AnalysisState {
    /// There is none, and nobody has asked for one: the run goes on.
    None,
    /// It is asked for.
    Queued,
    /// It is being computed.
    Running,
    /// It holds.
    Ready,
    /// Decisions have changed since; a new one is asked for where the run is over.
    Stale,
    /// It could not be computed: see `failureReason`.
    Failed,
}

/// What the numbers of decisions are.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "found::Measure")]
pub(crate) enum AnalysisMeasure {
    /// Points of a scale.
    Scale,
    /// The scores of choices.
    ChoiceScore,
    /// 1 where the decision is the right one, else 0.
    Correct,
    /// Decisions have no numbers.
    None,
}

/// What a run found: computed when it ends and when its decisions change, and kept.
pub(crate) struct Analysis {
    standing: Standing,
    run_id: Uuid,
    version_id: Uuid,
}

impl Analysis {
    /// The analysis of a run; None for runs without a definition.
    pub(crate) async fn of_run(ctx: &Context<'_>, run: &entity::run::Model) -> Result<Option<Self>> {
        let Some(version_id) = run.definition_version_id else { return Ok(None) };
        let standing = rows(ctx).load_one(AnalysisOf(run.id)).await?;
        Ok(standing.map(|standing| Self { standing, run_id: run.id, version_id }))
    }

    fn found(&self) -> Option<&found::RunAnalysis> {
        self.standing.found.as_ref()
    }

    fn row(&self) -> Option<&analysis::Model> {
        self.standing.row.as_ref()
    }
}

/// What a run found: computed when it ends and when its decisions change, and kept. While a new one is
/// computed the last one is shown.
#[Object]
impl Analysis {
    /// Where it stands.
    async fn state(&self) -> AnalysisState {
        self.standing.state.into()
    }

    /// Whether what is shown is of the decisions as they are now.
    async fn is_current(&self) -> bool {
        self.row().is_some_and(|row| found::is_fresh(row, &self.standing.input_sha256))
    }

    /// When what is shown was computed; null: there is none yet.
    async fn computed_at(&self) -> Option<DateTime<Utc>> {
        self.row().map(|row| row.created_at)
    }

    /// How long that took, in milliseconds, without what is drawn at random.
    async fn computed_ms(&self) -> Option<i64> {
        self.row().map(|row| row.computed_ms)
    }

    /// The SHA-256, in hex, of what it was computed from; it changes with every decision.
    async fn input_hash(&self) -> Option<&str> {
        self.row().map(|row| row.input_sha256.as_str())
    }

    /// The version of Probity, and of the computation, that made it.
    async fn code_version(&self) -> Option<&str> {
        self.row().map(|row| row.code_version.as_str())
    }

    /// Why it could not be computed; null: it could.
    async fn failure_reason(&self) -> Option<&str> {
        self.row().and_then(|row| row.failure_reason.as_deref())
    }

    /// Earlier ones, which no longer hold; newest first.
    #[graphql(complexity = "20 + child_complexity * 10")]
    async fn superseded(&self, ctx: &Context<'_>) -> Result<Vec<SupersededAnalysis>> {
        let rows = found::superseded(&api(ctx).db, Kind::Run, &self.run_id.to_string()).await?;
        Ok(rows.into_iter().map(SupersededAnalysis::from).collect())
    }

    /// The confidence of every interval, as a fraction; null where there is nothing to show.
    async fn confidence(&self) -> Option<f64> {
        self.found().map(|found| found.confidence)
    }

    /// What the numbers of the decisions are.
    async fn measure(&self) -> Option<AnalysisMeasure> {
        self.found().map(|found| found.measure.into())
    }

    /// The lowest number that a decision can have; null where none has one.
    async fn range_low(&self) -> Option<f64> {
        self.found()?.range.map(|(low, _)| low)
    }

    /// The highest number that a decision can have; null where none has one.
    async fn range_high(&self) -> Option<f64> {
        self.found()?.range.map(|(_, high)| high)
    }

    /// What each model decided, in the order in which the run was asked for them.
    #[graphql(complexity = "10 + child_complexity * 4")]
    async fn models(&self) -> Vec<ModelAnalysis> {
        self.found()
            .map_or_else(Vec::new, |found| found.models.iter().cloned().map(ModelAnalysis::from).collect())
    }

    /// Who agrees with whom; null where fewer than two models decided, or decisions cannot be compared.
    #[graphql(complexity = "10 + child_complexity * 4")]
    async fn agreement(&self) -> Option<ModelAgreement> {
        let found = self.found()?;
        let drawn = self.standing.resampled.as_ref().and_then(|drawn| drawn.alpha.clone());
        found.agreement.clone().map(|agreement| ModelAgreement::of(agreement, drawn))
    }

    /// The scenarios that divide the models, the most contested first; those on which all agree are left
    /// out, and no more than 1,000 are kept.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn contested_scenarios(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ContestedScenarioConnection> {
        let request: PageRequest = page(ctx, first, after)?;
        let start = request.after_number()?.map_or(0, |last| usize::try_from(last + 1).unwrap_or(0));
        let kept = self.found().map_or(&[][..], |found| &found.contested);
        let wanted = usize::try_from(request.first).unwrap_or(0) + 1;
        let rows: Vec<(usize, &found::Contested)> =
            kept.iter().enumerate().skip(start).take(wanted).collect();
        let cursor =
            |(place, _): &(usize, &found::Contested)| number_cursor(i64::try_from(*place).unwrap_or(0));
        let page = Page::of(rows, request.first, kept.len() as u64, cursor);
        let models: Vec<Uuid> = self
            .found()
            .map_or_else(Vec::new, |found| found.models.iter().map(|model| model.run_model_id).collect());
        let node = |(_, row): (usize, &found::Contested)| Ok(self.contested(row, &models));
        Ok(ContestedScenarioConnection::of(page, request.after.is_some(), node)?)
    }

    /// Scenarios that two models or more decided.
    async fn compared_scenario_count(&self) -> Option<u64> {
        self.found().map(|found| found.contested_count)
    }

    /// What moved the decisions: over all models first, then model by model. Empty where no dimension
    /// varies, or it could not be computed: `warnings` says why.
    #[graphql(complexity = "20 + child_complexity * 4")]
    async fn dimension_effects(&self) -> Vec<DimensionEffects> {
        self.found().map_or_else(Vec::new, |found| {
            found.effects.iter().cloned().map(DimensionEffects::from).collect()
        })
    }

    /// What to know before relying on it, and why something is missing (`NOT_COMPUTED`).
    async fn warnings(&self) -> Vec<AnalysisWarning> {
        let notes = self.found().map_or(&[][..], |found| &found.notes);
        notes.iter().cloned().map(AnalysisWarning::from).collect()
    }

    /// How everything was computed: names, versions, seeds.
    async fn methods(&self) -> Vec<AnalysisMethod> {
        let own = self.found().map_or(&[][..], |found| &found.methods);
        let drawn = self.standing.resampled.as_ref().and_then(|drawn| drawn.alpha.as_ref());
        let drawn = drawn.map(|alpha| found::MethodUse {
            about: "interval of the agreement of all models".into(),
            method: alpha.method.clone(),
        });
        own.iter().cloned().chain(drawn).map(AnalysisMethod::from).collect()
    }
}

impl Analysis {
    fn contested(&self, row: &found::Contested, models: &[Uuid]) -> ContestedScenario {
        let decided = models.iter().zip(&row.decided).filter_map(|(model, decided)| {
            let decided = decided.as_ref()?;
            Some(ContestedDecision {
                run_model_id: (*model).into(),
                mean: decided.mean,
                value: decided.value.clone(),
                n: decided.n,
            })
        });
        ContestedScenario {
            scenario_id: scenario_id(self.version_id, row.combination).into(),
            key: row.key.clone(),
            combination: row.combination,
            model_count: row.models,
            disagreement: row.disagreement,
            decisions: decided.collect(),
        }
    }
}

/// A scenario that divides the models.
#[derive(SimpleObject)]
pub(crate) struct ContestedScenario {
    /// For the filter of `transcripts`.
    scenario_id: ID,
    /// Its key.
    key: String,
    /// Its number among all combinations of levels.
    combination: u64,
    /// Models that decided it.
    model_count: u64,
    /// Standard deviation between the models' means; where decisions have no numbers, the chance that
    /// samples of two models differ.
    disagreement: f64,
    /// What each model made of it; those that did not decide it are left out.
    decisions: Vec<ContestedDecision>,
}

/// What a model made of a scenario.
#[derive(SimpleObject)]
pub(crate) struct ContestedDecision {
    /// The model (`RunModel.id`).
    run_model_id: ID,
    /// The mean of its samples' numbers; null where they have none.
    mean: Option<f64>,
    /// What most of its samples decided; of several the first.
    value: String,
    /// Samples that decided.
    n: u64,
}

connection! {
    /// A page of scenarios that divide the models, the most contested first.
    ContestedScenarioConnection,
    /// A scenario with its place in the list.
    ContestedScenarioEdge of ContestedScenario
}

/// What to know before relying on an analysis, or why something is missing in it.
#[derive(SimpleObject)]
pub(crate) struct AnalysisWarning {
    /// A stable code, e.g. `SMALL_SAMPLE`; `NOT_COMPUTED`: it is missing.
    code: String,
    /// What it is about, e.g. `score`.
    about: String,
    /// For people.
    message: String,
    /// The models that it is about (`RunModel.id`); empty: all.
    run_model_ids: Vec<ID>,
}

impl From<found::Note> for AnalysisWarning {
    fn from(note: found::Note) -> Self {
        Self {
            code: note.code,
            about: note.about,
            message: note.message,
            run_model_ids: note.run_model_ids.into_iter().map(Into::into).collect(),
        }
    }
}

/// How something was computed.
#[derive(SimpleObject)]
pub(crate) struct AnalysisMethod {
    /// What for.
    about: String,
    /// The method's name.
    name: String,
    /// Its version: it changes where the same data would give other figures.
    version: u32,
    /// What was drawn from; null where nothing was drawn.
    seed: Option<String>,
    /// How often was drawn; null where nothing was drawn.
    rounds: Option<u64>,
}

impl From<found::MethodUse> for AnalysisMethod {
    fn from(used: found::MethodUse) -> Self {
        Self {
            about: used.about,
            name: used.method.name,
            version: used.method.version,
            // Beyond 2^53, a number would lose digits in many a client.
            seed: used.method.seed.map(|seed| seed.to_string()),
            rounds: used.method.rounds,
        }
    }
}

/// A run to be analysed.
#[derive(InputObject)]
pub(crate) struct AnalyzeRunInput {
    /// Which run.
    run_id: ID,
}

/// What can be done about analyses.
#[derive(Default)]
pub(crate) struct AnalysisMutation;

/// Everything that can be changed.
#[Object]
impl AnalysisMutation {
    /// Has a run analysed in the background, also one that goes on. Nothing happens where the analysis
    /// holds. Runs that are over are analysed by themselves.
    async fn analyze_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: AnalyzeRunInput,
    ) -> Result<RunCommandPayload> {
        let run_id = parse_id("runId", &input.run_id)?;
        let commanded = Commanded { actor: actor(ctx)?, run_id, client_token: None };
        Ok(RunCommandPayload { run: Run(found::analyze(&api(ctx).db, commanded).await?) })
    }
}
