//! What can be changed in the library of definitions.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::library;

use super::{
    access::{actor, api},
    content_input::{DefinitionContentInput, in_input_words},
    definition::Definition,
    frozen_version::FrozenVersion,
    ids::parse_id,
    import::{ImportDefinitionInput, ImportDefinitionPayload, import_definition},
    preview::DefinitionWarning,
    version::DefinitionVersion,
};

/// A definition to be made.
#[derive(InputObject)]
pub(crate) struct CreateDefinitionInput {
    /// What it asks.
    content: DefinitionContentInput,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A change of a definition.
#[derive(InputObject)]
pub(crate) struct UpdateDefinitionInput {
    /// Which definition.
    id: ID,
    /// The number of the version that the change started from: where another one was saved
    /// meanwhile, the change is refused. Null: it is not checked.
    expected_version: Option<i32>,
    /// What it is to ask from now on.
    content: DefinitionContentInput,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A definition to be copied.
#[derive(InputObject)]
pub(crate) struct ForkDefinitionInput {
    /// Which definition.
    id: ID,
    /// The number of its version. Null: the latest.
    version: Option<i32>,
    /// What the copy is called.
    name: String,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A definition to be deleted.
#[derive(InputObject)]
pub(crate) struct DeleteDefinitionInput {
    /// Which definition.
    id: ID,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A definition that was saved.
#[derive(SimpleObject)]
pub(crate) struct SaveDefinitionPayload {
    /// The definition.
    definition: Definition,
    /// The version it has now; the same as before where nothing was changed.
    version: DefinitionVersion,
    /// What is legal but suspicious.
    warnings: Vec<DefinitionWarning>,
}

/// A definition that was deleted.
#[derive(SimpleObject)]
pub(crate) struct DeleteDefinitionPayload {
    /// The definition; its versions stay, because runs point at them.
    definition: Definition,
}

impl SaveDefinitionPayload {
    fn of(saved: library::Saved) -> domain::Result<Self> {
        Ok(Self {
            version: DefinitionVersion(FrozenVersion::of(saved.version)?.into()),
            definition: Definition(saved.definition),
            warnings: saved.warnings.into_iter().map(DefinitionWarning::from).collect(),
        })
    }
}

/// What can be changed in the library of definitions.
#[derive(Default)]
pub(crate) struct DefinitionMutation;

/// Everything that can be changed.
#[Object]
impl DefinitionMutation {
    /// Saves a new definition. Every problem of the content is reported at once.
    async fn create_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be saved.")] input: CreateDefinitionInput,
    ) -> Result<SaveDefinitionPayload> {
        let (content, token) = (input.content.into(), input.client_token.as_deref());
        let saved = library::create_once(&api(ctx).db, actor(ctx)?, &content, token).await;
        Ok(SaveDefinitionPayload::of(saved.map_err(in_input_words)?)?)
    }

    /// Saves a new version of a definition. The same content as the latest version is no new one.
    async fn update_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be saved, and over what.")] input: UpdateDefinitionInput,
    ) -> Result<SaveDefinitionPayload> {
        let id = parse_id("id", &input.id)?;
        let (content, token) = (input.content.into(), input.client_token.as_deref());
        let (db, expected) = (&api(ctx).db, input.expected_version);
        let saved = library::update_once(db, actor(ctx)?, id, expected, &content, token).await;
        Ok(SaveDefinitionPayload::of(saved.map_err(in_input_words)?)?)
    }

    /// Copies a definition under another name; the copy points at where it comes from.
    async fn fork_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be copied.")] input: ForkDefinitionInput,
    ) -> Result<SaveDefinitionPayload> {
        let id = parse_id("id", &input.id)?;
        let token = input.client_token.as_deref();
        let saved = library::fork(&api(ctx).db, actor(ctx)?, id, input.version, &input.name, token).await?;
        Ok(SaveDefinitionPayload::of(saved)?)
    }

    /// Takes a definition out of the lists. Runs still show what they asked.
    async fn delete_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be deleted.")] input: DeleteDefinitionInput,
    ) -> Result<DeleteDefinitionPayload> {
        let (id, token) = (parse_id("id", &input.id)?, input.client_token.as_deref());
        let removed = library::remove(&api(ctx).db, actor(ctx)?, id, token).await?;
        Ok(DeleteDefinitionPayload { definition: Definition(removed) })
    }

    /// Saves the definition of a file: YAML, JSON, Markdown, or a data set as CSV or JSON lines.
    /// Problems name the line and column. In one transaction: all of it, or nothing.
    async fn import_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportDefinitionInput,
    ) -> Result<ImportDefinitionPayload> {
        import_definition(ctx, input).await
    }
}
