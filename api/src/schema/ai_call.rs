//! Calls that Probity makes for itself.

use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ai_call;
use uuid::Uuid;

use super::{access::rows, ids::usd, loaders::TranscriptKey, transcript::Transcript};

/// What Probity asks a model for, for itself.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::AiCallKind")]
pub(crate) enum AiCallKind {
    /// To read a decision.
    Judge,
    /// To write a run's summary.
    Summary,
    /// To mark an answer by a rubric.
    Rubric,
    /// To compare two answers.
    Pairwise,
    /// To say what an answer does with values.
    Feature,
}

/// Which question of its kind a call is.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::AiCallStep")]
pub(crate) enum AiCallStep {
    /// The first.
    Ask,
    /// After an answer that could not be used.
    Repair,
}

/// Where a call that Probity makes for itself stands.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::AiCallStatus")]
pub(crate) enum AiCallStatus {
    /// For its turn at the provider.
    Waiting,
    /// Sent.
    Running,
    /// Answered, and the answer was used.
    Succeeded,
    /// Answered, and the answer could not be used.
    Invalid,
    /// Not answered: an error, or the model declined.
    Failed,
    /// Nobody knows: its worker died.
    Lost,
}

/// A call that Probity made for itself.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct AiCall {
    /// The call's id.
    id: ID,
    /// What for.
    kind: AiCallKind,
    /// Which question.
    step: AiCallStep,
    /// Where it stands.
    status: AiCallStatus,
    /// Who serves the model.
    provider_id: String,
    /// What was asked for.
    model: String,
    /// The version that answered, as the provider says; null where it does not.
    model_version: Option<String>,
    /// The version of what was asked.
    prompt_version: String,
    /// Why it brought nothing of use, as a word; null: it did.
    failure_category: Option<String>,
    /// Why, in words.
    failure_message: Option<String>,
    /// The provider's HTTP status; null where there was no answer, or all was well.
    http_status: Option<i32>,
    /// The provider's name for the call; null where it gave none.
    request_id: Option<String>,
    /// What was sent, without the key.
    request_body: Option<String>,
    /// What the model answered; null: it did not.
    answer: Option<String>,
    /// Input tokens; null where the provider did not count.
    input_tokens: Option<i64>,
    /// Output tokens; null where the provider did not count.
    output_tokens: Option<i64>,
    /// What it cost, in US dollars; null where no price or count is known.
    cost_usd: Option<f64>,
    /// What it may have cost without anybody having heard, in US dollars.
    presumed_cost_usd: f64,
    /// Time spent waiting for the provider, in milliseconds; null: it is not over.
    latency_ms: Option<i64>,
    /// When it was noted.
    created_at: DateTime<Utc>,
    /// When it ended; null: it has not.
    finished_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    raw_body: Option<Vec<u8>>,
    #[graphql(skip)]
    transcript_id: Option<Uuid>,
}

#[ComplexObject]
impl AiCall {
    /// The body that came back, as text; null where none did.
    async fn raw_body(&self) -> Option<String> {
        self.raw_body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned())
    }

    /// The transcript that it is about; null where it is about none.
    async fn transcript(&self, ctx: &Context<'_>) -> Result<Option<Transcript>> {
        let Some(id) = self.transcript_id else { return Ok(None) };
        Ok(rows(ctx).load_one(TranscriptKey(id)).await?.map(Transcript))
    }
}

impl From<ai_call::Model> for AiCall {
    fn from(row: ai_call::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            step: row.step.into(),
            status: row.status.into(),
            provider_id: row.provider_id,
            model: row.wire_model,
            model_version: row.model_version,
            prompt_version: row.prompt_version,
            failure_category: row.failure_category,
            failure_message: row.failure_message,
            http_status: row.http_status,
            request_id: row.request_id,
            request_body: row.request_body,
            answer: row.answer,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost_usd: row.cost_usd_micros.map(usd),
            presumed_cost_usd: usd(row.presumed_usd_micros),
            latency_ms: row.latency_ms,
            created_at: row.created_at,
            finished_at: row.finished_at,
            raw_body: row.raw_body,
            transcript_id: row.transcript_id,
        }
    }
}
