//! What can be done about assessments.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    assessing::{self, CaseReview, NewAssessment},
    auth::Resource,
    run::{self as runs, Commanded},
};

use super::{
    access::{actor, api, may_read, visible_run},
    assessment::{Assessment, AssessmentCase, AssessmentKind},
    ids::{parse_count, parse_id, usd},
    judge_mutation::JudgeInput,
};

/// A run to be assessed by a judge.
#[derive(InputObject)]
pub(crate) struct AssessRunInput {
    /// Which run; it is over.
    run_id: ID,
    /// What is asked.
    kind: AssessmentKind,
    /// By which scorer of this kind. Null: the only one, or values.
    scorer: Option<String>,
    /// The number of the definition's version that has it. Null: the run's own.
    version: Option<i32>,
    /// The judge. Null: the one that judges the run's decisions.
    judge: Option<JudgeInput>,
    /// The most pairs, 1 to 20,000; of more there are, a seeded sample is drawn. Null: 1,000.
    max_pairs: Option<i32>,
    /// Of the sample of pairs and of the ranking's bootstrap, 0 and above.
    #[graphql(default)]
    seed: u32,
    /// Rounds of the ranking's bootstrap, 1,000 to 100,000. Null: 1,000.
    rounds: Option<i32>,
    /// True: transcripts that have a score of this scorer are left out.
    #[graphql(default)]
    only_missing: bool,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

impl AssessRunInput {
    fn decoded(self) -> domain::Result<NewAssessment> {
        Ok(NewAssessment {
            kind: self.kind.into(),
            scorer: self.scorer,
            version: self.version,
            judge: self.judge.map(JudgeInput::decoded).transpose()?,
            pairs_max: parse_count("maxPairs", self.max_pairs)?,
            seed: self.seed,
            rounds: parse_count("rounds", self.rounds)?,
            only_missing: self.only_missing,
        })
    }
}

/// What an assessment would take.
#[derive(SimpleObject)]
pub(crate) struct AssessmentPlan {
    /// Questions: transcripts, or pairs in both orders.
    case_count: u64,
    /// Pairs there are; null: nothing is compared.
    pair_total: Option<u64>,
    /// Pairs that would be compared.
    pair_count: Option<u64>,
    /// The most calls, with one repair each; tries that failed come on top.
    max_call_count: u64,
    /// The worst case of one call each, in US dollars; null: the judge has no price.
    max_cost_usd: Option<f64>,
}

/// A run that is being assessed.
#[derive(SimpleObject)]
pub(crate) struct AssessmentPayload {
    /// The assessment as it is now.
    assessment: Assessment,
}

/// A case to be decided in the judge's place.
#[derive(InputObject)]
pub(crate) struct ReviewAssessmentCaseInput {
    /// Which case; it is in the state `REVIEW`.
    case_id: ID,
    /// The points, or `first`, `second` or `tie`. Null: it stays open for good.
    verdict: Option<String>,
    /// Why, in words.
    reason: String,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A case that was decided.
#[derive(SimpleObject)]
pub(crate) struct ReviewAssessmentCasePayload {
    /// The case as it is now.
    case: AssessmentCase,
}

/// An assessment to be stopped.
#[derive(InputObject)]
pub(crate) struct StopAssessmentInput {
    /// Which.
    assessment_id: ID,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// What can be planned about assessments.
#[derive(Default)]
pub(crate) struct AssessmentPlanQuery;

/// Everything that can be read.
#[Object]
impl AssessmentPlanQuery {
    /// What an assessment would take: its questions, and what they can cost at most. Nothing is asked.
    #[graphql(complexity = "100")]
    async fn plan_assessment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The assessment, as for `assessRun`.")] input: AssessRunInput,
    ) -> Result<AssessmentPlan> {
        may_read(ctx, Resource::Run(None))?;
        let api = api(ctx);
        let run_id = parse_id("runId", &input.run_id)?;
        visible_run(ctx, runs::find(&api.db, run_id).await?)?;
        let plan = assessing::plan(&api.db, &api.config, run_id, &input.decoded()?).await?;
        Ok(AssessmentPlan {
            case_count: plan.cases,
            pair_total: plan.pairs_total,
            pair_count: plan.pairs,
            max_call_count: plan.calls_max,
            max_cost_usd: plan.cost_max_usd_micros.map(usd),
        })
    }
}

/// What can be done about assessments.
#[derive(Default)]
pub(crate) struct AssessmentMutation;

/// Everything that can be changed.
#[Object]
impl AssessmentMutation {
    /// Has a run that is over assessed by a judge, in the background: marked by a rubric, compared in
    /// pairs, or read for values. What was assessed before stays; nothing is asked of its models.
    async fn assess_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run, and what is asked.")] input: AssessRunInput,
    ) -> Result<AssessmentPayload> {
        let api = api(ctx);
        let client_token = input.client_token.clone();
        let commanded = Commanded {
            actor: actor(ctx)?,
            run_id: parse_id("runId", &input.run_id)?,
            client_token: client_token.as_deref(),
        };
        let row = assessing::assess_run(&api.db, &api.config, commanded, &input.decoded()?).await?;
        Ok(AssessmentPayload { assessment: Assessment(assessing::find(&api.db, row.id).await?) })
    }

    /// Stops an assessment: what was not asked is dropped, and what was stays.
    async fn stop_assessment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: StopAssessmentInput,
    ) -> Result<AssessmentPayload> {
        let db = &api(ctx).db;
        let id = parse_id("assessmentId", &input.assessment_id)?;
        assessing::stop_assessment(db, actor(ctx)?, id, input.client_token.as_deref()).await?;
        Ok(AssessmentPayload { assessment: Assessment(assessing::find(db, id).await?) })
    }

    /// Decides a case that a judge brought nothing of use about. Its score is appended and in force,
    /// or its pair is compared and the models are ranked again.
    async fn review_assessment_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and what it is.")] input: ReviewAssessmentCaseInput,
    ) -> Result<ReviewAssessmentCasePayload> {
        let review = CaseReview {
            actor: actor(ctx)?,
            case_id: parse_id("caseId", &input.case_id)?,
            verdict: input.verdict.as_deref(),
            reason: &input.reason,
            client_token: input.client_token.as_deref(),
        };
        let case = assessing::review_case(&api(ctx).db, review).await?;
        Ok(ReviewAssessmentCasePayload { case: AssessmentCase(case) })
    }
}
