//! Providers, models, versions and prices: what can be evaluated, and what it costs.
//!
//! Rows come from three places. What is built in or configured is synced at start; what an
//! admin sets at run time stays as it is set; a model that a run names together with its
//! provider gets a row on first use.

mod admin;
mod known;
mod price;
mod sync;
#[cfg(test)]
mod tests;

pub use admin::{ModelChange, ModelKey, NewTier, retire_model, set_model, set_price};
pub use known::{
    AvailableModel, Known, KnownProvider, available_model, available_models, find_provider, known,
    served_providers, unknown_model_warning,
};
pub use price::{Cost, Tariff, Tariffs, TokenCounts};
pub use sync::{provider_row, sync};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::error::Result;

/// One change of the registry at a time: SQLite's writer is alone anyway.
pub(crate) async fn lock(tx: &DatabaseTransaction) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(7020112)").await?;
    }
    Ok(())
}
