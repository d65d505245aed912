//! What can be read of runs.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::{
    access::Accessed,
    auth::Resource,
    probe::{self, ProbeFilter, TranscriptFilter},
    run::{self, RunFilter},
};

use super::{
    access::{api, may_read, page, visible_run},
    connection::connection,
    event::{RunEvent, RunEventConnection},
    ids::{parse_id, parse_optional_id},
    limits,
    probe::{Probe, ProbeConnection},
    run::Run,
    transcript::{Transcript, TranscriptConnection},
    words::{ProbeOutcome, ProbeStatus, RunStatus},
};

/// Which runs are wanted; what is left out does not matter.
#[derive(Default, InputObject)]
pub(crate) struct RunFilterInput {
    /// In any of these statuses, as shown.
    statuses: Option<Vec<RunStatus>>,
    /// Of this definition, whatever the version.
    definition_id: Option<ID>,
    /// With a model of this provider; with `modelId`: with that model of it.
    provider_id: Option<String>,
    /// With this model, whatever its version.
    model_id: Option<String>,
    /// Started by this user.
    created_by: Option<ID>,
    /// In the definition's name, description or tags, whatever the case; or a run's whole id.
    text: Option<String>,
    /// Repetitions of this run.
    parent_run_id: Option<ID>,
}

impl RunFilterInput {
    fn decoded(self) -> domain::Result<RunFilter> {
        Ok(RunFilter {
            statuses: self.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            definition_id: parse_optional_id("filter.definitionId", self.definition_id.as_ref())?,
            provider_id: self.provider_id,
            model_id: self.model_id,
            created_by: parse_optional_id("filter.createdBy", self.created_by.as_ref())?,
            text: self.text,
            parent_run_id: parse_optional_id("filter.parentRunId", self.parent_run_id.as_ref())?,
        })
    }
}

/// What can be read of runs.
#[derive(Default)]
pub(crate) struct RunQuery;

/// Everything that can be read.
#[Object]
impl RunQuery {
    /// One run.
    async fn run(&self, ctx: &Context<'_>, #[graphql(desc = "The run's id.")] id: ID) -> Result<Run> {
        may_read(ctx, Resource::Run(None))?;
        let api = api(ctx);
        let shown = visible_run(ctx, run::find(&api.db, parse_id("id", &id)?).await?)?;
        api.access.note(Accessed::Run(shown.0.id));
        Ok(shown)
    }

    /// Runs, newest first.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null: all.")] filter: Option<RunFilterInput>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<RunConnection> {
        may_read(ctx, Resource::Run(None))?;
        let request = page(ctx, first, after)?;
        let filter = filter.unwrap_or_default().decoded()?;
        let found = run::list(&api(ctx).db, &filter, &request).await?;
        Ok(RunConnection::of(found, request.after.is_some(), |row| visible_run(ctx, row))?)
    }

    /// The probes of a run, in order.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "one argument of the schema each")]
    async fn probes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] run_id: ID,
        #[graphql(desc = "In this status.")] status: Option<ProbeStatus>,
        #[graphql(desc = "Of this model of the run (`RunModel.id`).")] run_model_id: Option<ID>,
        #[graphql(desc = "Of this scenario.")] scenario_id: Option<ID>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ProbeConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let filter = ProbeFilter {
            status: status.map(Into::into),
            run_model_id: parse_optional_id("runModelId", run_model_id.as_ref())?,
            scenario_id: parse_optional_id("scenarioId", scenario_id.as_ref())?,
        };
        let run = visible_run(ctx, run::find(db, parse_id("runId", &run_id)?).await?)?;
        let found = probe::list(db, run.0.id, &filter, &request).await?;
        Ok(ProbeConnection::of(found, request.after.is_some(), |row| Ok(Probe(row)))?)
    }

    /// The transcripts of a run, in the order of their probes.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "one argument of the schema each")]
    async fn transcripts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] run_id: ID,
        #[graphql(desc = "Of this model of the run (`RunModel.id`).")] run_model_id: Option<ID>,
        #[graphql(desc = "Of this scenario.")] scenario_id: Option<ID>,
        #[graphql(desc = "With this outcome.")] outcome: Option<ProbeOutcome>,
        #[graphql(desc = "That decided this (`Decision.value`).")] decision: Option<String>,
        #[graphql(desc = "Also conversations that broke off.", default)] with_partial: bool,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<TranscriptConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let filter = TranscriptFilter {
            run_model_id: parse_optional_id("runModelId", run_model_id.as_ref())?,
            scenario_id: parse_optional_id("scenarioId", scenario_id.as_ref())?,
            outcome: outcome.map(Into::into),
            decision,
            level: None,
            with_partial,
        };
        let run = visible_run(ctx, run::find(db, parse_id("runId", &run_id)?).await?)?;
        let found = probe::transcripts(db, run.0.id, &filter, &request).await?;
        Ok(TranscriptConnection::of(found, request.after.is_some(), |row| Ok(Transcript(row)))?)
    }

    /// One transcript.
    async fn transcript(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transcript's id.")] id: ID,
    ) -> Result<Transcript> {
        may_read(ctx, Resource::Run(None))?;
        let api = api(ctx);
        let found = probe::transcript(&api.db, parse_id("id", &id)?).await?;
        visible_run(ctx, run::find(&api.db, found.run_id).await?)?;
        api.access.note(Accessed::Transcript(found.id));
        Ok(Transcript(found))
    }

    /// The history of a run, oldest first, without gaps.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] run_id: ID,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<RunEventConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let run = visible_run(ctx, run::find(db, parse_id("runId", &run_id)?).await?)?;
        let found = probe::events(db, run.0.id, &request).await?;
        Ok(RunEventConnection::of(found, request.after.is_some(), |row| Ok(RunEvent::from(row)))?)
    }
}

connection! {
    /// A page of runs, newest first.
    RunConnection,
    /// A run with its place in the list.
    RunEdge of Run
}
