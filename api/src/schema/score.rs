//! What scorers say of transcripts.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{run::Commanded, scoring};
use entity::score;

use super::{
    access::{actor, api},
    ids::parse_id,
    run::Run,
    run_mutation::RunCommandPayload,
};

/// What a scorer said of a transcript.
#[derive(SimpleObject)]
pub(crate) struct Score {
    /// The score's id.
    id: ID,
    /// The scorer's name.
    scorer: String,
    /// Its kind, the version of its code and the hash of its settings: `regex-1-89abcdef`. Another
    /// one may score differently.
    scorer_version: String,
    /// 1, 2, 3 … per transcript and version of the scorer.
    revision: i32,
    /// True where it counts: in findings and exports. One of a transcript's and a scorer's does.
    is_in_force: bool,
    /// 1: passed, 0: not.
    value: f64,
    /// Why it did not pass; null: it did, or there is nothing more to say.
    reason: Option<String>,
    /// When it was scored.
    created_at: DateTime<Utc>,
}

impl From<score::Model> for Score {
    fn from(row: score::Model) -> Self {
        Self {
            id: row.id.into(),
            scorer: row.scorer,
            scorer_version: row.scorer_version,
            revision: row.revision,
            is_in_force: row.is_in_force,
            value: row.value,
            reason: row.reason,
            created_at: row.created_at,
        }
    }
}

/// A run to be scored again.
#[derive(InputObject)]
pub(crate) struct RescoreRunInput {
    /// Which run; it is over.
    run_id: ID,
    /// The number of the definition's version whose scorers score it. Null: the run's own.
    version: Option<i32>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// What can be done about scores.
#[derive(Default)]
pub(crate) struct ScoreMutation;

/// Everything that can be changed.
#[Object]
impl ScoreMutation {
    /// Has a run that is over scored again in the background, by its own scorers or by those of
    /// another version of its definition. Scores are added; what was scored before stays. Nothing is
    /// asked of its models.
    async fn rescore_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run, and by which scorers.")] input: RescoreRunInput,
    ) -> Result<RunCommandPayload> {
        let commanded = Commanded {
            actor: actor(ctx)?,
            run_id: parse_id("runId", &input.run_id)?,
            client_token: input.client_token.as_deref(),
        };
        Ok(RunCommandPayload { run: Run(scoring::rescore(&api(ctx).db, commanded, input.version).await?) })
    }
}
