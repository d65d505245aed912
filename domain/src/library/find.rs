//! Finding definitions, their versions and scenarios.

use std::collections::HashMap;

use entity::{definition, definition_tag, definition_version};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Query,
};
use uuid::Uuid;

use crate::{
    db::{Db, placeholders, rows},
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

/// Which scenarios are wanted; empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioFilter {
    /// In the key or in what a model is sent, whatever the case.
    pub text: Option<String>,
    /// Labels of levels by their dimension: one of each dimension that is named.
    pub levels: Vec<(String, Vec<String>)>,
}

/// The most scenarios that are searched through.
const SEARCHED_MAX: u64 = 200_000;

/// As `scenarios`, those that a filter leaves. Every scenario is looked at.
///
/// # Errors
/// As `scenarios`; `Invalid` for a dimension or level that there is not, and for more scenarios than
/// can be searched through.
pub fn scenarios_like(
    expansion: &Expansion,
    filter: &ScenarioFilter,
    request: &PageRequest,
) -> Result<Page<Scenario>> {
    let count = expansion.scenario_count();
    if count > SEARCHED_MAX {
        return Err(Error::invalid(
            "filter",
            format!(
                "There are {count} scenarios; at most {SEARCHED_MAX} are searched through. Read them in pages."
            ),
        ));
    }
    let wanted = wanted_levels(expansion, filter)?;
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    let after = request.after_number()?;
    let begin = after.map_or(0, |after| after.unsigned_abs() + 1);
    let first = usize::try_from(request.first).unwrap_or(usize::MAX);
    let mut total = 0;
    let mut found = Vec::new();
    for combination in expansion.iter() {
        let levels = expansion.levels_of(combination);
        if !levels
            .iter()
            .all(|of| wanted[of.dimension].as_ref().is_none_or(|among| among.contains(&of.level)))
        {
            continue;
        }
        let scenario = expansion.scenario(combination);
        if text.as_ref().is_some_and(|text| !says(expansion, &scenario, text)) {
            continue;
        }
        total += 1;
        if combination >= begin && found.len() <= first {
            found.push(scenario);
        }
    }
    let cursor = |scenario: &Scenario| number_cursor(i64::try_from(scenario.combination).unwrap_or(i64::MAX));
    Ok(Page::of(found, request.first, total, cursor))
}

/// Per dimension, the levels that are wanted; None: all.
fn wanted_levels(expansion: &Expansion, filter: &ScenarioFilter) -> Result<Vec<Option<Vec<usize>>>> {
    let dimensions = &expansion.content().dimensions;
    let mut wanted = vec![None; dimensions.len()];
    for (name, labels) in &filter.levels {
        let place = dimensions.iter().position(|dimension| dimension.name == *name);
        let place = place.ok_or_else(|| {
            Error::invalid("filter.levels", format!("There is no dimension {name} in this definition."))
        })?;
        let level_of = |label: &String| {
            let level = dimensions[place].levels.iter().position(|level| level.label == *label);
            level.ok_or_else(|| {
                Error::invalid("filter.levels", format!("The dimension {name} has no level {label:?}."))
            })
        };
        wanted[place] = Some(labels.iter().map(level_of).collect::<Result<Vec<_>>>()?);
    }
    Ok(wanted)
}

/// Whether a scenario's key or what a model is sent has the text, which is in lower case.
fn says(expansion: &Expansion, scenario: &Scenario, text: &str) -> bool {
    let has = |said: &str| said.to_lowercase().contains(text);
    if has(&scenario.key) {
        return true;
    }
    let prompts = expansion.prompts(scenario.combination);
    prompts.system.as_deref().is_some_and(has)
        || has(&prompts.first)
        || prompts.follow_ups.iter().any(|said| has(said))
}

/// A tag with how many definitions have it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// Definitions that were not removed.
    pub count: i64,
}

/// Tags of definitions that were not removed, the most frequent first, at most so many.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn tags(db: &Db, most: u32) -> Result<Vec<TagCount>> {
    let sql = "SELECT t.tag, COUNT(*) AS count FROM definition_tags AS t
        JOIN definitions AS d ON d.id = t.definition_id AND d.deleted_at IS NULL
        GROUP BY t.tag ORDER BY COUNT(*) DESC, t.tag LIMIT $1";
    rows(db.read(), sql, [i64::from(most).into()]).await
}

/// How many runs there are of each of these definitions.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn run_counts(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    #[derive(FromQueryResult)]
    struct Count {
        definition_id: Uuid,
        count: i64,
    }
    let sql = format!(
        "SELECT definition_id, COUNT(*) AS count FROM runs WHERE definition_id IN ({}) GROUP BY definition_id",
        placeholders(1, ids.len())
    );
    let found: Vec<Count> = rows(db.read(), sql, ids.iter().map(|id| (*id).into())).await?;
    let mut counts: HashMap<Uuid, i64> = ids.iter().map(|id| (*id, 0)).collect();
    counts.extend(found.into_iter().map(|row| (row.definition_id, row.count)));
    Ok(counts)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{ScenarioFilter, scenarios_like};
    use crate::{
        definition::{Expansion, fixture},
        page::PageRequest,
    };

    #[test]
    fn scenarios_are_found_by_level_and_by_what_is_sent() {
        let expansion = Expansion::new(&fixture::two_dimensions()).unwrap();
        let found = |text: Option<&str>, levels: &[(&str, &[&str])], first: u64, after: Option<String>| {
            let filter = ScenarioFilter {
                text: text.map(Into::into),
                levels: levels
                    .iter()
                    .map(|(name, labels)| ((*name).into(), labels.iter().map(|of| (*of).into()).collect()))
                    .collect(),
            };
            scenarios_like(&expansion, &filter, &PageRequest { first, after })
        };
        let many = found(None, &[("victims", &["many"])], 2, None).unwrap();
        assert_eq!((many.total, many.rows.len(), many.has_next), (3, 2, true));
        let rest = found(None, &[("victims", &["many"])], 2, Some(many.rows[1].0.clone())).unwrap();
        assert_eq!((rest.total, rest.rows.len(), rest.has_next), (3, 1, false));
        assert_eq!(found(Some("THE CLOSE"), &[], 9, None).unwrap().total, 2);
        let both = found(Some("stranger"), &[("relation", &["stranger", "neighbour"])], 9, None).unwrap();
        assert_eq!(both.total, 2);
        assert!(
            found(None, &[("relation", &["none"])], 9, None).unwrap_err().to_string().contains("no level")
        );
        assert!(found(None, &[("nobody", &[])], 9, None).unwrap_err().to_string().contains("no dimension"));
    }
}
