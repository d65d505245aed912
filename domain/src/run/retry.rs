//! Trying failed probes again, in the same run. The command writes a row and a job; the job
//! queues the probes in chunks. What they have been through stays.

use std::collections::BTreeMap;

use entity::{QueueStatus, probe, run, run_limit, run_retry};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::{Commanded, Locks, apply_noting, begin};
use crate::{
    config::Config,
    db::{Db, execute, now, placeholders, rows, sql_now},
    error::{Error, Result},
    event, gate,
    lifecycle::{Command, NewEvent},
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
    receipt,
};

/// Probes of one transaction.
const CHUNK: i64 = 5_000;
/// Nobody has more different reasons to fail.
const CATEGORIES_MAX: usize = 50;

/// Has the failed probes of a run tried again, with all their tries: those that failed with one of
/// `categories`, or all where there is none. A run that is over reopens; one whose deadline has
/// passed gets a new one.
///
/// # Errors
/// `Conflict` where no such probe has failed, or the run was cancelled or rejected; `Invalid`,
/// `NotFound`, `Forbidden`.
pub async fn retry_failed(
    db: &Db,
    config: &Config,
    commanded: Commanded<'_>,
    categories: &[String],
) -> Result<run::Model> {
    let categories = checked(categories)?;
    let token = commanded.token("retryFailedProbes", format!("/{}", categories.join(",")));
    let (tx, run, receipt) = begin(db, &commanded, &token, Locks::Run).await?;
    if receipt.is_some() {
        return Ok(run);
    }
    let note = json!({"categories": categories});
    let mut after = apply_noting(&tx, run.id, Some(commanded.actor.id), Command::Reopen, note).await?;
    after = gate::ask_again(&tx, after).await?;
    if !has_failed(&tx, run.id, &categories).await? {
        return Err(nothing_failed(&tx, run.id, &categories).await?);
    }
    let limits = run_limit::Entity::find_by_id(run.id).one(&tx).await?;
    if limits.and_then(|limits| limits.deadline_at).is_some_and(|at| at <= now()) {
        let deadline_at = Set(Some(now() + config.run_deadline()));
        run_limit::ActiveModel { run_id: Set(run.id), deadline_at, ..Default::default() }.update(&tx).await?;
    }
    let sql = format!(
        "INSERT INTO run_retries (id, run_id, categories, requested_by, requested_at)
         VALUES ($1, $2, $3, $4, {})",
        sql_now(tx.get_database_backend())
    );
    let words = (!categories.is_empty()).then(|| categories.join(","));
    let id = Uuid::now_v7();
    execute(&tx, sql, [id.into(), run.id.into(), words.into(), commanded.actor.id.into()]).await?;
    enqueue_job(&tx, Job::RetryProbes(run.id)).await?;
    let asked =
        NewEvent { kind: "retry.requested", payload: json!({"retryId": id, "categories": categories}) };
    event::append(&tx, run.id, Some(commanded.actor.id), vec![asked]).await?;
    receipt::keep(&tx, commanded.actor, &token, run.id).await?;
    after.event_seq += 1;
    tx.commit().await?;
    Ok(after)
}

