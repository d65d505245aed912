//! Judges: models that read what the deterministic reader cannot.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    auth::Resource,
    judging::{self, CallFilter, JudgeState},
    run as runs,
};
use entity::review;
use uuid::Uuid;

use super::{
    access::{api, may_read, page, present, rows, visible_run},
    ai_call::{AiCall, AiCallStatus},
    connection::connection,
    decision::Decision,
    gate::Gate,
    ids::{parse_id, parse_optional_id, usd},
    limits,
    loaders::{AiCallKey, DecisionOf, GatesOf, TranscriptKey},
    transcript::Transcript,
    user::{User, user_of},
};

/// The model that reads what the deterministic reader cannot, and how far it is.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Judge {
    /// 1, 2, 3 …: each time somebody has the run judged.
    attempt: i32,
    /// Who serves it.
    provider_id: String,
    /// The model.
    model_id: String,
    /// What is asked for; null: the bare model.
    model_version: Option<String>,
    /// The most calls of this attempt; null: as many as are needed.
    max_calls: Option<i64>,
    /// The version of what it is asked, as `docs/judging.md` has it.
    prompt_version: String,
    /// Transcripts that wait for it.
    pending_count: i64,
    /// Lines of the review list that nobody has decided.
    open_review_count: i64,
    /// Calls of all attempts, whatever became of them.
    call_count: i64,
    /// What the calls of all attempts cost, in US dollars; null where no price is known. It counts
    /// against the run's budget, and is not in `progress.costUsd`.
    cost_usd: Option<f64>,
    /// The worst case of calls that nobody has heard of, in US dollars.
    presumed_cost_usd: f64,
    /// When it ended before everything was judged; null: it did not.
    stopped_at: Option<DateTime<Utc>>,
    /// Why, as a word: `budget`, `max_calls`, `cancelled`, `auth`, …
    stop_category: Option<String>,
    /// Why, in words, with what to do.
    stop_message: Option<String>,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    requested_by: Uuid,
    #[graphql(skip)]
    run_id: Uuid,
}

#[ComplexObject]
impl Judge {
    /// Who asked for it.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.requested_by).await
    }

    /// Why transcripts wait for it at the moment, as a sentence; null: none does, or it is at it.
    async fn waiting_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.pending_count == 0 {
            return Ok(None);
        }
        let api = api(ctx);
        Ok(judging::waiting_because(&api.db, api.config.beat(), self.run_id, &self.provider_id).await?)
    }
}

impl From<JudgeState> for Judge {
    fn from(state: JudgeState) -> Self {
        let JudgeState { row, pending, open_reviews, costs } = state;
        Self {
            attempt: row.attempt,
            provider_id: row.provider_id,
            model_id: row.model_id,
            model_version: row.model_version,
            max_calls: row.calls_max,
            prompt_version: row.prompt_version,
            pending_count: pending,
            open_review_count: open_reviews,
            call_count: costs.calls,
            cost_usd: costs.paid.map(usd),
            presumed_cost_usd: usd(costs.presumed),
            stopped_at: row.stopped_at,
            stop_category: row.stop_category,
            stop_message: row.stop_message,
            created_at: row.created_at,
            requested_by: row.requested_by,
            run_id: row.run_id,
        }
    }
}

/// What became of a transcript that a judge could not read.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::ReviewState")]
pub(crate) enum ReviewState {
    /// Nobody has decided yet.
    Open,
    /// What the judge's raw answer says is right.
    Approved,
    /// Somebody said what it decided.
    Set,
    /// It stays unreadable.
    Left,
    /// It was judged again.
    JudgedAgain,
}

/// A transcript that a judge could not read: a line of the review list.
#[derive(Clone)]
pub(crate) struct Review(pub(crate) review::Model);

/// A transcript that a judge could not read: a line of the review list.
#[Object]
impl Review {
    /// The review's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The gate that it belongs to.
    async fn gate(&self, ctx: &Context<'_>) -> Result<Gate> {
        let gates = rows(ctx).load_one(GatesOf(self.0.run_id)).await?.unwrap_or_default();
        let found = gates.into_iter().find(|gate| gate.id == self.0.gate_id);
        Ok(Gate(present(found, "gate")?))
    }

    /// The transcript, unchanged.
    async fn transcript(&self, ctx: &Context<'_>) -> Result<Transcript> {
        let found = rows(ctx).load_one(TranscriptKey(self.0.transcript_id)).await?;
        Ok(Transcript(present(found, "transcript")?))
    }

    /// The judge's last call about it, with its raw answer.
    async fn call(&self, ctx: &Context<'_>) -> Result<AiCall> {
        Ok(present(rows(ctx).load_one(AiCallKey(self.0.ai_call_id)).await?, "call")?.into())
    }

    /// Why the judge brought nothing of use, as a word: `invalid_answer`, `refused`, `timeout`, …
    async fn category(&self) -> &str {
        &self.0.category
    }

    /// Why, in words.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What can be read from the judge's raw answer, and so be approved; null: nothing.
    async fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// What became of it.
    async fn state(&self) -> ReviewState {
        self.0.state.into()
    }

    /// The decision in force.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let transcript =
            present(rows(ctx).load_one(TranscriptKey(self.0.transcript_id)).await?, "transcript")?;
        let found = rows(ctx).load_one(DecisionOf(transcript.id)).await?;
        Ok(found.map(|row| Decision::of(row, transcript.probe_id)))
    }

    /// Who decided; null where nobody has, or it was judged again.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.0.decided_by {
            Some(id) => Ok(Some(user_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// When it was decided; null: it is open.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// When the judge gave it up.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

connection! {
    /// A page of the calls that Probity made for itself, in order of time.
    AiCallConnection,
    /// A call with its place in the list.
    AiCallEdge of AiCall
}

connection! {
    /// A page of a review list, oldest first.
    ReviewConnection,
    /// A line with its place in the list.
    ReviewEdge of Review
}

/// What can be read of judges.
#[derive(Default)]
pub(crate) struct JudgeQuery;

/// Everything that can be read.
#[Object]
impl JudgeQuery {
    /// What a run's judge could not read and somebody has to decide, oldest first.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn review_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] run_id: ID,
        #[graphql(desc = "Also what is decided, and what was judged again.", default)] with_decided: bool,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ReviewConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let run = visible_run(ctx, runs::find(db, parse_id("runId", &run_id)?).await?)?;
        let found = judging::reviews(db, run.0.id, with_decided, &request).await?;
        Ok(ReviewConnection::of(found, request.after.is_some(), |row| Ok(Review(row)))?)
    }

    /// The calls that Probity made for itself about a run, in order of time.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn ai_calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] run_id: ID,
        #[graphql(desc = "In this status.")] status: Option<AiCallStatus>,
        #[graphql(desc = "About this transcript.")] transcript_id: Option<ID>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<AiCallConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let run = visible_run(ctx, runs::find(db, parse_id("runId", &run_id)?).await?)?;
        let filter = CallFilter {
            status: status.map(Into::into),
            transcript_id: parse_optional_id("transcriptId", transcript_id.as_ref())?,
        };
        let found = judging::calls(db, run.0.id, &filter, &request).await?;
        Ok(AiCallConnection::of(found, request.after.is_some(), |row| Ok(AiCall::from(row)))?)
    }
}
