//! Setting limits: by configuration when a worker starts, by an admin at any time.

use entity::provider_state;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::{
    LaneState,
    learned::Learned,
    report::{insert_row, new_row},
    state::lane_row,
    state_of,
};
use crate::{
    audit_event,
    auth::{Action, Actor, Resource, authorize},
    config::{Config, ProviderConfig},
    db::{Db, now},
    error::{Error, Fault, Result},
    receipt::{self, Token},
};

/// Limits of a provider as somebody sets them; None: no such limit, or as configured.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct SetLimits {
    /// Calls in flight over all workers.
    pub parallel: Option<u32>,
    /// Requests per minute.
    pub requests_per_minute: Option<u32>,
    /// Tokens per minute, of questions and answers.
    pub tokens_per_minute: Option<u64>,
    /// Requests per day (UTC).
    pub requests_per_day: Option<u64>,
}

/// The largest limit of any kind: beyond it there is none.
const LIMIT_MAX: u64 = 1_000_000_000;

impl SetLimits {
    /// The limits that a provider is configured with.
    pub fn of(config: &ProviderConfig) -> Self {
        Self {
            parallel: config.parallel,
            requests_per_minute: config.requests_per_minute,
            tokens_per_minute: config.tokens_per_minute,
            requests_per_day: config.requests_per_day,
        }
    }

    /// Refuses what is no limit, all at once, each by its name after `prefix`.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn check(&self, prefix: &str, names: [&str; 4]) -> Result<()> {
        let values = [
            self.parallel.map(u64::from),
            self.requests_per_minute.map(u64::from),
            self.tokens_per_minute,
            self.requests_per_day,
        ];
        let faults: Vec<Fault> = names
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| {
                let value = value.filter(|value| !(1..=LIMIT_MAX).contains(value))?;
                let message = format!(
                    "{value} is no limit; give a whole number from 1 to {LIMIT_MAX}, or leave it out for none. \
                     To stop a provider's calls, pause the runs."
                );
                let path = format!("{prefix}{name}");
                Some(Fault { code: "INVALID".into(), path, line: None, column: None, message })
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }
}

fn narrow(value: Option<u32>) -> Option<i32> {
    value.map(|value| i32::try_from(value).unwrap_or(i32::MAX))
}

fn wide(value: Option<u64>) -> Option<i64> {
    value.map(|value| i64::try_from(value).unwrap_or(i64::MAX))
}

/// Writes the configured limits of the providers that a worker serves, where they differ. The
/// worker that starts last decides.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn sync_configured(db: &Db, config: &Config, provider_ids: &[String]) -> Result<()> {
    for id in provider_ids {
        let set = config.providers.get(id).map(SetLimits::of).unwrap_or_default();
        let tx = db.begin().await?;
        let state = made(&tx, id, set).await?;
        let mut row = state.row.clone();
        row.configured_parallel = narrow(set.parallel);
        row.configured_requests_per_minute = narrow(set.requests_per_minute);
        row.configured_tokens_per_minute = wide(set.tokens_per_minute);
        row.configured_requests_per_day = wide(set.requests_per_day);
        if row.is_slow_start && set != SetLimits::default() {
            // Somebody says what the provider takes: there is nothing to find out slowly.
            (row.is_slow_start, row.learned_parallel, row.ramp_count) = (false, None, 0);
        }
        save_if_changed(&tx, &state.row, row).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The lane's row, locked; made where there is none.
async fn made(tx: &impl ConnectionTrait, lane: &str, set: SetLimits) -> Result<LaneState> {
    if let Some(state) = lane_row(tx, lane, true).await? {
        return Ok(state);
    }
    insert_row(tx, new_row(lane, Learned::at_first(set != SetLimits::default()))).await?;
    lane_row(tx, lane, true).await?.ok_or_else(|| Error::not_found("provider", lane))
}

async fn save_if_changed(
    tx: &impl ConnectionTrait,
    before: &provider_state::Model,
    mut row: provider_state::Model,
) -> Result<()> {
    if *before != row {
        row.updated_at = now();
        row.into_active_model().reset_all().update(tx).await?;
    }
    Ok(())
}

/// Sets the limits of a provider for all workers, at once; each that is None goes back to what is
/// configured. What was learned by refusals is forgotten, so that the new limits are in force.
///
/// # Errors
/// `Forbidden` for all but admins, `NotFound`, `Invalid`, `Conflict` where the token was used for
/// another input.
pub async fn set(
    db: &Db,
    actor: &Actor,
    provider_id: &str,
    set: SetLimits,
    client_token: Option<&str>,
) -> Result<LaneState> {
    authorize(actor, Action::Administer, Resource::Registry)?;
    set.check("", ["parallel", "requestsPerMinute", "tokensPerMinute", "requestsPerDay"])?;
    let token = Token { client_token, command: "setProviderLimits", input: format!("{provider_id} {set:?}") };
    let tx = db.begin().await?;
    if receipt::find(&tx, actor, &token).await?.is_none() {
        if entity::provider::Entity::find_by_id(provider_id).one(&tx).await?.is_none() {
            return Err(Error::not_found("provider", provider_id));
        }
        let state = made(&tx, provider_id, set).await?;
        let mut row = state.row.clone();
        row.admin_parallel = narrow(set.parallel);
        row.admin_requests_per_minute = narrow(set.requests_per_minute);
        row.admin_tokens_per_minute = wide(set.tokens_per_minute);
        row.admin_requests_per_day = wide(set.requests_per_day);
        row.learned_requests_per_minute = None;
        row.learned_parallel = None;
        row.is_slow_start = false;
        // A pause that a refusal asked for may have been misread; one that holds is asked for again.
        (row.cooldown_until, row.cooldown_reason, row.cooldown_message) = (None, None, None);
        // A line that was formed under another rate must not be waited out under this one.
        row.request_tat = row.request_tat.min(state.now);
        row.token_tat = row.token_tat.min(state.now);
        save_if_changed(&tx, &state.row, row).await?;
        let payload = json!({
            "parallel": set.parallel,
            "requestsPerMinute": set.requests_per_minute,
            "tokensPerMinute": set.tokens_per_minute,
            "requestsPerDay": set.requests_per_day,
        });
        let noted =
            audit_event::note(&tx, actor, "setProviderLimits", format!("provider {provider_id}"), payload);
        let audit_id: Uuid = noted.await?;
        receipt::keep(&tx, actor, &token, audit_id).await?;
    }
    tx.commit().await?;
    state_of(db, provider_id).await?.ok_or_else(|| Error::not_found("provider", provider_id))
}
