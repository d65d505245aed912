//! What there is to see of judges: how far they are, their calls, their review lists.

use std::{collections::HashMap, time::Duration};

use entity::{AiCallKind, AiCallStatus, ReviewState, ai_call, review, run_judge, worker_provider};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{call::CallCosts, costs_of, work::PAUSED};
use crate::{
    db::{Db, placeholders, rows},
    error::Result,
    fleet,
    page::{Cursor, Page, PageRequest},
};

/// A run's judge, and how far it is.
#[derive(Clone, Debug)]
pub struct JudgeState {
    /// The judge that counts.
    pub row: run_judge::Model,
    /// Transcripts that wait for it.
    pub pending: i64,
    /// Lines of the review list that nobody has looked at.
    pub open_reviews: i64,
    /// What all judges of the run were asked and cost.
    pub costs: CallCosts,
}

/// The judges of several runs; runs without one are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn judges_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, JudgeState>> {
    #[derive(FromQueryResult)]
    struct Count {
        run_id: Uuid,
        total: i64,
    }
    let found = run_judge::Entity::find()
        .filter(run_judge::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(run_judge::Column::Attempt)
        .all(db.read())
        .await?;
    if found.is_empty() {
        return Ok(HashMap::new());
    }
    let counts = async |table: &str, condition: &str| -> Result<HashMap<Uuid, i64>> {
        let sql = format!(
            "SELECT run_id, COUNT(*) AS total FROM {table} WHERE {condition} AND run_id IN ({}) GROUP BY run_id",
            placeholders(1, run_ids.len())
        );
        let found: Vec<Count> = rows(db.read(), sql, run_ids.iter().map(|id| (*id).into())).await?;
        Ok(found.into_iter().map(|count| (count.run_id, count.total)).collect())
    };
    let pending = counts("probes", "outcome = 'reading'").await?;
    let open_reviews = counts("reviews", "state = 'open'").await?;
    let costs = costs_of(db.read(), run_ids, Some(AiCallKind::Judge)).await?;
    let count = |counts: &HashMap<Uuid, i64>, id: Uuid| counts.get(&id).copied().unwrap_or(0);
    let state = |row: run_judge::Model| JudgeState {
        pending: count(&pending, row.run_id),
        open_reviews: count(&open_reviews, row.run_id),
        costs: costs.get(&row.run_id).copied().unwrap_or_default(),
        row,
    };
    // The last attempt of a run replaces those before it.
    Ok(found.into_iter().map(|row| (row.run_id, state(row))).collect())
}

/// Which calls are wanted; None: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// In this status.
    pub status: Option<AiCallStatus>,
    /// About this transcript.
    pub transcript_id: Option<Uuid>,
}

/// The calls that Probity made for itself about a run, in order of time.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn calls(
    db: &Db,
    run_id: Uuid,
    filter: &CallFilter,
    request: &PageRequest,
) -> Result<Page<ai_call::Model>> {
    let wanted = Condition::all()
        .add(ai_call::Column::RunId.eq(run_id))
        .add_option(filter.status.map(|status| ai_call::Column::Status.eq(status)))
        .add_option(filter.transcript_id.map(|id| ai_call::Column::TranscriptId.eq(id)));
    let total = ai_call::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let mut query = ai_call::Entity::find().filter(wanted);
    if let Some(Cursor { at, id }) = request.after_time()? {
        query =
            query.filter(Condition::any().add(ai_call::Column::CreatedAt.gt(at)).add(
                Condition::all().add(ai_call::Column::CreatedAt.eq(at)).add(ai_call::Column::Id.gt(id)),
            ));
    }
    let found = query
        .order_by_asc(ai_call::Column::CreatedAt)
        .order_by_asc(ai_call::Column::Id)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| Cursor { at: row.created_at, id: row.id }.to_string()))
}

/// The review list of a run: what waits for somebody, or all lines of all its lists; oldest first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn reviews(
    db: &Db,
    run_id: Uuid,
    with_decided: bool,
    request: &PageRequest,
) -> Result<Page<review::Model>> {
    let wanted = Condition::all()
        .add(review::Column::RunId.eq(run_id))
        .add_option((!with_decided).then(|| review::Column::State.eq(ReviewState::Open)));
    let total = review::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let mut query = review::Entity::find().filter(wanted);
    if let Some(Cursor { id, .. }) = request.after_time()? {
        query = query.filter(review::Column::Id.gt(id));
    }
    let found = query.order_by_asc(review::Column::Id).limit(request.first + 1).all(db.read()).await?;
    Ok(Page::of(found, request.first, total, |row| Cursor { at: row.created_at, id: row.id }.to_string()))
}

/// Calls by their ids, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn calls_by_id(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, ai_call::Model>> {
    let wanted = ai_call::Column::Id.is_in(ids.iter().copied());
    let found = ai_call::Entity::find().filter(wanted).all(db.read()).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

/// Why a run's judge is not asked at the moment, as a sentence; None: it is.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn waiting_because(
    db: &Db,
    beat: Duration,
    run_id: Uuid,
    provider_id: &str,
) -> Result<Option<String>> {
    if crate::run::find(db, run_id).await?.paused_at.is_some() {
        return Ok(Some(PAUSED.into()));
    }
    let online = fleet::online_workers(db, beat).await?;
    let served = worker_provider::Entity::find()
        .filter(worker_provider::Column::ProviderId.eq(provider_id))
        .filter(worker_provider::Column::WorkerId.is_in(online.iter().map(|worker| worker.id)))
        .one(db.read())
        .await?;
    Ok(served.is_none().then(|| {
        format!("No worker that is online holds a key for {provider_id}, which serves the judge; start one that does.")
    }))
}
