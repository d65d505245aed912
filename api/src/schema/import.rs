//! Importing definitions from files.

use async_graphql::{Context, InputObject, OneofObject, Result, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Error,
    definition::{self as asked, DecisionChoice, ReadSource, Source, read_source},
    library::{self, Imported},
};

use super::{
    access::{actor, api, page, visible_definition},
    content_input::{ChoiceInput, DecisionSpecInput, ScalePointInput},
    definition::Definition,
    frozen_version::{FrozenVersion, aside},
    preview::{DefinitionPreview, DefinitionWarning, shown},
    version::DefinitionVersion,
    words::{DefinitionFormat, OnNameTaken},
};

/// A file to look at before it is imported.
#[derive(InputObject)]
pub(crate) struct PreviewImportInput {
    /// Its name: says the format by its ending, and names a definition that has no name.
    file_name: Option<String>,
    /// How it is written. Null: told by its name, else by what it begins with.
    format: Option<DefinitionFormat>,
    /// Its text; else give `base64`.
    text: Option<String>,
    /// Its bytes; else give `text`.
    base64: Option<String>,
    /// How the decision is to be read. Null: as the file says, or as a data set's targets suggest.
    decision: Option<ImportDecisionInput>,
    /// What it is to be called. Null: as the file says.
    name: Option<String>,
}

/// A file to be imported.
#[derive(InputObject)]
pub(crate) struct ImportDefinitionInput {
    /// Its name: says the format by its ending, and names a definition that has no name.
    file_name: Option<String>,
    /// How it is written. Null: told by its name, else by what it begins with.
    format: Option<DefinitionFormat>,
    /// Its text; else give `base64`.
    text: Option<String>,
    /// Its bytes; else give `text`.
    base64: Option<String>,
    /// How the decision is to be read. Null: as the file says, or as a data set's targets suggest.
    decision: Option<ImportDecisionInput>,
    /// What it is to be called. Null: as the file says.
    name: Option<String>,
    /// What to do where a definition has the name already.
    #[graphql(default_with = "OnNameTaken::Refuse")]
    on_name_taken: OnNameTaken,
    /// Chosen by the client; the same token imports once and gives the same answer.
    client_token: Option<String>,
}

/// How the decision of an imported definition is read: give exactly one of them.
#[derive(OneofObject)]
pub(crate) enum ImportDecisionInput {
    /// A number on a scale of at least two points.
    Scale(Vec<ScalePointInput>),
    /// One of at least two named choices.
    Choices(Vec<ChoiceInput>),
    /// Whatever is answered, compared with the scenario's target: give true.
    FreeText(bool),
    /// One of the targets of the listed scenarios: give true.
    Targets(bool),
}

impl From<ImportDecisionInput> for DecisionChoice {
    fn from(input: ImportDecisionInput) -> Self {
        match input {
            ImportDecisionInput::Scale(points) => Self::Given(DecisionSpecInput::Scale(points).into()),
            ImportDecisionInput::Choices(choices) => Self::Given(DecisionSpecInput::Choices(choices).into()),
            ImportDecisionInput::FreeText(_) => Self::FreeText,
            ImportDecisionInput::Targets(_) => Self::Targets,
        }
    }
}

/// What importing a file would do. Nothing is written.
#[derive(SimpleObject)]
pub(crate) struct ImportPreview {
    /// How it is written.
    format: DefinitionFormat,
    /// What the definition would be called; null where the file cannot be read.
    name: Option<String>,
    /// Whether a definition has that name already.
    is_name_taken: bool,
    /// The definition that has it; null where the name is free.
    existing: Option<Definition>,
    /// A name like it that is free; null where it is free itself.
    suggested_name: Option<String>,
    /// Whether the latest version of `existing` asks the same already.
    is_unchanged: bool,
    /// The version of `existing` that a data set, which holds scenarios only, would keep all the rest
    /// of as a new version, but for a decision that is given. Null where nothing would be kept.
    kept_version: Option<i32>,
    /// What is in the file: problems with line and column, warnings, scenarios. With `keptVersion`: what
    /// the new version would ask.
    definition: DefinitionPreview,
}

/// A definition that was imported.
#[derive(SimpleObject)]
pub(crate) struct ImportDefinitionPayload {
    /// The definition.
    definition: Definition,
    /// The version it has now; the same as before where nothing was changed.
    version: DefinitionVersion,
    /// Whether the definition is new; else it has a new version, or nothing changed.
    is_new: bool,
    /// Whether its latest version asked the same already, so that nothing was written.
    is_unchanged: bool,
    /// The version that all but the scenarios of a data set, and a decision that is given, was kept of.
    /// Null where the file says everything, or the definition is new.
    kept_version: Option<i32>,
    /// What is legal but suspicious.
    warnings: Vec<DefinitionWarning>,
}

