//! Runs.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::{
    auth::{Action, Resource, authorize},
    decision::reread_blocked_because,
    export::csv::short_id,
    lifecycle::{Command, RunState, ShownStatus},
    probe::{ProbeFilter, TranscriptFilter},
    run::poll_after_ms,
};
use entity::run;

use super::{
    access::{actor, api, page_of, present, rows, visible_definition, visible_run},
    analysis::Analysis,
    assessment::Assessment,
    compare_query::{RunComparisons, comparisons_of},
    definition::Definition,
    diagnosis::Diagnosis,
    dimension_level::{DimensionLevelInput, digits_of},
    event::{RunEvent, RunEventConnection},
    findings::ModelFindings,
    gate::{Gate, StopReason},
    ids::parse_optional_id,
    judge::Judge,
    limits,
    loaders::{
        AllEvents, AssessmentsOf, ChildrenOf, DefinitionKey, DesignOf, DiagnosesOf, FindingsOf, GatesOf,
        JudgeOf, LimitsOf, ProgressOf, ReportOf, ReportsOf, RunKey,
    },
    probe::{Probe, ProbeConnection},
    report::Report,
    run_limits::RunLimits,
    run_model::{RunModel, RunProgress},
    run_settings::RunSettings,
    sample_design::SampleDesign,
    transcript::{Transcript, TranscriptConnection},
    user::{User, user_of},
    version::{DefinitionVersion, version_of},
    waiting::{RunEta, WaitingReason, eta_of, run_waits},
    words::{ProbeOutcome, ProbeStatus, RunStatus, RunType, SamplePlan},
};

/// One evaluation of a definition version against models.
#[derive(Clone)]
pub(crate) struct Run(pub(crate) run::Model);

/// One evaluation of a definition version against models.
#[Object]
impl Run {
    /// The run's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The tail of the id, as it stands in file names.
    async fn short_id(&self) -> String {
        short_id(self.0.id)
    }

    /// The definition that is asked; null for runs without one.
    async fn definition(&self, ctx: &Context<'_>) -> Result<Option<Definition>> {
        let Some(id) = self.0.definition_id else { return Ok(None) };
        let found = rows(ctx).load_one(DefinitionKey(id)).await?;
        Ok(Some(visible_definition(ctx, present(found, "definition")?)?))
    }

    /// The version that was frozen when the run was made; null for runs without a definition.
    async fn definition_version(&self, ctx: &Context<'_>) -> Result<Option<DefinitionVersion>> {
        match self.0.definition_version_id {
            Some(id) => Ok(Some(version_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// The run that this one repeats; null where it repeats none.
    async fn parent_run(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        let Some(id) = self.0.parent_run_id else { return Ok(None) };
        let found = rows(ctx).load_one(RunKey(id)).await?;
        Ok(Some(visible_run(ctx, present(found, "run")?)?))
    }

    /// Why it was made.
    async fn run_type(&self) -> RunType {
        self.0.run_type.into()
    }

    /// Where it stands.
    async fn status(&self) -> RunStatus {
        RunState::of(&self.0).shown().into()
    }

    /// Where a paused run stands; null where it is not paused.
    async fn paused_from(&self) -> Option<RunStatus> {
        let state = RunState::of(&self.0);
        let is_shown = state.shown() == ShownStatus::Paused;
        is_shown.then(|| RunState { is_paused: false, ..state }.shown().into())
    }

    /// True where nothing will change any more: also the last probe in flight has ended.
    async fn is_finished(&self) -> bool {
        self.0.status.is_terminal()
    }

    /// Why you cannot pause it, as a sentence; null: you can.
    async fn pause_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, Command::Pause)
    }

    /// Why you cannot resume it, as a sentence; null: you can.
    async fn resume_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, Command::Resume)
    }

