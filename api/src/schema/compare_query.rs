//! Asking for comparisons.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    Error,
    analysis::compare::{self, Measure, Request, Side},
    auth::Resource,
    run,
};
use entity::run as run_row;

use super::{
    access::{api, may_read, visible_run},
    compare::Comparison,
    compare_words::{ComparisonAdjustment, ComparisonMeasureKind},
    ids::{parse_id, parse_optional_id},
};

/// One side of a comparison.
#[derive(InputObject)]
pub(crate) struct CompareSideInput {
    /// The run.
    run_id: ID,
    /// One of its models (`RunModel.id`); left out: all of them.
    run_model_id: Option<ID>,
}

/// The number that is compared, one per transcript.
#[derive(InputObject)]
pub(crate) struct CompareMeasureInput {
    /// Its kind.
    kind: ComparisonMeasureKind,
    /// The choice's or the scorer's name; left out for a score.
    name: Option<String>,
}

/// What is to be compared. Both sides of one run: all pairs of its models, or those named. Two runs:
/// each model with the same model of the other run, or those named.
#[derive(InputObject)]
pub(crate) struct CompareInput {
    /// What is subtracted.
    baseline: CompareSideInput,
    /// What it is subtracted from.
    candidate: CompareSideInput,
    /// By what; left out: scores where the definition's decisions can have any, else the rate of its
    /// first choice, else its first scorer.
    measure: Option<CompareMeasureInput>,
    /// How p values are adjusted for how much is compared at once.
    #[graphql(default)]
    adjustment: ComparisonAdjustment,
    /// Of the intervals, between 0 and 1.
    #[graphql(default = 0.95)]
    confidence: f64,
    /// Rounds of the permutation test, 999 to 1,000,000; 0 leaves it out, which is faster on
    /// hundreds of thousands of transcripts.
    #[graphql(default = 9999)]
    permutation_rounds: i32,
    /// Of the permutations that are drawn: the same seed gives the same p. Not negative.
    #[graphql(default = 1)]
    seed: i32,
}

impl CompareInput {
    fn decoded(self) -> domain::Result<Request> {
        let side = |field: &str, side: CompareSideInput| {
            Ok::<_, Error>(Side {
                run_id: parse_id(&format!("{field}.runId"), &side.run_id)?,
                run_model_id: parse_optional_id(&format!("{field}.runModelId"), side.run_model_id.as_ref())?,
            })
        };
        let measure = self.measure.map(CompareMeasureInput::decoded).transpose()?;
        let whole = |field: &str, number: i32| {
            u64::try_from(number)
                .map_err(|_| Error::invalid(field, format!("{number} is too small; give 0 or more.")))
        };
        Ok(Request {
            baseline: side("baseline", self.baseline)?,
            candidate: side("candidate", self.candidate)?,
            measure,
            adjustment: self.adjustment.into(),
            confidence: self.confidence,
            rounds: whole("permutationRounds", self.permutation_rounds)?,
            seed: whole("seed", self.seed)?,
        })
    }
}

impl CompareMeasureInput {
    fn decoded(self) -> domain::Result<Measure> {
        let named = |of: fn(String) -> Measure, what: &str| {
            let missing = || Error::invalid("measure.name", format!("Name the {what}."));
            self.name.clone().map(of).ok_or_else(missing)
        };
        match self.kind {
            ComparisonMeasureKind::Score if self.name.is_some() => {
                Err(Error::invalid("measure.name", "A score has no name; leave it out."))
            }
            ComparisonMeasureKind::Score => Ok(Measure::Score),
            ComparisonMeasureKind::Choice => named(Measure::Choice, "choice"),
            ComparisonMeasureKind::Scorer => named(Measure::Scorer, "scorer"),
        }
    }
}

/// The comparisons of a run's models with each other.
#[derive(SimpleObject)]
pub(crate) struct RunComparisons {
    /// All pairs of its models; null: `absentBecause` says why.
    comparison: Option<Comparison>,
    /// Why there is none, with what to do; null: there is one.
    absent_because: Option<String>,
}

/// All pairs of the models of a run.
pub(crate) async fn comparisons_of(ctx: &Context<'_>, run: &run_row::Model) -> Result<RunComparisons> {
    match compare::within(&api(ctx).db, run.id).await {
        Ok(found) => {
            let comparison = Some(Comparison(Arc::new(found)));
            Ok(RunComparisons { comparison, absent_because: None })
        }
        Err(error @ Error::Invalid(_)) => {
            Ok(RunComparisons { comparison: None, absent_because: Some(error.to_string()) })
        }
        Err(error) => Err(error.into()),
    }
}

/// What can be compared.
#[derive(Default)]
pub(crate) struct CompareQuery;

/// Everything that can be read.
#[Object]
impl CompareQuery {
    /// Compares models of one run, or of two, on the scenarios that they share. `docs/statistics.md`
    /// says what stands behind each figure.
    #[graphql(complexity = "500 + child_complexity * 10")]
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be compared.")] input: CompareInput,
    ) -> Result<Comparison> {
        may_read(ctx, Resource::Run(None))?;
        let request = input.decoded()?;
        let db = &api(ctx).db;
        for run_id in [request.baseline.run_id, request.candidate.run_id] {
            visible_run(ctx, run::find(db, run_id).await?)?;
        }
        Ok(Comparison(Arc::new(compare::compare(db, &request).await?)))
    }
}
