//! Probes.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::run::combination_of;
use entity::probe;
use uuid::Uuid;

use super::{
    access::{present, rows, visible_run},
    attempt::Attempt,
    connection::connection,
    diagnosis::ProbeDiagnosis,
    loaders::{AttemptsOf, DiagnosisOf, RunKey, TranscriptOf, TurnsOf},
    run::Run,
    run_model::{RunModel, run_model_of},
    scenario::Scenario,
    transcript::Transcript,
    turn::Turn,
    version::version_of,
    waiting::{WaitingReason, probe_waits},
    words::{ProbeOutcome, ProbeStatus},
};

/// One unit of work of a run: scenario × model × sample index.
#[derive(Clone)]
pub(crate) struct Probe(pub(crate) probe::Model);

/// One unit of work of a run: scenario × model × sample index.
#[Object]
impl Probe {
    /// The probe's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its place in the run, from 0.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// The run it belongs to.
    async fn run(&self, ctx: &Context<'_>) -> Result<Run> {
        run_of(ctx, self.0.run_id).await
    }

    /// The model that is asked.
    async fn run_model(&self, ctx: &Context<'_>) -> Result<RunModel> {
        run_model_of(ctx, self.0.run_model_id).await
    }

    /// What it is asked.
    async fn scenario(&self, ctx: &Context<'_>) -> Result<Scenario> {
        scenario_of(ctx, self.0.run_id, self.0.scenario_id).await
    }

    /// Which repetition of the scenario, from 0.
    async fn sample_index(&self) -> i32 {
        self.0.sample_index
    }

    /// Where it stands.
    async fn status(&self) -> ProbeStatus {
        self.0.status.into()
    }

    /// What became of it; null where it has not succeeded.
    async fn outcome(&self) -> Option<ProbeOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// Failed tries so far; waiting for a rate limit does not count.
    async fn attempt_count(&self) -> i32 {
        self.0.attempt_count
    }

    /// Turns that were answered so far.
    async fn turn_count(&self) -> i32 {
        self.0.turn_count
    }

    /// Every try, in order of time.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<Attempt>> {
        attempts_of(ctx, self.0.id).await
    }

    /// The turns that were answered so far, in order.
    async fn turns(&self, ctx: &Context<'_>) -> Result<Vec<Turn>> {
        let found = rows(ctx).load_one(TurnsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Turn::from).collect())
    }

    /// Its complete transcript; null where there is none yet, or none at all.
    async fn transcript(&self, ctx: &Context<'_>) -> Result<Option<Transcript>> {
        Ok(rows(ctx).load_one(TranscriptOf(self.0.id)).await?.map(Transcript))
    }

    /// Why it failed or waits for another try, as a word, e.g. `server`; null: neither.
    async fn error_category(&self) -> Option<&str> {
        self.0.error_category.as_deref()
    }

    /// Why it failed or waits for another try, in words; null: neither.
    async fn error_message(&self) -> Option<&str> {
        self.0.error_message.as_deref()
    }

    /// Why it failed, by rules, and what to do; null where it has not failed.
    #[graphql(complexity = "3 + child_complexity")]
    async fn diagnosis(&self, ctx: &Context<'_>) -> Result<Option<ProbeDiagnosis>> {
        Ok(rows(ctx).load_one(DiagnosisOf(self.0.id)).await?.map(ProbeDiagnosis::from))
    }

    /// Where it is queued: not to be claimed before this time.
    async fn not_before(&self) -> DateTime<Utc> {
        self.0.run_at
    }

    /// Where it is queued: why it is not in flight. Null: it is, or it has ended.
    #[graphql(complexity = "5 + child_complexity")]
    async fn waiting_because(&self, ctx: &Context<'_>) -> Result<Option<WaitingReason>> {
        match self.0.status {
            entity::QueueStatus::Queued => probe_waits(ctx, self.0.id).await,
            _ => Ok(None),
        }
    }

    /// When it was first claimed; null: not yet.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it ended; null: not yet.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// The run that a row belongs to.
pub(crate) async fn run_of(ctx: &Context<'_>, run_id: Uuid) -> Result<Run> {
    let found = rows(ctx).load_one(RunKey(run_id)).await?;
    Ok(visible_run(ctx, present(found, "run")?)?)
}

/// Every try at a probe.
pub(crate) async fn attempts_of(ctx: &Context<'_>, probe_id: Uuid) -> Result<Vec<Attempt>> {
    let found = rows(ctx).load_one(AttemptsOf(probe_id)).await?.unwrap_or_default();
    Ok(found.into_iter().map(Attempt::from).collect())
}

/// A scenario of a run, made again from the version that the run froze.
pub(crate) async fn scenario_of(ctx: &Context<'_>, run_id: Uuid, scenario_id: Uuid) -> Result<Scenario> {
    let run = run_of(ctx, run_id).await?;
    let version_id = present(run.0.definition_version_id, "definition version")?;
    let version = version_of(ctx, version_id).await?;
    let expansion = version.0.expansion().await?;
    Ok(Scenario { version_id: Some(version_id), combination: combination_of(scenario_id), expansion })
}

connection! {
    /// A page of the probes of a run, in order.
    ProbeConnection,
    /// A probe with its place in the list.
    ProbeEdge of Probe
}
