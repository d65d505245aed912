//! All providers at a glance.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use entity::{provider, provider_check, worker, worker_provider};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::UNUSABLE_SETTINGS;
use crate::{
    config::Config,
    db::{Db, rows},
    error::Result,
    fleet,
};

/// A provider and how it is.
#[derive(Clone, Debug)]
pub struct ProviderHealth {
    /// The provider's row.
    pub provider: provider::Model,
    /// The workers that are online and can serve it, oldest first.
    pub served_by: Vec<worker::Model>,
    /// False: it was once, and stays because runs may point at it.
    pub is_in_configuration: bool,
    /// The latest check; None: there was none yet.
    pub last_check: Option<provider_check::Model>,
    /// True where a worker has been asked for a check that is not done.
    pub is_check_pending: bool,
}

/// Every provider, by id. A fixed number of statements, however many providers.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn providers(db: &Db, config: &Config) -> Result<Vec<ProviderHealth>> {
    #[derive(FromQueryResult)]
    struct Pending {
        provider_id: String,
    }
    let known = provider::Entity::find().order_by_asc(provider::Column::Id).all(db.read()).await?;
    let online = fleet::online_workers(db, config.beat()).await?;
    let served = worker_provider::Entity::find()
        .filter(worker_provider::Column::WorkerId.is_in(online.iter().map(|worker| worker.id)))
        .all(db.read())
        .await?;
    let served: HashSet<_> = served.into_iter().map(|row| (row.worker_id, row.provider_id)).collect();
    let mut checks = latest_checks(db).await?;
    let sql =
        "SELECT provider_id FROM jobs WHERE provider_id IS NOT NULL AND status IN ('queued', 'running')";
    let pending: Vec<Pending> = rows(db.read(), sql, []).await?;
    let pending: HashSet<String> = pending.into_iter().map(|row| row.provider_id).collect();
    let of = |provider: provider::Model| ProviderHealth {
        served_by: online
            .iter()
            .filter(|worker| served.contains(&(worker.id, provider.id.clone())))
            .cloned()
            .collect(),
        // That a worker could not ask is void once another one can.
        last_check: checks.remove(&provider.id).filter(|check| {
            !is_unusable(check) || !served.iter().any(|(_, provider_id)| *provider_id == provider.id)
        }),
        is_check_pending: pending.contains(&provider.id),
        is_in_configuration: config.providers.contains_key(&provider.id),
        provider,
    };
    Ok(known.into_iter().map(of).collect())
}

/// The latest check of each provider, by its id.
async fn latest_checks(db: &Db) -> Result<HashMap<String, provider_check::Model>> {
    let sql = "SELECT provider_checks.* FROM provider_checks
               JOIN (SELECT provider_id, MAX(checked_at) AS checked_at FROM provider_checks GROUP BY provider_id) AS last
                 ON last.provider_id = provider_checks.provider_id AND last.checked_at = provider_checks.checked_at
               ORDER BY provider_checks.id";
    let found = rows(db.read(), sql, []).await?.into_iter();
    Ok(found.map(|check: provider_check::Model| (check.provider_id.clone(), check)).collect())
}

/// Why workers that are online cannot use the settings they have of a provider, by its id; the
/// latest word of each, which counts only where nobody serves the provider.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn unusable_because(db: &Db, beat: Duration) -> Result<HashMap<String, String>> {
    let online: HashSet<Uuid> =
        fleet::online_workers(db, beat).await?.into_iter().map(|worker| worker.id).collect();
    let of = |(id, check): (String, provider_check::Model)| {
        let is_meant = is_unusable(&check) && online.contains(&check.worker_id);
        Some((id, check.error_message.filter(|_| is_meant)?))
    };
    Ok(latest_checks(db).await?.into_iter().filter_map(of).collect())
}

fn is_unusable(check: &provider_check::Model) -> bool {
    !check.is_configured && check.error_category.as_deref() == Some(UNUSABLE_SETTINGS)
}