impl ImportDefinitionPayload {
    fn of(imported: Imported) -> domain::Result<Self> {
        let Imported { saved, is_new, kept_version } = imported;
        Ok(Self {
            version: DefinitionVersion(FrozenVersion::of(saved.version)?.into()),
            definition: Definition(saved.definition),
            is_new,
            is_unchanged: saved.is_unchanged,
            kept_version,
            warnings: saved.warnings.into_iter().map(DefinitionWarning::from).collect(),
        })
    }
}

/// A file, wherever it comes from.
pub(crate) struct ImportFile {
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// Its name.
    pub(crate) file_name: Option<String>,
    /// How it is written.
    pub(crate) format: Option<asked::Format>,
    /// What it is to be called.
    pub(crate) name: Option<String>,
    /// How its decision is to be read.
    pub(crate) decision: Option<DecisionChoice>,
}

impl ImportFile {
    /// Reads it on a thread that may take its time.
    pub(crate) async fn read(self) -> domain::Result<ReadSource> {
        aside(move || {
            read_source(&Source {
                bytes: &self.bytes,
                file_name: self.file_name.as_deref(),
                format: self.format,
                name: self.name.as_deref(),
                decision: self.decision.as_ref(),
            })
        })
        .await
    }
}

fn bytes_of(text: Option<String>, base64: Option<String>) -> domain::Result<Vec<u8>> {
    match (text, base64) {
        (Some(text), None) => Ok(text.into_bytes()),
        (None, Some(base64)) => STANDARD
            .decode(base64.trim())
            .map_err(|error| Error::invalid("base64", format!("This is no base64: {error}."))),
        _ => Err(Error::invalid("text", "Give the file as `text` or as `base64`, one of the two.")),
    }
}

/// Looks at a file without saving it.
pub(crate) async fn preview_import(
    ctx: &Context<'_>,
    input: PreviewImportInput,
    first: Option<i32>,
) -> Result<ImportPreview> {
    let first = usize::try_from(page(ctx, first, None)?.first).unwrap_or(usize::MAX);
    let file = ImportFile {
        bytes: bytes_of(input.text, input.base64)?,
        file_name: input.file_name,
        format: input.format.map(Into::into),
        name: input.name,
        decision: input.decision.map(Into::into),
    };
    let found =
        library::preview(&api(ctx).db, actor(ctx)?, file.read().await?, library::OnNameTaken::Refuse).await?;
    let library::ImportPreview { read, existing, suggested_name, is_unchanged, kept_version } = found;
    let ReadSource { format, content, report, .. } = read;
    let name = content.as_ref().map(|content| content.name.clone());
    Ok(ImportPreview {
        format: format.into(),
        name,
        is_name_taken: existing.is_some(),
        existing: existing.map(|row| visible_definition(ctx, row)).transpose()?,
        suggested_name,
        is_unchanged,
        kept_version,
        definition: aside(move || shown(content, report, first)).await?,
    })
}

/// Saves the definition of a file.
pub(crate) async fn import_definition(
    ctx: &Context<'_>,
    input: ImportDefinitionInput,
) -> Result<ImportDefinitionPayload> {
    let file = ImportFile {
        bytes: bytes_of(input.text, input.base64)?,
        file_name: input.file_name,
        format: input.format.map(Into::into),
        name: input.name,
        decision: input.decision.map(Into::into),
    };
    let (on_name_taken, token) = (input.on_name_taken.into(), input.client_token.as_deref());
    let (_, imported) = import(api(ctx), actor(ctx)?, file, on_name_taken, token).await?;
    Ok(ImportDefinitionPayload::of(imported)?)
}

/// Saves the definition of a file; says how it was written, too.
///
/// # Errors
/// `Invalid` with every problem and its place in the file, else as `library::import`.
pub(crate) async fn import(
    api: &crate::Api,
    actor: &domain::auth::Actor,
    file: ImportFile,
    on_name_taken: library::OnNameTaken,
    client_token: Option<&str>,
) -> domain::Result<(asked::Format, Imported)> {
    use domain::auth::{Action, Resource, authorize};
    authorize(actor, Action::Create, Resource::Definition(None))?;
    let read = file.read().await?;
    Ok((read.format, library::import(&api.db, actor, read, on_name_taken, client_token).await?))
}
