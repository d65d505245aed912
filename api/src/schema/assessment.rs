//! Assessments: judges that mark by a rubric, compare in pairs, or read values.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::{
    assessing::{self, AssessmentState},
    auth::Resource,
    run as runs,
};
use entity::assessment_case;

use super::{
    access::{api, may_read, page, present, rows, visible_run},
    ai_call::AiCall,
    connection::connection,
    ids::{parse_id, usd},
    limits,
    loaders::{AiCallKey, TranscriptKey},
    ranking::Ranking,
    transcript::Transcript,
    user::{User, user_of},
};

/// What a judge is asked about a run that is over.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::AssessmentKind")]
pub(crate) enum AssessmentKind {
    /// To mark each answer by a scorer's criteria.
    Rubric,
    /// Which of two models' answers fits a scorer's criteria better.
    Pairwise,
    /// What each answer does with the definition's values.
    Feature,
}

/// Where a case of an assessment stands.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::CaseState")]
pub(crate) enum AssessmentCaseState {
    /// The judge has not said anything of use yet.
    Waiting,
    /// The judge has judged it.
    Judged,
    /// The judge brought nothing of use: somebody has to look.
    Review,
    /// Somebody said what it is.
    Set,
    /// Somebody left it open for good.
    Left,
    /// The assessment ended before it was asked.
    Dropped,
}

/// Where the ranking of a comparison in pairs stands.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::RankingState")]
pub(crate) enum RankingState {
    /// There is none to make, or not yet.
    None,
    /// It is being made.
    Wanted,
    /// It is there.
    Done,
    /// It cannot be made; `ranking.refused` says why.
    Refused,
}

/// A judge's work on a run that is over.
pub(crate) struct Assessment(pub(crate) AssessmentState);

/// A judge's work on a run that is over.
#[Object]
impl Assessment {
    /// The assessment's id.
    async fn id(&self) -> ID {
        self.0.row.id.into()
    }

    /// What is asked.
    async fn kind(&self) -> AssessmentKind {
        self.0.row.kind.into()
    }

    /// 1, 2, 3 … per run.
    async fn attempt(&self) -> i32 {
        self.0.row.attempt
    }

    /// By which scorer; null: it is about values.
    async fn scorer(&self) -> Option<&str> {
        self.0.row.scorer.as_deref()
    }

    /// Who serves the judge.
    async fn provider_id(&self) -> &str {
        &self.0.row.provider_id
    }

    /// What is asked for.
    async fn model(&self) -> &str {
        &self.0.row.wire_model
    }

    /// The version of what is asked, as `docs/judging.md` has it.
    async fn prompt_version(&self) -> &str {
        &self.0.row.prompt_version
    }

    /// The most calls; null: as many as are needed.
    async fn max_calls(&self) -> Option<i64> {
        self.0.row.calls_max
    }

    /// The most pairs; null: nothing is compared.
    async fn max_pairs(&self) -> Option<i64> {
        self.0.row.pairs_max
    }

    /// Of the sample of pairs and of the ranking's bootstrap.
    async fn seed(&self) -> i64 {
        self.0.row.seed
    }

    /// Its cases; null: they are being written.
    async fn case_count(&self) -> Option<i64> {
        self.0.row.case_count
    }

    /// Cases in this state.
    async fn count(&self, #[graphql(desc = "The state.")] state: AssessmentCaseState) -> i64 {
        self.0.counts.get(&state.into()).copied().unwrap_or(0)
    }

    /// Calls, whatever became of them.
    async fn call_count(&self) -> i64 {
        self.0.calls
    }

    /// What the calls cost, in US dollars; null where no price is known. It counts against the run's
    /// budget.
    async fn cost_usd(&self) -> Option<f64> {
        self.0.paid.map(usd)
    }

    /// The worst case of calls that nobody has heard of, in US dollars.
    async fn presumed_cost_usd(&self) -> f64 {
        usd(self.0.presumed)
    }

