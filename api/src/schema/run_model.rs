//! The models of a run, and how far they are.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::run as domain_run;
use entity::run_model;
use uuid::Uuid;

use super::{
    access::{present, rows},
    ids::usd,
    loaders::{RunModelKey, WinRatesOf},
    value::ValueWinRate,
    waiting::{WaitingReason, model_waits},
};

/// One model version of a run. Two versions of one model are two of these.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(crate) struct RunModel {
    /// The id within the run, for the filters of `probes` and `transcripts`.
    id: ID,
    /// Who serves it, e.g. `openai`.
    provider_id: String,
    /// The model, e.g. `gemini-1.5-pro`.
    model_id: String,
    /// How the run named it, e.g. `gpt-4o@default`; null for runs of an older version of Probity.
    asked_for: Option<String>,
    /// The version that this name stood for when the run was made; null where the bare model was
    /// asked for. What answered stands in each transcript.
    model_version: Option<String>,
    /// What the provider is asked for.
    wire_model: String,
    /// Why the model waits for a person; null: it does not.
    hold: Option<Hold>,
    #[graphql(skip)]
    row_id: Uuid,
    #[graphql(skip)]
    run_id: Uuid,
}

#[ComplexObject]
impl RunModel {
    /// Why what is queued of it is not in flight; null: nothing is queued.
    #[graphql(complexity = "5 + child_complexity")]
    async fn waiting_because(&self, ctx: &Context<'_>) -> Result<Option<WaitingReason>> {
        model_waits(ctx, self.row_id).await
    }

    /// How often the values of the run's definition win with it, in the definition's order; none
    /// where it has none, or nothing is answered yet.
    #[graphql(complexity = "10 + child_complexity")]
    async fn value_win_rates(&self, ctx: &Context<'_>) -> Result<Vec<ValueWinRate>> {
        let of_run = rows(ctx).load_one(WinRatesOf(self.run_id)).await?.unwrap_or_default();
        Ok(of_run.get(&self.row_id).cloned().unwrap_or_default().into_iter().map(Into::into).collect())
    }
}

/// A model of a run whose account was refused three times in a row. Its probes wait for
/// `retryHeldModels` or `failHeldModels`.
#[derive(Clone, SimpleObject)]
pub(crate) struct Hold {
    /// Since when.
    held_at: DateTime<Utc>,
    /// `auth`, `quota` or `billing`.
    category: String,
    /// What the provider said.
    message: String,
    /// What to do about it.
    advice: &'static str,
    /// Since when what is left of it fails; null: nobody has decided that.
    given_up_at: Option<DateTime<Utc>>,
}

impl Hold {
    fn of(row: &run_model::Model) -> Option<Self> {
        let category = row.held_category.clone()?;
        Some(Self {
            held_at: row.held_at?,
            message: row.held_message.clone().unwrap_or_default(),
            advice: domain::limits::advice(&category),
            category,
            given_up_at: row.given_up_at,
        })
    }
}

impl From<run_model::Model> for RunModel {
    fn from(row: run_model::Model) -> Self {
        Self {
            hold: Hold::of(&row),
            id: row.id.into(),
            row_id: row.id,
            run_id: row.run_id,
            provider_id: row.provider_id,
            model_id: row.model_id,
            asked_for: row.asked_for,
            model_version: row.model_version,
            wire_model: row.wire_model,
        }
    }
}

/// A model of a run by its id.
pub(crate) async fn run_model_of(ctx: &Context<'_>, id: Uuid) -> Result<RunModel> {
    Ok(present(rows(ctx).load_one(RunModelKey(id)).await?, "model of a run")?.into())
}

/// Where the probes stand: planned = queued + running + succeeded + failed + cancelled, and
/// succeeded = decided + reading + unreadable + refused + contentFilter + truncated + empty.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Ledger {
    /// All probes.
    planned: i64,
    /// Not claimed yet, or waiting for another try.
    queued: i64,
    /// In flight.
    running: i64,
    /// With a complete transcript.
    succeeded: i64,
    /// Given up.
    failed: i64,
    /// Not claimed because the run was cancelled.
    cancelled: i64,
    /// A decision was read.
    decided: i64,
    /// A reader is still at it.
    reading: i64,
    /// No decision could be read.
    unreadable: i64,
    /// The model declined.
    refused: i64,
    /// The provider's filter stopped the answer.
    content_filter: i64,
    /// The answer reached the token limit.
    truncated: i64,
    /// The answer holds no text.
    empty: i64,
}

#[ComplexObject]
impl Ledger {
    /// Probes that will not change any more: succeeded + failed + cancelled.
    async fn ended(&self) -> i64 {
        self.succeeded + self.failed + self.cancelled
    }
}

impl From<domain_run::Ledger> for Ledger {
    fn from(ledger: domain_run::Ledger) -> Self {
        Self {
            planned: ledger.planned,
            queued: ledger.queued,
            running: ledger.running,
            succeeded: ledger.succeeded,
            failed: ledger.failed,
            cancelled: ledger.cancelled,
            decided: ledger.decided,
            reading: ledger.reading,
            unreadable: ledger.unreadable,
            refused: ledger.refused,
            content_filter: ledger.content_filter,
            truncated: ledger.truncated,
            empty: ledger.empty,
        }
    }
}

/// How far a run is. One read of constant cost, however large the run.
#[derive(SimpleObject)]
pub(crate) struct RunProgress {
    /// The whole run.
    ledger: Ledger,
    /// Its models, in the order in which the run was asked for them.
    models: Vec<ModelProgress>,
    /// What the answers cost so far, in US dollars, models without a known price left out; null
    /// where no price is known.
    cost_usd: Option<f64>,
    /// When to ask again, in milliseconds; null: the run is over, and nothing will change.
    poll_after_ms: Option<u32>,
}

/// How far one model of a run is.
#[derive(SimpleObject)]
pub(crate) struct ModelProgress {
    /// The model.
    run_model: RunModel,
    /// Its probes.
    ledger: Ledger,
    /// What its answers cost so far, in US dollars; null where no price is known.
    cost_usd: Option<f64>,
    /// Input tokens so far. A whole number; a Float, because it can be larger than an Int.
    input_tokens: f64,
    /// Output tokens so far. A whole number; a Float, because it can be larger than an Int.
    output_tokens: f64,
}

impl RunProgress {
    /// The progress as it is shown.
    pub(crate) fn of(progress: domain_run::Progress, poll_after_ms: Option<u32>) -> Self {
        Self {
            ledger: progress.ledger().into(),
            cost_usd: progress.cost_usd_micros().map(usd),
            models: progress.models.into_iter().map(ModelProgress::from).collect(),
            poll_after_ms,
        }
    }
}

impl From<domain_run::ModelProgress> for ModelProgress {
    fn from(model: domain_run::ModelProgress) -> Self {
        Self {
            ledger: model.ledger.into(),
            cost_usd: model.row.cost_usd_micros.map(usd),
            input_tokens: model.row.input_tokens as f64,
            output_tokens: model.row.output_tokens as f64,
            run_model: model.row.into(),
        }
    }
}
