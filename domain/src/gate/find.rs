//! Finding gates.

use std::collections::HashMap;

use entity::{GateKind, GateState, gate, gate_decision};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::{
    db::Db,
    error::{Error, Result},
    page::{Cursor, Page, PageRequest},
};

/// One gate.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn find(db: &Db, gate_id: Uuid) -> Result<gate::Model> {
    gate::Entity::find_by_id(gate_id).one(db.read()).await?.ok_or_else(|| Error::not_found("gate", gate_id))
}

/// The gate at which a run waits; None: it waits at none. A judge's gate holds nothing up.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(crate) async fn open_of(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<Option<gate::Model>> {
    let open = gate::Entity::find()
        .filter(gate::Column::RunId.eq(run_id))
        .filter(gate::Column::Kind.ne(GateKind::Judge))
        .filter(gate::Column::State.eq(GateState::Open));
    Ok(open.one(tx).await?)
}

/// The gates of several runs, each in the order in which they opened, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<gate::Model>>> {
    let found = gate::Entity::find()
        .filter(gate::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(gate::Column::OpenedAt)
        .order_by_asc(gate::Column::Id)
        .all(db.read())
        .await?;
    let mut gates: HashMap<Uuid, Vec<gate::Model>> = HashMap::new();
    for row in found {
        gates.entry(row.run_id).or_default().push(row);
    }
    Ok(gates)
}

/// What was decided about several gates, by gate, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn decisions_of(db: &Db, gate_ids: &[Uuid]) -> Result<HashMap<Uuid, gate_decision::Model>> {
    let found = gate_decision::Entity::find()
        .filter(gate_decision::Column::GateId.is_in(gate_ids.iter().copied()))
        .all(db.read())
        .await?;
    Ok(found.into_iter().map(|row| (row.gate_id, row)).collect())
}

/// A page of gates that wait for somebody.
pub type OpenGates = Page<gate::Model>;

/// The gates that wait for somebody, longest waiting first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn list_open(db: &Db, request: &PageRequest) -> Result<OpenGates> {
    let open = || gate::Entity::find().filter(gate::Column::State.eq(GateState::Open));
    let total = open().count(db.read()).await?;
    let mut query = open();
    if let Some(Cursor { at, id }) = request.after_time()? {
        query = query.filter(
            Condition::any()
                .add(gate::Column::OpenedAt.gt(at))
                .add(Condition::all().add(gate::Column::OpenedAt.eq(at)).add(gate::Column::Id.gt(id))),
        );
    }
    let found = query
        .order_by_asc(gate::Column::OpenedAt)
        .order_by_asc(gate::Column::Id)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| Cursor { at: row.opened_at, id: row.id }.to_string()))
}
