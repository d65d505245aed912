//! Whether all is well, and if not, what to do: one look for whoever does not want to look
//! everywhere.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{BreakerState, worker};
use uuid::Uuid;

use super::{ProviderHealth, needs::Needs, not_configured, providers, traffic_by_provider, what_to_do};
use crate::{
    config::Config,
    db::{Db, now},
    error::Result,
    fleet,
    limits::{self, LaneState},
};

/// The most reasons that are named.
const REASONS_MAX: usize = 50;
/// A pause of a provider that is worth a word.
const PAUSE_LONG: TimeDelta = TimeDelta::minutes(10);
/// A check that is older says nothing any more.
const CHECK_FRESH: TimeDelta = TimeDelta::hours(1);
/// A worker that went silent longer ago is not missed any more.
const MISSED: TimeDelta = TimeDelta::hours(24);

/// How things are, worst last.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthStatus {
    /// All is well.
    Green,
    /// Something waits for a person, or may become worse.
    Amber,
    /// Runs stand still for want of a worker or a provider.
    Red,
}

/// What a reason is about.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum HealthTopic {
    /// A gate waits for a decision.
    Gate,
    /// A model of a run is held.
    Hold,
    /// A worker is missed.
    Worker,
    /// A provider cannot be asked, or fails.
    Provider,
}

/// Why things are not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthReason {
    /// How bad.
    pub status: HealthStatus,
    /// About what.
    pub topic: HealthTopic,
    /// What is wrong and what to do, in sentences.
    pub message: String,
    /// The run that it is about; None: none, or several.
    pub run_id: Option<Uuid>,
    /// The provider that it is about.
    pub provider_id: Option<String>,
    /// The worker that it is about.
    pub worker_id: Option<Uuid>,
}

/// How things are, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The worst of the reasons.
    pub status: HealthStatus,
    /// Worst first, at most 50.
    pub reasons: Vec<HealthReason>,
}

impl HealthReason {
    pub(super) fn new(status: HealthStatus, topic: HealthTopic, message: impl Into<String>) -> Self {
        Self { status, topic, message: message.into(), run_id: None, provider_id: None, worker_id: None }
    }
}

/// How things are. A fixed number of statements.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn summary(db: &Db, config: &Config) -> Result<Health> {
    let needs = Needs::read(db).await?;
    let providers = providers(db, config).await?;
    let online = fleet::online_workers(db, config.beat()).await?;
    let mut reasons = needs.waiting_for_somebody();
    if !needs.lanes.is_empty() {
        let known = fleet::known_workers(db).await?;
        reasons.extend(missed(&known, &online, now()));
        if online.is_empty() {
            reasons.push(HealthReason::new(HealthStatus::Red, HealthTopic::Worker, nobody(needs.run_count)));
        } else {
            reasons.extend(unserved(&needs, &providers));
        }
        for state in limits::states(db).await? {
            reasons.extend(failing(&needs, &state));
        }
    }
    reasons.extend(failed_checks(db, &needs, &providers).await?);
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.status));
    reasons.truncate(REASONS_MAX);
    let status = reasons.first().map_or(HealthStatus::Green, |reason| reason.status);
    Ok(Health { status, reasons })
}

fn nobody(run_count: usize) -> String {
    let waits = if run_count == 1 { "a run waits".into() } else { format!("{run_count} runs wait") };
    format!("No worker is online, and {waits} for one. Start one with `probity worker`, or `probity serve`.")
}

/// Workers that went silent without having stopped, and that nobody has started again.
fn missed<'a>(
    known: &'a [worker::Model],
    online: &'a [worker::Model],
    at: DateTime<Utc>,
) -> impl Iterator<Item = HealthReason> + 'a {
    let is_online: HashSet<Uuid> = online.iter().map(|row| row.id).collect();
    let is_replaced = |gone: &worker::Model| {
        online.iter().any(|row| {
            row.started_at > gone.beat_at
                && (row.name == gone.name || row.host.is_some() && row.host == gone.host)
        })
    };
    let is_missed = move |row: &&worker::Model| {
        !is_online.contains(&row.id) && at - row.beat_at < MISSED && !is_replaced(row)
    };
    known.iter().filter(is_missed).map(|row| HealthReason {
        worker_id: Some(row.id),
        ..HealthReason::new(HealthStatus::Amber, HealthTopic::Worker, silent(row))
    })
}

fn silent(row: &worker::Model) -> String {
    let host = row.host.as_ref().map_or(String::new(), |host| format!(" on {host}"));
    let again = row.restart_command.as_ref().map_or_else(
        || "Look at its log, and start it again.".to_owned(),
        |command| format!("Look at its log, and start it again: `{command}`."),
    );
    let since = row.beat_at.format("%Y-%m-%d %H:%M:%S");
    format!("The worker {}{host} has not been heard of since {since} UTC. {again}", row.name)
}