fn checked(categories: &[String]) -> Result<Vec<String>> {
    let is_word = |word: &String| {
        !word.is_empty()
            && word.len() <= 50
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    if categories.len() > CATEGORIES_MAX || !categories.iter().all(is_word) {
        return Err(Error::invalid(
            "categories",
            "A category is a word such as `timeout` or `rate_limited`, as failed probes show it.",
        ));
    }
    let mut categories = categories.to_vec();
    categories.sort_unstable();
    categories.dedup();
    Ok(categories)
}

async fn has_failed(tx: &impl ConnectionTrait, run_id: Uuid, categories: &[String]) -> Result<bool> {
    let mut failed = probe::Entity::find()
        .filter(probe::Column::RunId.eq(run_id))
        .filter(probe::Column::Status.eq(QueueStatus::Failed));
    if !categories.is_empty() {
        failed = failed.filter(probe::Column::ErrorCategory.is_in(categories));
    }
    Ok(failed.limit(1).one(tx).await?.is_some())
}

async fn nothing_failed(tx: &impl ConnectionTrait, run_id: Uuid, categories: &[String]) -> Result<Error> {
    #[derive(FromQueryResult)]
    struct Category {
        category: Option<String>,
    }
    let sql = "SELECT DISTINCT error_category AS category FROM probes WHERE run_id = $1 AND status = 'failed'
        ORDER BY error_category";
    let found: Vec<Category> = rows(tx, sql, [run_id.into()]).await?;
    let found: Vec<String> = found.into_iter().filter_map(|row| row.category).collect();
    Ok(Error::conflict(if found.is_empty() {
        "No probe of the run has failed: there is nothing to try again.".to_owned()
    } else {
        format!(
            "No probe of the run has failed with {}; failed are probes with {}.",
            categories.join(" or "),
            found.join(", ")
        )
    }))
}

/// Queues a chunk of the failed probes that somebody wants tried again. Returns true when all are.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn retry_probes(db: &Db, run_id: Uuid) -> Result<bool> {
    let tx = db.begin_queue().await?;
    let open = run_retry::Entity::find()
        .filter(run_retry::Column::RunId.eq(run_id))
        .filter(run_retry::Column::FinishedAt.is_null())
        .order_by_asc(run_retry::Column::Id)
        .one(&tx)
        .await?;
    let Some(retry) = open else {
        drop(tx);
        super::settle(db, run_id).await?;
        return Ok(true);
    };
    let queued = queue_chunk(&tx, &retry).await?;
    let mut deltas: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    for run_model_id in &queued {
        deltas.entry(*run_model_id).or_default().failed -= 1;
    }
    add_to_counters(&tx, &deltas).await?;
    // Whoever tries again has seen to the account: a hold would keep the probes from being asked.
    let release = "UPDATE run_models SET held_at = NULL, held_category = NULL, held_message = NULL,
             hold_streak = 0, given_up_at = NULL
         WHERE run_id = $1 AND held_at IS NOT NULL";
    execute(&tx, release, [run_id.into()]).await?;
    let is_done = queued.is_empty();
    let count = i64::try_from(queued.len()).unwrap_or(i64::MAX);
    let sql = format!(
        "UPDATE run_retries SET requeued_count = requeued_count + $2, finished_at = CASE WHEN $3 THEN {} END
         WHERE id = $1 AND finished_at IS NULL",
        sql_now(tx.get_database_backend())
    );
    let changed = execute(&tx, sql, [retry.id.into(), count.into(), is_done.into()]).await?;
    if changed == 1 && is_done {
        let payload = json!({"retryId": retry.id, "probes": retry.requeued_count});
        event::append(&tx, run_id, None, vec![NewEvent { kind: "retry.queued", payload }]).await?;
    }
    tx.commit().await?;
    Ok(false)
}

/// Queues what somebody wanted tried again where the job for it is gone.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn finish_retries(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    let sql = "SELECT DISTINCT run_id FROM run_retries
         WHERE finished_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM jobs WHERE jobs.run_id = run_retries.run_id AND jobs.kind = 'retry_probes'
                 AND jobs.status IN ('queued', 'running'))";
    for Id { run_id } in rows::<Id>(db.read(), sql, []).await? {
        while !retry_probes(db, run_id).await? {}
    }
    Ok(())
}

async fn queue_chunk(tx: &impl ConnectionTrait, retry: &run_retry::Model) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Queued {
        run_model_id: Uuid,
    }
    let categories: Vec<&str> =
        retry.categories.as_deref().map_or(Vec::new(), |words| words.split(',').collect());
    let condition = if categories.is_empty() {
        String::new()
    } else {
        format!(" AND error_category IN ({})", placeholders(4, categories.len()))
    };
    let backend = tx.get_database_backend();
    let skip_locked = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    // A run that was cancelled or stopped meanwhile keeps its failed probes.
    let sql = format!(
        "UPDATE probes SET status = 'queued', attempt_count = 0, run_at = {now}, finished_at = NULL,
             error_category = NULL, error_message = NULL
         WHERE id IN (SELECT id FROM probes WHERE run_id = $1 AND status = 'failed' AND finished_at <= $2{condition}
             AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND cancelled_at IS NULL AND stopped_at IS NULL)
             ORDER BY seq LIMIT $3{skip_locked})
         RETURNING run_model_id",
        now = sql_now(backend),
    );
    let mut values = vec![retry.run_id.into(), retry.requested_at.into(), CHUNK.into()];
    values.extend(categories.into_iter().map(sea_orm::Value::from));
    let queued: Vec<Queued> = rows(tx, sql, values).await?;
    Ok(queued.into_iter().map(|row| row.run_model_id).collect())
}
