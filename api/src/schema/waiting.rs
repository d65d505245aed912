//! Why something waits, and when a run will be over.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Enum, Result, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    Error,
    run::eta::{self, Basis},
    waiting::{self, Reason},
};
use uuid::Uuid;

use super::{access::rows, loaders::Rows};

/// What keeps a probe from being claimed, in the order of precedence: the first that holds is
/// named.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "waiting::WaitingKind")]
pub(crate) enum WaitingKind {
    /// The run was cancelled, rejected or ended by its deadline.
    Cancelled,
    /// Somebody paused the run.
    Paused,
    /// A gate of the run waits for a person.
    Gate,
    /// The provider does not accept the account; the model waits for a person.
    Hold,
    /// The run's budget does not cover the worst case.
    Budget,
    /// The provider is failing for this model.
    Breaker,
    /// The provider takes no more for now.
    RateLimit,
    /// The pause before another try.
    Backoff,
    /// No worker that is online has a key for the provider.
    NoWorker,
    /// It is not its turn.
    OthersFirst,
}

/// Why something waits. Waiting costs no try.
#[derive(SimpleObject)]
pub(crate) struct WaitingReason {
    /// The kind, the first of those that hold.
    kind: WaitingKind,
    /// What stands in the way, and what to do where somebody can do something.
    message: String,
    /// Until when; null: nobody knows, or until somebody does something.
    until: Option<DateTime<Utc>>,
}

impl From<Reason> for WaitingReason {
    fn from(reason: Reason) -> Self {
        Self { kind: reason.kind.into(), message: reason.message, until: reason.until }
    }
}

/// What a forecast is made of.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "Basis")]
pub(crate) enum EtaBasis {
    /// How fast probes of this run have ended lately, and the limits in force.
    Observed,
    /// Too few have ended to say: answers of usual length, and the limits in force.
    Assumed,
}

/// When a run will probably be over, as times of this server's clock. The times are null where
/// time alone does not end it; `unknownBecause` says why.
#[derive(SimpleObject)]
pub(crate) struct RunEta {
    /// Where nothing gets in the way.
    low: Option<DateTime<Utc>>,
    /// As things go now.
    expected: Option<DateTime<Utc>>,
    /// Where it goes slower than it went.
    high: Option<DateTime<Utc>>,
    /// What the range is made of; null where there is none.
    basis: Option<EtaBasis>,
    /// Why nobody can say; null where there is a range.
    unknown_because: Option<WaitingReason>,
}

impl From<eta::Eta> for RunEta {
    fn from(found: eta::Eta) -> Self {
        match found {
            eta::Eta::Known { low, expected, high, basis } => Self {
                low: Some(low),
                expected: Some(expected),
                high: Some(high),
                basis: Some(basis.into()),
                unknown_because: None,
            },
            eta::Eta::Unknown(reason) => Self {
                low: None,
                expected: None,
                high: None,
                basis: None,
                unknown_because: Some(reason.into()),
            },
        }
    }
}

macro_rules! loads {
    ($($(#[$doc:meta])* $key:ident => $value:ty, |$rows:ident, $ids:ident| $read:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
            struct $key(Uuid);

            impl Loader<$key> for Rows {
                type Value = $value;
                type Error = Arc<Error>;

                async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Arc<Error>> {
                    let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
                    let ($rows, $ids) = (self, ids.as_slice());
                    let found = $read.await.map_err(Arc::new)?;
                    Ok(found.into_iter().map(|(id, value)| ($key(id), value)).collect())
                }
            }
        )+
    };
}

loads! {
    /// Why a queued probe waits.
    ProbeWaits => Reason, |rows, ids| waiting::of_probes(rows.db(), rows.config().beat(), ids);
    /// Why what is queued of a model of a run waits.
    ModelWaits => Reason, |rows, ids| waiting::of_models(rows.db(), rows.config().beat(), ids);
    /// Why a run stands still.
    RunWaits => Reason, |rows, ids| waiting::of_runs(rows.db(), rows.config().beat(), ids);
    /// When a run will be over.
    EtaOf => eta::Eta, |rows, ids| eta::etas_of(rows.db(), rows.config(), ids);
}

/// Why a queued probe waits.
pub(crate) async fn probe_waits(ctx: &Context<'_>, id: Uuid) -> Result<Option<WaitingReason>> {
    Ok(rows(ctx).load_one(ProbeWaits(id)).await?.map(Into::into))
}

/// Why what is queued of a model of a run waits.
pub(crate) async fn model_waits(ctx: &Context<'_>, id: Uuid) -> Result<Option<WaitingReason>> {
    Ok(rows(ctx).load_one(ModelWaits(id)).await?.map(Into::into))
}

/// Why a run stands still.
pub(crate) async fn run_waits(ctx: &Context<'_>, id: Uuid) -> Result<Option<WaitingReason>> {
    Ok(rows(ctx).load_one(RunWaits(id)).await?.map(Into::into))
}

/// When a run will be over.
pub(crate) async fn eta_of(ctx: &Context<'_>, id: Uuid) -> Result<Option<RunEta>> {
    Ok(rows(ctx).load_one(EtaOf(id)).await?.map(Into::into))
}
