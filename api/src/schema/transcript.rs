//! Conversations.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::{
    decision::correction_blocked_because,
    definition::option_values,
    export::markdown,
    probe::{Side, TranscriptFilter, neighbour},
    run::OptionOrders,
};
use entity::{transcript, turn};

use super::{
    access::{actor, api, present, rows},
    attempt::Attempt,
    connection::connection,
    decision::Decision,
    ids::{parse_optional_id, usd},
    loaders::{DecisionOf, DecisionsOf, ProbeKey, ScoresOf, TurnsOf, ValuesOf},
    probe::{Probe, attempts_of, run_of, scenario_of},
    run::Run,
    run_model::{RunModel, run_model_of},
    scenario::Scenario,
    score::Score,
    turn::Turn,
    value::ValueReading,
    version::{DefinitionVersion, version_of},
    words::{ProbeOutcome, TranscriptEnding},
};

/// Why a version is missing, in words that can stand beside it.
const VERSION_UNKNOWN: &str = "The provider's answers did not say which version of the model wrote them.";

/// Which transcripts of a run are wanted; what is left out does not matter.
#[derive(Default, InputObject)]
pub(crate) struct TranscriptFilterInput {
    /// Of this model of the run (`RunModel.id`).
    run_model_id: Option<ID>,
    /// Of this scenario.
    scenario_id: Option<ID>,
    /// With this outcome.
    outcome: Option<ProbeOutcome>,
    /// That decided this (`Decision.value`).
    decision: Option<String>,
    /// Also conversations that broke off.
    #[graphql(default)]
    with_partial: bool,
}

impl TranscriptFilterInput {
    fn decoded(self) -> domain::Result<TranscriptFilter> {
        Ok(TranscriptFilter {
            run_model_id: parse_optional_id("among.runModelId", self.run_model_id.as_ref())?,
            scenario_id: parse_optional_id("among.scenarioId", self.scenario_id.as_ref())?,
            outcome: self.outcome.map(Into::into),
            decision: self.decision,
            level: None,
            with_partial: self.with_partial,
        })
    }
}

/// The conversation a probe produced, complete or partial; immutable.
#[derive(Clone)]
pub(crate) struct Transcript(pub(crate) transcript::Model);

/// The conversation a probe produced, complete or partial; immutable.
#[Object]
impl Transcript {
    /// The transcript's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The probe that produced it.
    async fn probe(&self, ctx: &Context<'_>) -> Result<Probe> {
        Ok(Probe(present(rows(ctx).load_one(ProbeKey(self.0.probe_id)).await?, "probe")?))
    }

    /// The run it belongs to.
    async fn run(&self, ctx: &Context<'_>) -> Result<Run> {
        run_of(ctx, self.0.run_id).await
    }

    /// The model that was asked.
    async fn run_model(&self, ctx: &Context<'_>) -> Result<RunModel> {
        run_model_of(ctx, self.0.run_model_id).await
    }

    /// The version that answered, as the provider says; null where it does not.
    async fn model_version(&self) -> Option<&str> {
        self.0.model_version.as_deref()
    }

    /// Why the version is not known, as a sentence; null: it is known.
    async fn model_version_unknown_because(&self) -> Option<&str> {
        self.0.model_version.is_none().then_some(VERSION_UNKNOWN)
    }

    /// What was asked.
    async fn scenario(&self, ctx: &Context<'_>) -> Result<Scenario> {
        scenario_of(ctx, self.0.run_id, self.0.scenario_id).await
    }

    /// The definition as it was when the run was made.
    async fn definition_snapshot(&self, ctx: &Context<'_>) -> Result<DefinitionVersion> {
        let run = run_of(ctx, self.0.run_id).await?;
        version_of(ctx, present(run.0.definition_version_id, "definition version")?).await
    }

    /// False: the conversation broke off, because a later turn failed for good.
    async fn is_complete(&self) -> bool {
        self.0.is_complete
    }

