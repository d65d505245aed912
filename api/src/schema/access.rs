//! Who asks, and what of the domain they may see. Every type of row has one door.

use std::{hash::Hash, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use domain::{
    Error, Result,
    auth::{Action, Actor, Resource, authorize},
    page::{Page, PageRequest},
};
use entity::{definition, run};
use uuid::Uuid;

use super::{
    definition::Definition,
    loaders::{PageOf, Rows},
    run::Run,
};
use crate::Api;

/// What the process serves with.
pub(crate) fn api<'a>(ctx: &Context<'a>) -> &'a Api {
    ctx.data_unchecked()
}

/// The loaders.
pub(crate) fn rows<'a>(ctx: &Context<'a>) -> &'a DataLoader<Rows> {
    ctx.data_unchecked()
}

/// Who asks.
///
/// # Errors
/// `Unauthenticated` where nobody has said so.
pub(crate) fn actor<'a>(ctx: &Context<'a>) -> Result<&'a Actor> {
    ctx.data_opt::<Actor>().ok_or_else(|| {
        Error::Unauthenticated("Say who you are: send a token as `Authorization: Bearer …`.".into())
    })
}

/// Whether the actor may read a kind of thing at all: what every root field asks first.
pub(crate) fn may_read<'a>(ctx: &Context<'a>, resource: Resource) -> Result<&'a Actor> {
    let actor = actor(ctx)?;
    authorize(actor, Action::Read, resource)?;
    Ok(actor)
}

/// A run, for whoever may read it.
pub(crate) fn visible_run(ctx: &Context<'_>, row: run::Model) -> Result<Run> {
    may_read(ctx, Resource::Run(Some(row.created_by)))?;
    Ok(Run(row))
}

/// A definition, for whoever may read it.
pub(crate) fn visible_definition(ctx: &Context<'_>, row: definition::Model) -> Result<Definition> {
    may_read(ctx, Resource::Definition(Some(row.created_by)))?;
    Ok(Definition(row))
}

/// A page within the limits.
pub(crate) fn page(ctx: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<PageRequest> {
    PageRequest::new(&api(ctx).config, first, after)
}

/// A row that another row points at.
pub(crate) fn present<T>(row: Option<T>, what: &'static str) -> Result<T> {
    row.ok_or_else(|| Error::Internal(format!("a row points at a {what} that is not there")))
}

/// A page of a list that every parent has, and whether it begins behind others.
pub(crate) async fn page_of<F, R>(
    ctx: &Context<'_>,
    parent: Uuid,
    filter: F,
    first: Option<i32>,
    after: Option<String>,
) -> async_graphql::Result<(Page<R>, bool)>
where
    F: Clone + Eq + Hash + Send + Sync + 'static,
    R: Clone + Send + Sync + 'static,
    Rows: Loader<PageOf<F>, Value = Page<R>, Error = Arc<Error>>,
{
    let request = page(ctx, first, after)?;
    let is_continued = request.after.is_some();
    let found = rows(ctx).load_one(PageOf { parent, filter, request }).await?;
    Ok((present(found, "page")?, is_continued))
}
