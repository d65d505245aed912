//! What a worker writes about a probe.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{AttemptResult, DecisionStatus, Finish, ProbeOutcome, TranscriptOutcome};
use uuid::Uuid;

use super::ClaimedProbe;
use crate::{scoring::Score, values::ValueReading};

/// All that is to be written about a probe at one moment, in one transaction, under its fence.
#[derive(Clone, Debug)]
pub struct ProbeWrite {
    /// The probe as it was claimed; `turn_count` as it is before this write.
    pub probe: ClaimedProbe,
    /// Who claimed it.
    pub worker_id: Uuid,
    /// Turns answered since the last write.
    pub turns: Vec<NewTurn>,
    /// The try that ended; None while the conversation goes on.
    pub attempt: Option<AttemptRecord>,
    /// What becomes of the probe.
    pub ending: Ending,
}

/// What becomes of a probe.
#[derive(Clone, Debug)]
pub enum Ending {
    /// The turn is committed, the next one follows.
    Continues,
    /// A complete transcript.
    Succeeded {
        /// The conversation.
        transcript: NewTranscript,
        /// What was read from it; None where there was nothing to read (refused, truncated, …).
        decision: Option<NewDecision>,
        /// What the definition's scorers said of it.
        scores: Vec<Score>,
        /// What it does with the definition's values.
        values: Vec<ValueReading>,
        /// Its line in the ledger.
        outcome: ProbeOutcome,
    },
    /// Given up. Turns that were answered are kept as a partial transcript.
    Failed {
        /// Why, as a word of the taxonomy.
        category: String,
        /// Why, in words.
        message: String,
        /// The answered part of the conversation.
        partial: Option<NewTranscript>,
    },
    /// Back to the queue.
    Requeued {
        /// Not to be claimed before.
        delay: Duration,
        /// False for waits and releases, which consume no try.
        counts_as_try: bool,
        /// Why, as a word of the taxonomy; None for a release.
        category: Option<String>,
        /// Why, in words.
        message: Option<String>,
    },
}

/// One try at a probe.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// How it ended.
    pub result: AttemptResult,
    /// Why, as a word of the taxonomy.
    pub error_category: Option<String>,
    /// Why, in words.
    pub error_message: Option<String>,
    /// The provider's status line.
    pub http_status: Option<u16>,
    /// How long the provider asked to wait.
    pub retry_after: Option<Duration>,
    /// The provider's name for the call.
    pub request_id: Option<String>,
    /// The body of an error.
    pub raw_body: Option<Vec<u8>>,
    /// What had come of a streamed answer before it broke off.
    pub partial_answer: Option<String>,
    /// The reasoning that had come of it.
    pub partial_reasoning: Option<String>,
    /// The first turn this try asked, from 0.
    pub first_turn_index: i32,
    /// Turns this try had answered.
    pub turn_count: i32,
    /// Tokens and cost of the answered turns; None where unknown.
    pub input_tokens: Option<i64>,
    /// See `input_tokens`.
    pub output_tokens: Option<i64>,
    /// See `input_tokens`.
    pub cost_usd_micros: Option<i64>,
    /// Time spent waiting for the provider.
    pub latency: Duration,
    /// When the first request was sent.
    pub started_at: DateTime<Utc>,
    /// When the last answer was complete.
    pub finished_at: DateTime<Utc>,
}

/// One question and its answer.
#[derive(Clone, Debug)]
pub struct NewTurn {
    /// From 0.
    pub turn_index: i32,
    /// As sent.
    pub prompt: String,
    /// As received; what cannot be stored stands as U+FFFD.
    pub answer: String,
    /// Apart from the answer.
    pub reasoning: Option<String>,
    /// Why the model stopped.
    pub finish: Finish,
    /// The provider's word for it.
    pub finish_raw: Option<String>,
    /// The version that really answered.
    pub model_version: Option<String>,
    /// The provider's name for the call.
    pub request_id: Option<String>,
    /// What was sent, without the key.
    pub request_body: String,
    /// What came back, byte for byte.
    pub raw_body: Vec<u8>,
    /// True where `answer` could not be stored as received.
    pub is_text_altered: bool,
    /// All input tokens, cached ones among them.
    pub input_tokens: Option<i64>,
    /// Input tokens read from the provider's cache.
    pub cached_input_tokens: Option<i64>,
    /// Input tokens written to the provider's cache.
    pub cache_write_tokens: Option<i64>,
    /// All output tokens, reasoning among them.
    pub output_tokens: Option<i64>,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: Option<i64>,
    /// The price it was costed with.
    pub price_id: Option<Uuid>,
    /// None where no price or no count is known.
    pub cost_usd_micros: Option<i64>,
    /// From sending to the first byte.
    pub first_byte: Duration,
    /// From sending to the first text of a streamed answer; None where it came in one piece.
    pub first_token: Option<Duration>,
    /// Parameters that were asked for and not sent, because the model does not take them.
    pub omitted: Vec<String>,
    /// From sending to the last byte.
    pub latency: Duration,
    /// When it was sent.
    pub started_at: DateTime<Utc>,
    /// When the answer was complete.
    pub finished_at: DateTime<Utc>,
}

/// A conversation, of this try and earlier ones.
#[derive(Clone, Debug)]
pub struct NewTranscript {
    /// How it ended.
    pub outcome: TranscriptOutcome,
    /// The version that answered last.
    pub model_version: Option<String>,
    /// Answered turns.
    pub turn_count: i32,
    /// Words of all answers.
    pub word_count: i64,
    /// Sum over the turns; None where a turn's is unknown.
    pub input_tokens: Option<i64>,
    /// Sum over the turns; None where a turn's is unknown.
    pub output_tokens: Option<i64>,
    /// Sum over the turns; None where a turn's is unknown.
    pub cost_usd_micros: Option<i64>,
    /// Sum over the turns.
    pub latency: Duration,
    /// When the first turn was sent.
    pub started_at: DateTime<Utc>,
    /// When the last answer was complete.
    pub finished_at: DateTime<Utc>,
}

/// One reading of a transcript.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// Whether one was found.
    pub status: DecisionStatus,
    /// The scale's point or the choice's name.
    pub value: Option<String>,
    /// The number statistics are made of.
    pub score: Option<f64>,
    /// Who read it.
    pub reader: String,
    /// In which version.
    pub reader_version: String,
    /// By which of its rules.
    pub rule: Option<String>,
    /// Why nothing could be read.
    pub reason: Option<String>,
    /// In which turn, from 0.
    pub turn_index: Option<i32>,
    /// The bytes of the answer it was read from.
    pub quote: Option<std::ops::Range<usize>>,
}

/// What became of a write.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It stands.
    Accepted,
    /// The lease has lapsed: `finish_late` decides.
    Lapsed,
    /// The lease had lapsed, but the probe had no transcript yet: this one was taken.
    AcceptedLate,
    /// The lease had lapsed and somebody else was faster: only the attempt was booked.
    Late,
}