    /// Its line in the ledger; null where the conversation broke off.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<Option<ProbeOutcome>> {
        if !self.0.is_complete {
            return Ok(None);
        }
        let probe = present(rows(ctx).load_one(ProbeKey(self.0.probe_id)).await?, "probe")?;
        Ok(probe.outcome.map(Into::into))
    }

    /// How the conversation ended.
    async fn ending(&self) -> TranscriptEnding {
        self.0.outcome.into()
    }

    /// What it decided, by the reading in force; null where there was nothing to read.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let found = rows(ctx).load_one(DecisionOf(self.0.id)).await?;
        Ok(found.map(|row| Decision::of(row, self.0.probe_id)))
    }

    /// Everything it was read as, oldest first: what was read before a correction or a judge stays.
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<Decision>> {
        let found = rows(ctx).load_one(DecisionsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(|row| Decision::of(row, self.0.probe_id)).collect())
    }

    /// Why you cannot correct its decision, as a sentence; null: you can.
    async fn correct_decision_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let run = run_of(ctx, self.0.run_id).await?;
        Ok(correction_blocked_because(actor(ctx)?, &run.0, &self.0))
    }

    /// What the scorers said of it, by name, and then in the order in which they said it: what was
    /// scored before stays.
    async fn scores(&self, ctx: &Context<'_>) -> Result<Vec<Score>> {
        let found = rows(ctx).load_one(ScoresOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Score::from).collect())
    }

    /// What it does with the values of its definition, by value: readings in force, or all of them.
    async fn values(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also readings that others replaced, oldest first.", default)] with_replaced: bool,
    ) -> Result<Vec<ValueReading>> {
        let found = rows(ctx).load_one(ValuesOf(self.0.id)).await?.unwrap_or_default();
        let wanted =
            found.into_iter().filter(|row| with_replaced || row.is_in_force && row.outcome.is_some());
        Ok(wanted.map(ValueReading).collect())
    }

    /// Its turns, in order.
    async fn turns(&self, ctx: &Context<'_>) -> Result<Vec<Turn>> {
        Ok(self.turn_rows(ctx).await?.into_iter().map(Turn::from).collect())
    }

    /// The whole conversation as Markdown, the system prompt first.
    async fn content(&self, ctx: &Context<'_>) -> Result<String> {
        let scenario = scenario_of(ctx, self.0.run_id, self.0.scenario_id).await?;
        let order = self.orders(ctx, &scenario).await?.map(|orders| orders.at(self.0.seq));
        let system = match order {
            Some(order) => scenario.expansion.prompts_in_order(scenario.combination, &order).system,
            None => scenario.expansion.prompts(scenario.combination).system,
        };
        Ok(markdown::conversation(system.as_deref(), &self.turn_rows(ctx).await?))
    }

    /// The options in the order in which it listed them; null: as the definition lists them.
    async fn option_order(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        let scenario = scenario_of(ctx, self.0.run_id, self.0.scenario_id).await?;
        let Some(orders) = self.orders(ctx, &scenario).await? else { return Ok(None) };
        let values = option_values(&scenario.expansion.content().decision);
        Ok(Some(orders.at(self.0.seq).into_iter().filter_map(|place| values.get(place).cloned()).collect()))
    }

    /// Every try at its probe, in order of time.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<Attempt>> {
        attempts_of(ctx, self.0.probe_id).await
    }

    /// Answered turns.
    async fn turn_count(&self) -> i32 {
        self.0.turn_count
    }

    /// Words of all answers.
    async fn word_count(&self) -> i64 {
        self.0.word_count
    }

    /// Input tokens of all turns; null where the provider did not count them all.
    async fn input_tokens(&self) -> Option<i64> {
        self.0.input_tokens
    }

    /// Output tokens of all turns; null where the provider did not count them all.
    async fn output_tokens(&self) -> Option<i64> {
        self.0.output_tokens
    }

    /// What it cost, in US dollars; null where no price or count is known.
    async fn cost_usd(&self) -> Option<f64> {
        self.0.cost_usd_micros.map(usd)
    }

    /// Time spent waiting for the provider, in milliseconds.
    async fn latency_ms(&self) -> i64 {
        self.0.latency_ms
    }

    /// When the first turn was sent.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When the last answer was complete.
    async fn completed_at(&self) -> DateTime<Utc> {
        self.0.finished_at
    }

    /// From `startedAt` to `completedAt`, pauses between turns included, in milliseconds.
    async fn duration_ms(&self) -> i64 {
        (self.0.finished_at - self.0.started_at).num_milliseconds()
    }

    /// The one before it in its run, among those that are wanted; null: it is the first.
    #[graphql(complexity = "20 + child_complexity")]
    async fn previous(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null: all complete ones.")] among: Option<TranscriptFilterInput>,
    ) -> Result<Option<Transcript>> {
        self.neighbour(ctx, among, Side::Previous).await
    }

    /// The one behind it in its run, among those that are wanted; null: it is the last.
    #[graphql(complexity = "20 + child_complexity")]
    async fn next(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null: all complete ones.")] among: Option<TranscriptFilterInput>,
    ) -> Result<Option<Transcript>> {
        self.neighbour(ctx, among, Side::Next).await
    }

    /// When it was last looked at, to a few seconds; null: never.
    async fn last_accessed_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_accessed_at
    }
}

impl Transcript {
    async fn orders(&self, ctx: &Context<'_>, scenario: &Scenario) -> Result<Option<OptionOrders>> {
        let run = run_of(ctx, self.0.run_id).await?;
        Ok(OptionOrders::of(&run.0, &scenario.expansion.content().decision)?)
    }

    async fn neighbour(
        &self,
        ctx: &Context<'_>,
        among: Option<TranscriptFilterInput>,
        side: Side,
    ) -> Result<Option<Transcript>> {
        let filter = among.unwrap_or_default().decoded()?;
        Ok(neighbour(&api(ctx).db, &self.0, &filter, side).await?.map(Transcript))
    }

    async fn turn_rows(&self, ctx: &Context<'_>) -> Result<Vec<turn::Model>> {
        let mut turns = rows(ctx).load_one(TurnsOf(self.0.probe_id)).await?.unwrap_or_default();
        // A partial transcript ends where its conversation did.
        turns.retain(|turn| turn.turn_index < self.0.turn_count);
        Ok(turns)
    }
}

connection! {
    /// A page of the transcripts of a run, in the order of their probes.
    TranscriptConnection,
    /// A transcript with its place in the list.
    TranscriptEdge of Transcript
}
