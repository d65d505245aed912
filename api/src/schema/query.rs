//! What can be read of the library of definitions.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    Error,
    auth::Resource,
    library::{self, DefinitionFilter},
};

use super::{
    access::{api, may_read, page, rows, visible_definition},
    definition::{Definition, DefinitionConnection},
    ids::{parse_id, parse_optional_id},
    import::{ImportPreview, PreviewImportInput, preview_import},
    limits,
    loaders::VersionKey,
    preview::{DefinitionPreview, DefinitionSourceInput, preview},
    user::User,
    version::DefinitionVersion,
};

/// Tags of one answer.
const TAGS_MAX: u32 = 500;

/// A tag with how many definitions have it.
#[derive(SimpleObject)]
pub(crate) struct TagCount {
    /// The tag.
    tag: String,
    /// Definitions that have it.
    count: i64,
}

/// What can be read of the library of definitions.
#[derive(Default)]
pub(crate) struct LibraryQuery;

/// Everything that can be read.
#[Object]
impl LibraryQuery {
    /// Who you are.
    async fn me(&self, ctx: &Context<'_>) -> Result<User> {
        Ok(may_read(ctx, Resource::Registry)?.into())
    }

    /// One definition that was not deleted.
    async fn definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The definition's id.")] id: ID,
    ) -> Result<Definition> {
        may_read(ctx, Resource::Definition(None))?;
        let found = library::find(&api(ctx).db, parse_id("id", &id)?).await?;
        Ok(visible_definition(ctx, found)?)
    }

    /// Definitions, last changed first.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In the name, description or tags, whatever the case.")] text: Option<String>,
        #[graphql(desc = "With exactly this tag.")] tag: Option<String>,
        #[graphql(desc = "Forks of this definition.")] parent_id: Option<ID>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<DefinitionConnection> {
        may_read(ctx, Resource::Definition(None))?;
        let request = page(ctx, first, after)?;
        let parent_id = parse_optional_id("parentId", parent_id.as_ref())?;
        let filter = DefinitionFilter { text, tag, parent_id };
        let found = library::list(&api(ctx).db, &filter, &request).await?;
        Ok(DefinitionConnection::of(found, request.after.is_some(), |row| visible_definition(ctx, row))?)
    }

    /// The tags of definitions, the most frequent first, at most 500.
    #[graphql(complexity = "20 + child_complexity * 10")]
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagCount>> {
        may_read(ctx, Resource::Definition(None))?;
        let found = library::tags(&api(ctx).db, TAGS_MAX).await?;
        Ok(found.into_iter().map(|library::TagCount { tag, count }| TagCount { tag, count }).collect())
    }

    /// One version of a definition, by its id.
    async fn definition_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version's id.")] id: ID,
    ) -> Result<DefinitionVersion> {
        may_read(ctx, Resource::Definition(None))?;
        let key = parse_id("id", &id)?;
        let found = rows(ctx).load_one(VersionKey(key)).await?;
        Ok(DefinitionVersion(found.ok_or_else(|| Error::not_found("definition version", key))?))
    }

    /// Looks at a definition without saving it: what is wrong, what is suspicious, how many
    /// scenarios it has, and what the first of them look like.
    #[graphql(complexity = "100 + child_complexity * 5")]
    async fn preview_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The definition, as objects or as the text of a file.")]
        definition: DefinitionSourceInput,
        #[graphql(desc = "Scenarios wanted; 1 to 500, else 50.")] first: Option<i32>,
    ) -> Result<DefinitionPreview> {
        may_read(ctx, Resource::Definition(None))?;
        let first = usize::try_from(page(ctx, first, None)?.first).unwrap_or(usize::MAX);
        Ok(preview(definition, first).await?)
    }

    /// Looks at a file without importing it: its format, whether its name is taken, what is wrong
    /// with it, and what its first scenarios look like.
    #[graphql(complexity = "100 + child_complexity * 5")]
    async fn preview_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: PreviewImportInput,
        #[graphql(desc = "Scenarios wanted; 1 to 500, else 50.")] first: Option<i32>,
    ) -> Result<ImportPreview> {
        may_read(ctx, Resource::Definition(None))?;
        preview_import(ctx, input, first).await
    }
}
