//! What real traffic of the last hour says of providers.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use crate::{
    db::{Db, now},
    error::Result,
    traffic::{self, Recent, Traffic},
};

/// How far back is looked.
const WINDOW: Duration = Duration::from_secs(3_600);
/// Tries of each model that are looked at.
const TRIES_MAX: u64 = 500;
/// Models of runs that are looked at, those of the latest runs.
const MODELS_MAX: u64 = 100;

/// The traffic of the last hour by provider; those without any are left out. Two statements, which
/// read no more than the latest tries of the latest runs.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn traffic_by_provider(db: &Db) -> Result<HashMap<String, Traffic>> {
    traffic_within(db, WINDOW).await
}

/// The traffic of a time up to now, by provider.
pub(crate) async fn traffic_within(db: &Db, window: Duration) -> Result<HashMap<String, Traffic>> {
    let at = now();
    let since = at - chrono::Duration::from_std(window).unwrap_or_default();
    let active = traffic::active_models(db, since, MODELS_MAX).await?;
    let ids: Vec<_> = active.iter().map(|(id, _)| *id).collect();
    let tries = traffic::latest(db, &ids, Some(since), TRIES_MAX).await?;
    let mut lanes: BTreeMap<&str, Vec<&[Recent]>> = BTreeMap::new();
    for (id, lane) in &active {
        if let Some(tries) = tries.get(id) {
            lanes.entry(lane).or_default().push(tries);
        }
    }
    let of = |(lane, models): (&str, Vec<&[Recent]>)| {
        (lane.to_owned(), traffic::summary(&models, at, window, TRIES_MAX))
    };
    Ok(lanes.into_iter().map(of).collect())
}
