//! Finding definitions, their versions and scenarios.

use entity::{definition, definition_tag, definition_version};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Query,
};
use uuid::Uuid;

use crate::{
    db::Db,
    definition::{DefinitionContent, Expansion, Scenario, from_stored, limits::NAME_CHARS_MAX},
    error::{Error, Result},
    page::{Cursor, Page, PageRequest, number_cursor},
    search::{containing, without_nul},
};

/// Which definitions are wanted; None: all.
#[derive(Clone, Debug, Default)]
pub struct DefinitionFilter {
    /// In the name, description or tags.
    pub text: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Forks of this definition.
    pub parent_id: Option<Uuid>,
}

/// One definition that has not been removed.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn find(db: &Db, id: Uuid) -> Result<definition::Model> {
    definition::Entity::find_by_id(id)
        .filter(definition::Column::DeletedAt.is_null())
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("definition", id))
}

/// The definition of exactly this name that has not been removed; None where there is none.
///
/// # Errors
/// `Invalid` where no name can be like that, `Unavailable` or `Database`.
pub async fn find_named(db: &Db, name: &str) -> Result<Option<definition::Model>> {
    let found = definition::Entity::find()
        .filter(definition::Column::Name.eq(without_nul("name", name)?))
        .filter(definition::Column::DeletedAt.is_null())
        .one(db.read())
        .await?;
    Ok(found)
}

/// A name like this one that no definition has: `Name (2)`, `Name (3)` and so on. None where a
/// thousand of them are taken.
///
/// # Errors
/// As `find_named`.
pub async fn free_name(db: &Db, name: &str) -> Result<Option<String>> {
    for number in 2..1_000 {
        let suffix = format!(" ({number})");
        let kept: String = name.chars().take(NAME_CHARS_MAX - suffix.chars().count()).collect();
        let other = format!("{kept}{suffix}");
        if find_named(db, &other).await?.is_none() {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// A version by its number; None: the latest.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn find_version(
    db: &Db,
    definition: &definition::Model,
    number: Option<i32>,
) -> Result<definition_version::Model> {
    let query = definition_version::Entity::find();
    let query = match number {
        None => query.filter(definition_version::Column::Id.eq(definition.latest_version_id)),
        Some(number) => query
            .filter(definition_version::Column::DefinitionId.eq(definition.id))
            .filter(definition_version::Column::Number.eq(number)),
    };
    let missing = || Error::not_found("version", number.map_or("latest".into(), |number| number.to_string()));
    query.one(db.read()).await?.ok_or_else(missing)
}

/// The content of a version.
///
/// # Errors
/// `Internal` where a stored document cannot be read.
pub fn content_of(version: &definition_version::Model) -> Result<DefinitionContent> {
    Ok(from_stored(version.content.clone())?)
}

/// Definitions, last changed first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn list(
    db: &Db,
    filter: &DefinitionFilter,
    request: &PageRequest,
) -> Result<Page<definition::Model>> {
    let mut wanted = Condition::all().add(definition::Column::DeletedAt.is_null());
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        wanted = wanted.add(definition::Column::SearchText.like(containing("text", text)?));
    }
    if let Some(id) = filter.parent_id {
        wanted = wanted.add(definition::Column::ParentId.eq(id));
    }
    if let Some(tag) = &filter.tag {
        let tagged = Query::select()
            .column(definition_tag::Column::DefinitionId)
            .from(definition_tag::Entity)
            .and_where(definition_tag::Column::Tag.eq(without_nul("tag", tag)?))
            .to_owned();
        wanted = wanted.add(definition::Column::Id.in_subquery(tagged));
    }
    let total = definition::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let mut query = definition::Entity::find().filter(wanted);
    if let Some(Cursor { at, id }) = request.after_time()? {
        query = query.filter(Condition::any().add(definition::Column::UpdatedAt.lt(at)).add(
            Condition::all().add(definition::Column::UpdatedAt.eq(at)).add(definition::Column::Id.lt(id)),
        ));
    }
    let found = query
        .order_by_desc(definition::Column::UpdatedAt)
        .order_by_desc(definition::Column::Id)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| Cursor { at: row.updated_at, id: row.id }.to_string()))
}

/// The versions of a definition, latest first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn versions(db: &Db, id: Uuid, request: &PageRequest) -> Result<Page<definition_version::Model>> {
    let all = || definition_version::Entity::find().filter(definition_version::Column::DefinitionId.eq(id));
    let total = all().count(db.read()).await?;
    let mut query = all();
    if let Some(number) = request.after_number()? {
        query = query.filter(definition_version::Column::Number.lt(number));
    }
    let found = query
        .order_by_desc(definition_version::Column::Number)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| number_cursor(row.number.into())))
}

/// Scenarios of a content in their order, without writing them. The cursor is the combination,
/// so that every page costs the same.
///
/// # Errors
/// `Invalid` with the problems of the content, or where the cursor is none of ours.
pub fn scenarios(content: &DefinitionContent, request: &PageRequest) -> Result<Page<Scenario>> {
    let expansion = Expansion::new(content)?;
    let after = request.after_number()?;
    let begin = after.map_or(0, |after| after.unsigned_abs() + 1);
    let first = usize::try_from(request.first).unwrap_or(usize::MAX);
    let found: Vec<Scenario> = expansion
        .iter_from(begin)
        .take(first.saturating_add(1))
        .map(|combination| expansion.scenario(combination))
        .collect();
    let cursor = |scenario: &Scenario| number_cursor(i64::try_from(scenario.combination).unwrap_or(i64::MAX));
    Ok(Page::of(found, request.first, expansion.scenario_count(), cursor))
}
