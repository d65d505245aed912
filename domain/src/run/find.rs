//! Finding runs.

use entity::{RunStatus, definition, run, run_model};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    db::Db,
    error::{Error, Result},
    lifecycle::ShownStatus,
    page::{Cursor, Page, PageRequest},
    search::containing,
};

/// One run.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn find(db: &Db, run_id: Uuid) -> Result<run::Model> {
    find_on(db.read(), run_id).await
}

/// One run, by the connection that writes: sees what was committed a moment ago.
pub(crate) async fn find_written(db: &Db, run_id: Uuid) -> Result<run::Model> {
    find_on(db.write(), run_id).await
}

async fn find_on(connection: &DatabaseConnection, run_id: Uuid) -> Result<run::Model> {
    run::Entity::find_by_id(run_id).one(connection).await?.ok_or_else(|| Error::not_found("run", run_id))
}

/// Which runs are wanted; None and empty: all.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Any of these, as shown.
    pub statuses: Vec<ShownStatus>,
    /// Of this definition, any version.
    pub definition_id: Option<Uuid>,
    /// With a model of this provider; with `model_id`: with that model of it.
    pub provider_id: Option<String>,
    /// With this model, whatever its version.
    pub model_id: Option<String>,
    /// Started by this user.
    pub created_by: Option<Uuid>,
    /// In the definition's name, description or tags, or at the end of the run's id.
    pub text: Option<String>,
    /// Children of this run.
    pub parent_run_id: Option<Uuid>,
}

/// Runs, newest first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn list(db: &Db, filter: &RunFilter, request: &PageRequest) -> Result<Page<run::Model>> {
    let mut wanted = Condition::all();
    if !filter.statuses.is_empty() {
        wanted = wanted
            .add(filter.statuses.iter().fold(Condition::any(), |any, status| any.add(shown_as(*status))));
    }
    if let Some(id) = filter.definition_id {
        wanted = wanted.add(run::Column::DefinitionId.eq(id));
    }
    if let Some(id) = filter.created_by {
        wanted = wanted.add(run::Column::CreatedBy.eq(id));
    }
    if filter.provider_id.is_some() || filter.model_id.is_some() {
        let provider = filter.provider_id.as_ref().map(|id| run_model::Column::ProviderId.eq(id));
        let model = filter.model_id.as_ref().map(|id| run_model::Column::ModelId.eq(id));
        let asked = Query::select()
            .column(run_model::Column::RunId)
            .from(run_model::Entity)
            .cond_where(Condition::all().add_option(provider).add_option(model))
            .to_owned();
        wanted = wanted.add(run::Column::Id.in_subquery(asked));
    }
    if let Some(id) = filter.parent_run_id {
        wanted = wanted.add(run::Column::ParentRunId.eq(id));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let mut any = Condition::any().add(
            run::Column::DefinitionId.in_subquery(
                Query::select()
                    .column(definition::Column::Id)
                    .from(definition::Entity)
                    .and_where(definition::Column::SearchText.like(containing("text", text)?))
                    .to_owned(),
            ),
        );
        if let Ok(id) = Uuid::parse_str(text) {
            any = any.add(run::Column::Id.eq(id));
        } else if text.len() >= SHORT_ID_MIN && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            any = any.add(id_ends_in(db, text));
        }
        wanted = wanted.add(any);
    }
    let total = sea_orm::PaginatorTrait::count(run::Entity::find().filter(wanted.clone()), db.read()).await?;
    let mut query = run::Entity::find().filter(wanted);
    if let Some(Cursor { at, id }) = request.after_time()? {
        query = query.filter(
            Condition::any()
                .add(run::Column::CreatedAt.lt(at))
                .add(Condition::all().add(run::Column::CreatedAt.eq(at)).add(run::Column::Id.lt(id))),
        );
    }
    let found = query
        .order_by_desc(run::Column::CreatedAt)
        .order_by_desc(run::Column::Id)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |run| Cursor { at: run.created_at, id: run.id }.to_string()))
}

/// Fewer digits of an id's end match by chance.
const SHORT_ID_MIN: usize = 4;

fn id_ends_in(db: &Db, digits: &str) -> SimpleExpr {
    let id = if db.is_postgres() { "replace(CAST(runs.id AS text), '-', '')" } else { "lower(hex(runs.id))" };
    Expr::cust(format!("{id} LIKE '%{}'", digits.to_ascii_lowercase()))
}

fn shown_as(status: ShownStatus) -> Condition {
    let live =
        || Condition::all().add(run::Column::CompletedAt.is_null()).add(run::Column::CancelledAt.is_null());
    let stored = |status: RunStatus| Condition::all().add(run::Column::Status.eq(status));
    match status {
        ShownStatus::Pending => live().add(run::Column::PausedAt.is_null()).add(stored(RunStatus::Pending)),
        ShownStatus::AwaitingApproval => {
            live().add(run::Column::PausedAt.is_null()).add(stored(RunStatus::AwaitingApproval))
        }
        ShownStatus::Running => live().add(run::Column::PausedAt.is_null()).add(stored(RunStatus::Running)),
        ShownStatus::Scoring => live().add(run::Column::PausedAt.is_null()).add(stored(RunStatus::Scoring)),
        ShownStatus::Paused => live().add(run::Column::PausedAt.is_not_null()),
        ShownStatus::Completed => stored(RunStatus::Completed),
        ShownStatus::CompletedWithErrors => stored(RunStatus::CompletedWithErrors),
        ShownStatus::Failed => stored(RunStatus::Failed),
        // A latch that came too late to stop anything shows as how the run ended.
        ShownStatus::Cancelled => Condition::any().add(stored(RunStatus::Cancelled)).add(
            Condition::all()
                .add(run::Column::CompletedAt.is_null())
                .add(run::Column::CancelledAt.is_not_null()),
        ),
    }
}