    /// Why you cannot cancel it, as a sentence; null: you can.
    async fn cancel_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, Command::Cancel)
    }

    /// Why you cannot have its failed probes tried again, as a sentence; null: you can.
    async fn retry_failed_probes_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, Command::Reopen)
    }

    /// Why you cannot change its limits, as a sentence; null: you can.
    async fn set_run_limits_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, Command::ChangeLimits)
    }

    /// Why you cannot run it again, as a sentence; null: you can.
    async fn rerun_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let refusal = authorize(actor(ctx)?, Action::Create, Resource::Run(None)).err();
        let missing = self.0.definition_version_id.is_none().then(|| "It has no definition.".to_owned());
        Ok(refusal.map(|error| error.to_string()).or(missing))
    }

    /// Why you cannot have it read again by the reader of today, as a sentence; null: you can. Where all is
    /// read it looks at every transcript: ask for it when it is to be done, not while a run is watched.
    async fn reread_decisions_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(reread_blocked_because(&api(ctx).db, actor(ctx)?, &self.0).await?)
    }

    /// Why it is not worked on any more though nobody cancelled it; null: it is.
    async fn stop_reason(&self) -> Option<StopReason> {
        self.0.stop_reason.map(Into::into)
    }

    /// The points at which it waited, or waits, for a person; in the order in which they opened.
    async fn gates(&self, ctx: &Context<'_>) -> Result<Vec<Gate>> {
        let found = rows(ctx).load_one(GatesOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Gate).collect())
    }

    /// The model that reads what the deterministic reader cannot, and how far it is; null: it has none.
    async fn judge(&self, ctx: &Context<'_>) -> Result<Option<Judge>> {
        Ok(rows(ctx).load_one(JudgeOf(self.0.id)).await?.map(Judge::from))
    }

    /// What judges were asked about it when it was over, in order: marks, comparisons, values.
    async fn assessments(&self, ctx: &Context<'_>) -> Result<Vec<Assessment>> {
        let found = rows(ctx).load_one(AssessmentsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Assessment).collect())
    }

    /// Its repetitions, newest first, at most 100; `runs` with `parentRunId` lists all.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Run>> {
        let found = rows(ctx).load_one(ChildrenOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(|row| visible_run(ctx, row)).collect::<domain::Result<_>>()?)
    }

    /// What may change while it lives: money, deadline, calls at once.
    async fn limits(&self, ctx: &Context<'_>) -> Result<RunLimits> {
        RunLimits::of(ctx, self.0.id).await
    }

    /// The plan that it was made from, as `planRun` gives it; null for runs older than plans.
    async fn plan_hash(&self) -> Option<&str> {
        self.0.plan_hash.as_deref()
    }

    /// Which scenarios it asks.
    async fn sample_plan(&self) -> SamplePlan {
        self.0.sample_plan.into()
    }

    /// The fraction of the scenarios, as it was found when the run was made; null: it asks all, or a
    /// random share.
    async fn sample_design(&self, ctx: &Context<'_>) -> Result<Option<SampleDesign>> {
        Ok(rows(ctx).load_one(DesignOf(self.0.id)).await?.map(Into::into))
    }

    /// How the order of the options changes from probe to probe, with its version; null: it does not.
    async fn option_orders(&self) -> Option<&str> {
        self.0.option_orders.as_deref()
    }

    /// What was asked of each model.
    #[graphql(flatten)]
    async fn settings(&self) -> RunSettings {
        RunSettings::of(&self.0)
    }

    /// Runs of higher priority are served first; 0 is usual.
    async fn priority(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(present(rows(ctx).load_one(LimitsOf(self.0.id)).await?, "run's limits")?.priority)
    }

    /// Scenarios of the sample.
    async fn scenario_count(&self) -> i64 {
        self.0.scenario_count
    }

    /// The models, in the order in which the run was asked for them.
    async fn models(&self, ctx: &Context<'_>) -> Result<Vec<RunModel>> {
        let progress = present(rows(ctx).load_one(ProgressOf(self.0.id)).await?, "run's progress")?;
        Ok(progress.models.into_iter().map(|model| model.row.into()).collect())
    }

    /// How far it is. Made for polling: ask again after `pollAfterMs`.
    async fn progress(&self, ctx: &Context<'_>) -> Result<RunProgress> {
        let progress = present(rows(ctx).load_one(ProgressOf(self.0.id)).await?, "run's progress")?;
        Ok(RunProgress::of(progress, poll_after_ms(&self.0, api(ctx).config.poll_after_ms)))
    }

    /// Why it stands still as a whole: nothing that is queued can be claimed. Null: it moves, or is
    /// over. `models { waitingBecause }` says it model by model.
    #[graphql(complexity = "10 + child_complexity")]
    async fn waiting_because(&self, ctx: &Context<'_>) -> Result<Option<WaitingReason>> {
        match self.0.status.is_terminal() {
            true => Ok(None),
            false => run_waits(ctx, self.0.id).await,
        }
    }

    /// When it will probably be over; null: it is, or every probe has ended. Costs the same however
    /// large the run.
    #[graphql(complexity = "20 + child_complexity")]
    async fn eta(&self, ctx: &Context<'_>) -> Result<Option<RunEta>> {
        match self.0.status.is_terminal() {
            true => Ok(None),
            false => eta_of(ctx, self.0.id).await,
        }
    }

    /// What it found, kept since it ended or its decisions changed. Null: it has no definition.
    #[graphql(complexity = "50 + child_complexity")]
    async fn analysis(&self, ctx: &Context<'_>) -> Result<Option<Analysis>> {
        Analysis::of_run(ctx, &self.0).await
    }

    /// What it found so far, model by model: from its analysis where that holds, else from every decision.
    #[graphql(complexity = "200 + child_complexity * 4")]
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<ModelFindings>> {
        let found = rows(ctx).load_one(FindingsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(ModelFindings::from).collect())
    }

    /// All pairs of its models beside each other, on the scenarios that they share.
    #[graphql(complexity = "500 + child_complexity * 10")]
    async fn comparisons(&self, ctx: &Context<'_>) -> Result<RunComparisons> {
        comparisons_of(ctx, &self.0).await
    }

    /// Why its probes failed, by cause, most frequent first: as kept when it ended, else of all that failed.
    #[graphql(complexity = "100 + child_complexity * 4")]
    async fn diagnoses(&self, ctx: &Context<'_>) -> Result<Vec<Diagnosis>> {
        let found = rows(ctx).load_one(DiagnosesOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Diagnosis::from).collect())
    }

    /// Its final document, as it ended last; written now where it is missing. Null: it has never ended.
    #[graphql(complexity = "100 + child_complexity")]
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        Ok(rows(ctx).load_one(ReportOf(self.0.id)).await?.map(Report::from))
    }

    /// Its final documents, one for each time that it ended, oldest first.
    #[graphql(complexity = "100 + child_complexity * 4")]
    async fn reports(&self, ctx: &Context<'_>) -> Result<Vec<Report>> {
        let found = rows(ctx).load_one(ReportsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Report::from).collect())
    }

    /// Its probes, in order.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn probes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this status.")] status: Option<ProbeStatus>,
        #[graphql(desc = "Of this model of the run (`RunModel.id`).")] run_model_id: Option<ID>,
        #[graphql(desc = "Of this scenario.")] scenario_id: Option<ID>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ProbeConnection> {
        let filter = ProbeFilter {
            status: status.map(Into::into),
            run_model_id: parse_optional_id("runModelId", run_model_id.as_ref())?,
            scenario_id: parse_optional_id("scenarioId", scenario_id.as_ref())?,
        };
        let (found, is_continued) = page_of(ctx, self.0.id, filter, first, after).await?;
        Ok(ProbeConnection::of(found, is_continued, |row| Ok(Probe(row)))?)
    }

    /// Its transcripts, in the order of their probes.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "one argument of the schema each")]
    async fn transcripts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this model of the run (`RunModel.id`).")] run_model_id: Option<ID>,
        #[graphql(desc = "Of this scenario.")] scenario_id: Option<ID>,
        #[graphql(desc = "With this outcome.")] outcome: Option<ProbeOutcome>,
        #[graphql(desc = "That decided this (`Decision.value`).")] decision: Option<String>,
        #[graphql(desc = "Of scenarios in which a dimension has this level.")] level: Option<
            DimensionLevelInput,
        >,
        #[graphql(desc = "Also conversations that broke off.", default)] with_partial: bool,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<TranscriptConnection> {
        let filter = TranscriptFilter {
            run_model_id: parse_optional_id("runModelId", run_model_id.as_ref())?,
            scenario_id: parse_optional_id("scenarioId", scenario_id.as_ref())?,
            outcome: outcome.map(Into::into),
            decision,
            level: digits_of(ctx, self.0.definition_version_id, level).await?,
            with_partial,
        };
        let (found, is_continued) = page_of(ctx, self.0.id, filter, first, after).await?;
        Ok(TranscriptConnection::of(found, is_continued, |row| Ok(Transcript(row)))?)
    }

    /// Its history, oldest first, without gaps.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<RunEventConnection> {
        let (found, is_continued) = page_of(ctx, self.0.id, AllEvents, first, after).await?;
        Ok(RunEventConnection::of(found, is_continued, |row| Ok(RunEvent::from(row)))?)
    }

    /// Who started it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.0.created_by).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the last of its probes was queued; null: not yet.
    async fn queued_at(&self) -> Option<DateTime<Utc>> {
        self.0.queued_at
    }

    /// When its first probe was claimed; null: not yet.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it ended, however it ended; null: not yet.
    async fn completed_at(&self) -> Option<DateTime<Utc>> {
        self.0.completed_at
    }

    /// When it was last looked at or exported, to a few seconds; null: never.
    async fn last_accessed_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_accessed_at
    }

    /// Where its CSV is downloaded, on this server.
    async fn csv_url(&self) -> String {
        format!("/api/export/run/{}/csv", self.0.id)
    }
}
