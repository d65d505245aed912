//! Asking for a check, and writing down what it showed.

use std::time::Duration;

use entity::{provider, provider_check};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    config::Config,
    db::{Db, now},
    error::{Error, Result},
    queue::{Job, enqueue_job},
};

/// What a check showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewCheck {
    /// False: there is no key, so nothing was asked.
    pub is_configured: bool,
    /// Whether anything answered; None: nothing was asked.
    pub is_reachable: Option<bool>,
    /// Whether the key was taken; None: no key is needed, or the answer does not tell.
    pub is_key_accepted: Option<bool>,
    /// How long the answer took.
    pub latency: Option<Duration>,
    /// How many models the provider says it serves; None: it does not say.
    pub model_count: Option<u64>,
    /// What went wrong, as a word of the taxonomy.
    pub error_category: Option<String>,
    /// What went wrong, in the vendor's words.
    pub error_message: Option<String>,
}

/// What became of the wish for a check.
#[derive(Clone, Debug)]
pub struct Requested {
    /// The latest check there is; None: there was none yet.
    pub check: Option<provider_check::Model>,
    /// True where a worker has been asked for a new one.
    pub is_pending: bool,
}

/// Asks for a check of a provider, unless one is fresh enough or under way.
///
/// # Errors
/// `NotFound` where there is no such provider, `Forbidden` for viewers, `Unavailable`, `Database`.
pub async fn request_check(db: &Db, config: &Config, actor: &Actor, provider_id: &str) -> Result<Requested> {
    authorize(actor, Action::Check, Resource::Registry)?;
    provider::Entity::find_by_id(provider_id)
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("provider", provider_id))?;
    let check = latest(db.read(), provider_id).await?;
    // What was not configured may be by now: the age of such a check says nothing.
    let is_fresh = check.as_ref().is_some_and(|check| {
        let age = (now() - check.checked_at).as_seconds_f64();
        check.is_configured && age < config.check_cache_seconds
    });
    if !is_fresh {
        enqueue_job(db.write(), Job::CheckProvider(provider_id.into())).await?;
    }
    Ok(Requested { check, is_pending: !is_fresh })
}

/// Writes down what a worker found.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn record_check(db: &Db, provider_id: &str, worker_id: Uuid, check: NewCheck) -> Result<()> {
    write_check(db.write(), provider_id, worker_id, check).await
}

pub(crate) async fn write_check(
    connection: &impl ConnectionTrait,
    provider_id: &str,
    worker_id: Uuid,
    check: NewCheck,
) -> Result<()> {
    provider_check::ActiveModel {
        id: Set(Uuid::now_v7()),
        provider_id: Set(provider_id.into()),
        worker_id: Set(worker_id),
        checked_at: Set(now()),
        is_configured: Set(check.is_configured),
        is_reachable: Set(check.is_reachable),
        is_key_accepted: Set(check.is_key_accepted),
        latency_ms: Set(check.latency.map(|span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX))),
        model_count: Set(check.model_count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))),
        error_category: Set(check.error_category),
        error_message: Set(check.error_message.map(|message| message.replace('\0', "\u{FFFD}"))),
    }
    .insert(connection)
    .await?;
    Ok(())
}

async fn latest(
    connection: &impl ConnectionTrait,
    provider_id: &str,
) -> Result<Option<provider_check::Model>> {
    Ok(provider_check::Entity::find()
        .filter(provider_check::Column::ProviderId.eq(provider_id))
        .order_by_desc(provider_check::Column::CheckedAt)
        .order_by_desc(provider_check::Column::Id)
        .one(connection)
        .await?)
}
