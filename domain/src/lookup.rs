//! Rows of many parents at once: what the relations of an API are read with, so that the number
//! of statements does not grow with the number of rows.

use std::collections::HashMap;

use entity::{
    definition, definition_version, price, probe, run, run_event, run_limit, run_model, transcript, user,
    worker_provider,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, ExprTrait, Query, UnionType},
};
use uuid::Uuid;

use crate::{
    db::Db,
    error::{Error, Result},
    page::{Page, PageRequest, number_cursor},
    probe::{ProbeFilter, TranscriptFilter},
};

macro_rules! by_id {
    ($($(#[$doc:meta])* $name:ident: $table:ident by $column:ident = $field:ident,)+) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// `Unavailable` or `Database`.
        pub async fn $name(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, $table::Model>> {
            let wanted = $table::Column::$column.is_in(ids.iter().copied());
            let found = $table::Entity::find().filter(wanted).all(db.read()).await?;
            Ok(found.into_iter().map(|row| (row.$field, row)).collect())
        })+
    };
}

by_id! {
    /// Definitions, removed ones too: runs point at them.
    definitions: definition by Id = id,
    /// Versions of definitions.
    versions: definition_version by Id = id,
    /// Users.
    users: user by Id = id,
    /// Runs.
    runs: run by Id = id,
    /// Models of runs.
    run_models: run_model by Id = id,
    /// Limits, by the id of their run.
    run_limits: run_limit by RunId = run_id,
    /// Probes.
    probes: probe by Id = id,
    /// Transcripts.
    transcripts: transcript by Id = id,
    /// Prices, also those that do not hold any more: turns point at them.
    prices: price by Id = id,
}

/// The ids of the providers that several workers can serve, in order.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn providers_of_workers(db: &Db, worker_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>> {
    let found = worker_provider::Entity::find()
        .filter(worker_provider::Column::WorkerId.is_in(worker_ids.iter().copied()))
        .order_by_asc(worker_provider::Column::ProviderId)
        .all(db.read())
        .await?;
    let mut providers: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in found {
        providers.entry(row.worker_id).or_default().push(row.provider_id);
    }
    Ok(providers)
}

/// The same page of the probes of several runs, each in order.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn probes_of_runs(
    db: &Db,
    run_ids: &[Uuid],
    filter: &ProbeFilter,
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<probe::Model>>> {
    let list = List::<probe::Entity> {
        parent: probe::Column::RunId,
        order: (probe::Column::Seq, Order::Asc),
        wanted: filter.condition(),
    };
    list.pages(db, run_ids, request, |row| (row.run_id, row.seq)).await
}

/// The same page of the transcripts of several runs, each in the order of its probes.
///
/// # Errors
/// As `probes_of_runs`.
pub async fn transcripts_of_runs(
    db: &Db,
    run_ids: &[Uuid],
    filter: &TranscriptFilter,
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<transcript::Model>>> {
    let list = List::<transcript::Entity> {
        parent: transcript::Column::RunId,
        order: (transcript::Column::Seq, Order::Asc),
        wanted: filter.condition(),
    };
    list.pages(db, run_ids, request, |row| (row.run_id, row.seq)).await
}

/// The same page of the events of several runs, oldest first.
///
/// # Errors
/// As `probes_of_runs`.
pub async fn events_of_runs(
    db: &Db,
    run_ids: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<run_event::Model>>> {
    let list = List::<run_event::Entity> {
        parent: run_event::Column::RunId,
        order: (run_event::Column::Seq, Order::Asc),
        wanted: Condition::all(),
    };
    list.pages(db, run_ids, request, |row| (row.run_id, row.seq)).await
}

/// The same page of the versions of several definitions, latest first.
///
/// # Errors
/// As `probes_of_runs`.
pub async fn versions_of_definitions(
    db: &Db,
    definition_ids: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<definition_version::Model>>> {
    let list = List::<definition_version::Entity> {
        parent: definition_version::Column::DefinitionId,
        order: (definition_version::Column::Number, Order::Desc),
        wanted: Condition::all(),
    };
    list.pages(db, definition_ids, request, |row| (row.definition_id, row.number.into())).await
}

/// SQLite joins at most 500 selects.
const PARENTS_PER_STATEMENT: usize = 250;

/// A list that every parent has, in order of a number.
struct List<E: EntityTrait> {
    parent: E::Column,
    order: (E::Column, Order),
    wanted: Condition,
}

impl<E: EntityTrait> List<E> {
    /// Two statements for all parents: one index scan per parent within one, the counts by another.
    async fn pages(
        &self,
        db: &Db,
        parents: &[Uuid],
        request: &PageRequest,
        key: impl Fn(&E::Model) -> (Uuid, i64),
    ) -> Result<HashMap<Uuid, Page<E::Model>>> {
        let (column, order) = &self.order;
        let after = request.after_number()?.map(|after| match order {
            Order::Desc => column.lt(after),
            _ => column.gt(after),
        });
        let mut found: HashMap<Uuid, Vec<E::Model>> = HashMap::new();
        let mut totals: HashMap<Uuid, u64> = HashMap::new();
        for parents in parents.chunks(PARENTS_PER_STATEMENT) {
            let counted: Vec<(Uuid, i64)> = E::find()
                .select_only()
                .column(self.parent)
                .column_as(Expr::col(Asterisk).count(), "total")
                .filter(self.wanted.clone())
                .filter(self.parent.is_in(parents.iter().copied()))
                .group_by(self.parent)
                .into_tuple()
                .all(db.read())
                .await?;
            totals.extend(counted.into_iter().map(|(id, total)| (id, total.unsigned_abs())));
            let of_parent = |id: &Uuid| {
                let page = E::find()
                    .filter(self.wanted.clone().add_option(after.clone()))
                    .filter(self.parent.eq(*id))
                    .order_by(*column, order.clone())
                    .limit(request.first + 1)
                    .into_query();
                // A select with a limit cannot stand in a union on SQLite, a select from it can.
                Query::select().column(Asterisk).from_subquery(page, "page").to_owned()
            };
            let Some((first, others)) = parents.split_first() else { continue };
            let mut union = of_parent(first);
            union.unions(others.iter().map(|id| (UnionType::All, of_parent(id))));
            let statement = db.read().get_database_backend().build(&union);
            for row in E::Model::find_by_statement(statement).all(db.read()).await? {
                found.entry(key(&row).0).or_default().push(row);
            }
        }
        let page_of = |id: &Uuid| {
            let mut rows = found.remove(id).unwrap_or_default();
            rows.sort_by_key(|row| match order {
                Order::Desc => -key(row).1,
                _ => key(row).1,
            });
            let total = totals.get(id).copied().unwrap_or(0);
            (*id, Page::of(rows, request.first, total, |row| number_cursor(key(row).1)))
        };
        Ok(parents.iter().map(page_of).collect())
    }
}

/// The definition's version by its number; None: the one that the run asked.
///
/// # Errors
/// `Invalid` where there is none of that number.
pub(crate) async fn version_of_run(
    tx: &impl ConnectionTrait,
    run: &run::Model,
    number: Option<i32>,
) -> Result<definition_version::Model> {
    let query = definition_version::Entity::find();
    let query = match number {
        None => query.filter(definition_version::Column::Id.eq(run.definition_version_id)),
        Some(number) => query
            .filter(definition_version::Column::DefinitionId.eq(run.definition_id))
            .filter(definition_version::Column::Number.eq(number)),
    };
    query.one(tx).await?.ok_or_else(|| {
        Error::invalid("version", format!("The run's definition has no version {}.", number.unwrap_or(0)))
    })
}
