//! What transcripts do with the values of their definition.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{stats::Interval, values};
use entity::value_reading;

use super::{access::rows, ai_call::AiCall, loaders::AiCallKey};

/// What a transcript did with a value that it names.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::ValueOutcome")]
pub(crate) enum ValueOutcome {
    /// It put the value before another.
    Prioritised,
    /// It put another before the value.
    Deprioritised,
    /// It weighed them equally, or only named it.
    Neutral,
}

/// One reading of what a transcript does with a value.
pub(crate) struct ValueReading(pub(crate) value_reading::Model);

/// One reading of what a transcript does with a value.
#[Object]
impl ValueReading {
    /// The reading's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The value's name.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What came first; null: it is not named, though an earlier reading found it so.
    async fn outcome(&self) -> Option<ValueOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// 1, 2, 3 … per transcript and value.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// True where it counts.
    async fn is_in_force(&self) -> bool {
        self.0.is_in_force
    }

    /// Who read it: `deterministic` or `judge`.
    async fn reader(&self) -> &str {
        &self.0.reader
    }

    /// The version of the rules, or of what the judge was asked.
    async fn reader_version(&self) -> &str {
        &self.0.reader_version
    }

    /// The turn that says so, from 0; null where no words do.
    async fn turn_index(&self) -> Option<i32> {
        self.0.turn_index
    }

    /// The words that say so, as they stand in the answer; null: a judge copied none.
    async fn quote(&self) -> Option<&str> {
        self.0.quote.as_deref()
    }

    /// The judge's call; null: the rules read it.
    async fn ai_call(&self, ctx: &Context<'_>) -> Result<Option<AiCall>> {
        let Some(id) = self.0.ai_call_id else { return Ok(None) };
        Ok(rows(ctx).load_one(AiCallKey(id)).await?.map(AiCall::from))
    }

    /// When it was read.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// How often a value wins with a model of a run.
#[derive(SimpleObject)]
pub(crate) struct ValueWinRate {
    /// The value's name.
    value: String,
    /// Answered transcripts, whether they name it or not.
    transcript_count: u64,
    /// Those that put it before another.
    prioritised_count: u64,
    /// Those that put another before it.
    deprioritised_count: u64,
    /// Those that weigh it equally, or only name it.
    neutral_count: u64,
    /// prioritised / (prioritised + deprioritised + neutral), 0 to 1; null: nobody names it.
    rate: Option<f64>,
    /// The lower end of its 95 % interval, clustered by scenario; null: none can be given.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// How the interval was computed.
    method: String,
    /// What to know before relying on it.
    warnings: Vec<String>,
}

impl From<values::ValueWinRate> for ValueWinRate {
    fn from(found: values::ValueWinRate) -> Self {
        let rate = found.win_rate.rate;
        let (low, high) = rate.interval.map(|Interval { low, high }| (low, high)).unzip();
        Self {
            value: found.value,
            transcript_count: found.transcripts,
            prioritised_count: found.win_rate.prioritised,
            deprioritised_count: found.win_rate.deprioritised,
            neutral_count: found.win_rate.neutral,
            rate: rate.rate,
            low,
            high,
            method: rate.method.name,
            warnings: rate.warnings.into_iter().map(|warning| warning.message).collect(),
        }
    }
}
