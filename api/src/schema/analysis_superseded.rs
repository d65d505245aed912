//! Analyses that no longer hold.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use domain::analysis as found;
use entity::analysis;

/// An analysis that no longer holds.
#[derive(SimpleObject)]
pub(crate) struct SupersededAnalysis {
    /// The analysis.
    id: ID,
    /// When it was computed.
    computed_at: DateTime<Utc>,
    /// When another took its place.
    superseded_at: Option<DateTime<Utc>>,
    /// The SHA-256, in hex, of what it was computed from.
    input_hash: String,
    /// The version of Probity, and of the computation, that made it.
    code_version: String,
    /// Why it could not be computed; null: it could.
    failure_reason: Option<String>,
    /// The mean of each model as it was then.
    means: Vec<SupersededMean>,
}

/// The mean of a model in an analysis that no longer holds.
#[derive(SimpleObject)]
pub(crate) struct SupersededMean {
    /// The model (`RunModel.id`).
    run_model_id: ID,
    /// The mean; null where no decision had a number.
    mean: Option<f64>,
    /// Decisions that went in.
    n: u64,
}

impl From<analysis::Model> for SupersededAnalysis {
    fn from(row: analysis::Model) -> Self {
        let models = found::read_run(&row).map_or_else(Vec::new, |found| found.models);
        let mean = |model: found::ModelAnalysis| SupersededMean {
            run_model_id: model.run_model_id.into(),
            mean: model.score.mean,
            n: model.score.n,
        };
        Self {
            id: row.id.into(),
            computed_at: row.created_at,
            superseded_at: row.superseded_at,
            input_hash: row.input_sha256,
            code_version: row.code_version,
            failure_reason: row.failure_reason,
            means: models.into_iter().map(mean).collect(),
        }
    }
}
