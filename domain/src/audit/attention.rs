//! What is no fault of what is stored, and still wants somebody to look at it.

use std::collections::HashSet;

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    config::Config,
    db::{Db, rows},
    error::Result,
    fleet, registry, report,
};

/// What somebody should look at, a sentence each.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn attention(db: &Db, config: &Config) -> Result<Vec<String>> {
    let mut notes = workers(db, config).await?;
    notes.extend(unserved_runs(db, config).await?);
    notes.extend(waiting_runs(db).await?);
    notes.extend(failed_jobs(db).await?);
    let missing = report::missing(db).await?.len();
    if missing > 0 {
        let runs = if missing == 1 {
            "1 run that is over has".into()
        } else {
            format!("{missing} runs that are over have")
        };
        notes.push(format!(
            "{runs} no report yet: it is written within a minute where a worker runs, on the \
             next look, or by `probity doctor --repair`."
        ));
    }
    Ok(notes)
}

async fn workers(db: &Db, config: &Config) -> Result<Vec<String>> {
    let online: HashSet<Uuid> =
        fleet::online_workers(db, config.beat()).await?.into_iter().map(|worker| worker.id).collect();
    #[derive(FromQueryResult)]
    struct Held {
        leased_by: Uuid,
        count: i64,
    }
    let sql = "SELECT leased_by, COUNT(*) AS count FROM probes WHERE status = 'running' GROUP BY leased_by";
    let held: Vec<Held> = rows(db.read(), sql, []).await?;
    let mut notes = Vec::new();
    for worker in fleet::known_workers(db).await? {
        let count = held.iter().find(|held| held.leased_by == worker.id).map_or(0, |held| held.count);
        if !online.contains(&worker.id) && count > 0 {
            notes.push(format!(
                "Worker {} was last heard of at {} and holds {count} probes: another worker takes them back.",
                worker.name,
                worker.beat_at.format("%Y-%m-%d %H:%M:%S UTC")
            ));
        }
        if online.contains(&worker.id) && worker.version != env!("CARGO_PKG_VERSION") {
            notes.push(format!(
                "Worker {} is of version {}, this program of {}: jobs that only one of them knows are left to it.",
                worker.name,
                worker.version,
                env!("CARGO_PKG_VERSION")
            ));
        }
    }
    Ok(notes)
}

/// Runs with something left to do that no worker online can do.
async fn unserved_runs(db: &Db, config: &Config) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Open {
        run_id: Uuid,
        provider_id: String,
        left_count: i64,
    }
    let sql = "SELECT m.run_id, m.provider_id,
            CAST(SUM(m.planned_count - m.succeeded_count - m.failed_count - m.cancelled_count) AS bigint) AS left_count
        FROM run_models AS m JOIN runs ON runs.id = m.run_id
        WHERE runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
          AND runs.stopped_at IS NULL
          AND m.planned_count > m.succeeded_count + m.failed_count + m.cancelled_count
        GROUP BY m.run_id, m.provider_id ORDER BY m.run_id, m.provider_id";
    let open: Vec<Open> = rows(db.read(), sql, []).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let served = registry::served_providers(db, config.beat()).await?;
    let unserved = open.into_iter().filter(|open| !served.contains(&open.provider_id));
    let note = |Open { run_id, provider_id, left_count }| {
        format!(
            "Run {run_id}: {left_count} probes wait for a worker that can serve {provider_id}, and none is online. Start \
             one with its key."
        )
    };
    Ok(unserved.map(note).collect())
}

async fn waiting_runs(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Open {
        run_id: Uuid,
        reason: String,
    }
    let sql = "SELECT run_id, reason FROM gates WHERE state = 'open' ORDER BY opened_at, id";
    let open: Vec<Open> = rows(db.read(), sql, []).await?;
    Ok(open
        .into_iter()
        .map(|Open { run_id, reason }| format!("Run {run_id} waits for somebody: {reason}"))
        .collect())
}

async fn failed_jobs(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Failed {
        kind: String,
        count: i64,
        message: Option<String>,
    }
    let sql =
        "SELECT kind, COUNT(*) AS count, MAX(error_message) AS message FROM jobs WHERE status = 'failed'
        GROUP BY kind ORDER BY kind";
    let failed: Vec<Failed> = rows(db.read(), sql, []).await?;
    let note = |Failed { kind, count, message }: Failed| {
        format!(
            "{count} jobs {kind} have failed for good: {}",
            message.unwrap_or_else(|| "no reason is kept".into())
        )
    };
    Ok(failed.into_iter().map(note).collect())
}