/// Providers that open runs need and that no worker can serve.
fn unserved<'a>(
    needs: &'a Needs,
    providers: &'a [ProviderHealth],
) -> impl Iterator<Item = HealthReason> + 'a {
    let by_id: HashMap<&str, &ProviderHealth> =
        providers.iter().map(|found| (found.provider.id.as_str(), found)).collect();
    let lanes = needs.lanes.iter().filter_map(move |lane| match by_id.get(lane.as_str()) {
        Some(found) if !found.served_by.is_empty() => None,
        found => Some((lane, found.copied())),
    });
    lanes.map(|(lane, found)| {
        let fix = found.map_or_else(
            || "It is not in the configuration.".into(),
            |found| not_configured(&found.provider),
        );
        let message = format!("Open runs need {lane}, and no worker that is online can serve it. {fix}");
        HealthReason {
            provider_id: Some(lane.clone()),
            ..HealthReason::new(HealthStatus::Red, HealthTopic::Provider, message)
        }
    })
}

/// Breakers that are open and long pauses, of providers that open runs need.
fn failing<'a>(needs: &'a Needs, state: &'a LaneState) -> impl Iterator<Item = HealthReason> + 'a {
    let lane = state.row.lane.as_str();
    let is_needed = needs.lanes.contains(lane);
    let broken = state.models.iter().filter(|row| row.breaker != BreakerState::Closed).map(move |row| {
        let fault = row.fault_message.as_deref().unwrap_or("no answer").trim_end_matches('.');
        let status = if row.trial_count > 0 { HealthStatus::Red } else { HealthStatus::Amber };
        let message = format!(
            "{lane} fails for {} ({fault}). Its probes wait, which costs no try; look at the provider's status page.",
            row.wire_model
        );
        (status, message)
    });
    let pauses = state.cooldown().into_iter().map(|(until, ..)| until);
    let pauses = pauses.chain(state.models.iter().filter_map(|row| row.cooldown_until)).max();
    let at = DateTime::from_timestamp_millis((state.now * 1_000.0) as i64).unwrap_or_default();
    let pause = pauses.filter(|until| *until - at > PAUSE_LONG).map(|until| {
        let until = until.format("%Y-%m-%d %H:%M");
        (HealthStatus::Amber, format!("{lane} takes nothing more until {until} UTC: its limit is used up."))
    });
    broken.chain(pause).filter(move |_| is_needed).map(move |(status, message)| HealthReason {
        provider_id: Some(lane.to_owned()),
        ..HealthReason::new(status, HealthTopic::Provider, message)
    })
}

/// Checks of the last hour that failed, unless calls since show that it is well.
async fn failed_checks(db: &Db, needs: &Needs, providers: &[ProviderHealth]) -> Result<Vec<HealthReason>> {
    let failed = |found: &&ProviderHealth| {
        found.last_check.as_ref().is_some_and(|check| {
            let is_bad = check.is_reachable == Some(false) || check.is_key_accepted == Some(false);
            check.is_configured && is_bad && now() - check.checked_at < CHECK_FRESH
        })
    };
    let failed: Vec<&ProviderHealth> = providers.iter().filter(failed).collect();
    if failed.is_empty() {
        return Ok(Vec::new());
    }
    let traffic = traffic_by_provider(db).await?;
    let reason = |found: &ProviderHealth| {
        let check = found.last_check.as_ref()?;
        let seen = traffic.get(&found.provider.id);
        let is_key_bad = check.is_key_accepted == Some(false);
        let works = if is_key_bad {
            seen.and_then(|seen| seen.is_key_accepted)
        } else {
            seen.and_then(|seen| seen.is_reachable)
        };
        if works == Some(true) {
            return None;
        }
        let fix = what_to_do(&found.provider, check.is_configured, check.error_category.as_deref());
        let name = &found.provider.display_name;
        let what = if is_key_bad { "does not accept the key" } else { "does not answer" };
        let is_needed = needs.lanes.contains(&found.provider.id);
        let status = if is_needed { HealthStatus::Red } else { HealthStatus::Amber };
        let message = format!("{name} {what}, as a check showed. {}", fix.unwrap_or_default());
        Some(HealthReason {
            provider_id: Some(found.provider.id.clone()),
            ..HealthReason::new(status, HealthTopic::Provider, message.trim_end())
        })
    };
    Ok(failed.into_iter().filter_map(reason).collect())
}
