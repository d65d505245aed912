//! What can be done about judges.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    Error,
    judging::{self, NewJudge, Reviewed},
    run::{Commanded, ModelChoice},
};

use super::{
    access::{actor, api},
    ids::{parse_count, parse_id},
    judge::Review,
    run::Run,
    run_mutation::RunCommandPayload,
};

/// A model that reads what the deterministic reader cannot.
#[derive(InputObject)]
pub(crate) struct JudgeInput {
    /// Who serves it; needed where several serve a model of that name.
    provider: Option<String>,
    /// The model, as for `ModelChoiceInput`.
    model: String,
    /// One of its versions. Null or `default`: its default version.
    version: Option<String>,
    /// The most calls, repairs and repetitions among them. Null: as many as are needed.
    max_calls: Option<i32>,
}

impl JudgeInput {
    pub(crate) fn decoded(self) -> domain::Result<NewJudge> {
        let model = ModelChoice { provider: self.provider, model: self.model, version: self.version };
        Ok(NewJudge { model, calls_max: parse_count("judge.maxCalls", self.max_calls)? })
    }
}

/// A run to be judged.
#[derive(InputObject)]
pub(crate) struct JudgeRunInput {
    /// Which run.
    run_id: ID,
    /// Another judge. Null: the run's own.
    judge: Option<JudgeInput>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// What is made of a line of a review list.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
pub(crate) enum ReviewAction {
    /// What can be read from the judge's raw answer (`Review.value`) is right.
    Approve,
    /// `value` is what it decided.
    Set,
    /// It decides nothing.
    LeaveUnreadable,
}

/// A line of a review list to be decided.
#[derive(InputObject)]
pub(crate) struct DecideReviewInput {
    /// Which line.
    review_id: ID,
    /// What is made of it.
    action: ReviewAction,
    /// With `SET`: a point of the scale, the name of a choice, or words where answers are free.
    value: Option<String>,
    /// Why, in words. It stands beside the decision.
    reason: String,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A line of a review list that was decided.
#[derive(SimpleObject)]
pub(crate) struct DecideReviewPayload {
    /// The line as it is now.
    review: Review,
}

/// What can be done about judges.
#[derive(Default)]
pub(crate) struct JudgeMutation;

/// Everything that can be changed.
#[Object]
impl JudgeMutation {
    /// Has what is unreadable in a run judged, by its judge or by another one; nothing is asked of
    /// its models. Decisions by hand are left alone, and what is on the review list is judged again.
    async fn judge_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run, and by whom.")] input: JudgeRunInput,
    ) -> Result<RunCommandPayload> {
        let api = api(ctx);
        let judge = input.judge.map(JudgeInput::decoded).transpose()?;
        let commanded = Commanded {
            actor: actor(ctx)?,
            run_id: parse_id("runId", &input.run_id)?,
            client_token: input.client_token.as_deref(),
        };
        let run = judging::judge_run(&api.db, &api.config, commanded, judge.as_ref()).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }

    /// Decides a line of a review list. The decision is appended and in force; the gate closes with
    /// its last line.
    async fn decide_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which line, and what is made of it.")] input: DecideReviewInput,
    ) -> Result<DecideReviewPayload> {
        let reviewed = match (input.action, input.value.as_deref()) {
            (ReviewAction::Approve, None) => Reviewed::Approve,
            (ReviewAction::LeaveUnreadable, None) => Reviewed::Leave,
            (ReviewAction::Set, Some(value)) => Reviewed::Set(value),
            _ => return Err(Error::invalid("value", "`SET` takes a value, and the others take none.").into()),
        };
        let review = judging::Review {
            actor: actor(ctx)?,
            review_id: parse_id("reviewId", &input.review_id)?,
            reviewed,
            reason: &input.reason,
            client_token: input.client_token.as_deref(),
        };
        Ok(DecideReviewPayload { review: Review(judging::review(&api(ctx).db, review).await?) })
    }
}