    /// When every case was asked, or it was stopped; null: it goes on.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.finished_at
    }

    /// Why it ended before every case was asked, as a word; null: it did not.
    async fn stop_category(&self) -> Option<&str> {
        self.0.row.stop_category.as_deref()
    }

    /// Why, in words.
    async fn stop_message(&self) -> Option<&str> {
        self.0.row.stop_message.as_deref()
    }

    /// Where its ranking stands.
    async fn ranking_state(&self) -> RankingState {
        self.0.row.ranking_state.into()
    }

    /// Rounds of the ranking's bootstrap.
    async fn ranking_rounds(&self) -> i64 {
        self.0.row.ranking_rounds
    }

    /// Those that are made.
    async fn ranking_rounds_done(&self) -> i64 {
        self.0.row.ranking_rounds_done
    }

    /// What the comparisons came to; null: nothing is compared, or not yet.
    async fn ranking(&self) -> Option<Ranking> {
        self.0.ranking.clone().map(Ranking::from)
    }

    /// Who asked for it.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.0.row.requested_by).await
    }

    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }
}

/// One question of an assessment.
pub(crate) struct AssessmentCase(pub(crate) assessment_case::Model);

/// One question of an assessment.
#[Object]
impl AssessmentCase {
    /// The case's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its place, from 0; the two orders of a pair stand beside each other.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// The transcript; of a pair, the one that is shown first.
    async fn transcript(&self, ctx: &Context<'_>) -> Result<Transcript> {
        let found = rows(ctx).load_one(TranscriptKey(self.0.transcript_id)).await?;
        Ok(Transcript(present(found, "transcript")?))
    }

    /// Of a pair, the one that is shown second; null: nothing is compared.
    async fn other_transcript(&self, ctx: &Context<'_>) -> Result<Option<Transcript>> {
        let Some(id) = self.0.other_transcript_id else { return Ok(None) };
        Ok(rows(ctx).load_one(TranscriptKey(id)).await?.map(Transcript))
    }

    /// Where it stands.
    async fn state(&self) -> AssessmentCaseState {
        self.0.state.into()
    }

    /// The points of a rubric, or `first`, `second` or `tie` by what is shown; null: there is none, or
    /// it is about values.
    async fn verdict(&self) -> Option<&str> {
        self.0.verdict.as_deref()
    }

    /// Why, in the judge's or somebody's words.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Why the judge brought nothing of use, as a word: `invalid_answer`, `refused`, `timeout`, …
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Why, in words.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The judge's last call about it; null: it was not asked.
    async fn call(&self, ctx: &Context<'_>) -> Result<Option<AiCall>> {
        let Some(id) = self.0.ai_call_id else { return Ok(None) };
        Ok(rows(ctx).load_one(AiCallKey(id)).await?.map(AiCall::from))
    }

    /// Who decided it in the judge's place; null: nobody.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.0.decided_by {
            Some(id) => Ok(Some(user_of(ctx, id).await?)),
            None => Ok(None),
        }
    }
}

connection! {
    /// A page of the cases of an assessment, in order.
    AssessmentCaseConnection,
    /// A case with its place in the list.
    AssessmentCaseEdge of AssessmentCase
}

/// What can be read of assessments.
#[derive(Default)]
pub(crate) struct AssessmentQuery;

/// Everything that can be read.
#[Object]
impl AssessmentQuery {
    /// One assessment.
    async fn assessment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The assessment's id.")] id: ID,
    ) -> Result<Assessment> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let found = assessing::find(db, parse_id("id", &id)?).await?;
        visible_run(ctx, runs::find(db, found.row.run_id).await?)?;
        Ok(Assessment(found))
    }

    /// The cases of an assessment, in order; in the state `REVIEW`, those that wait for a person.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn assessment_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The assessment's id.")] assessment_id: ID,
        #[graphql(desc = "In this state.")] state: Option<AssessmentCaseState>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<AssessmentCaseConnection> {
        may_read(ctx, Resource::Run(None))?;
        let db = &api(ctx).db;
        let request = page(ctx, first, after)?;
        let found = assessing::find(db, parse_id("assessmentId", &assessment_id)?).await?;
        visible_run(ctx, runs::find(db, found.row.run_id).await?)?;
        let cases = assessing::cases(db, found.row.id, state.map(Into::into), &request).await?;
        Ok(AssessmentCaseConnection::of(cases, request.after.is_some(), |row| Ok(AssessmentCase(row)))?)
    }
}
