//! Any file in, whatever its format; any format out.

use super::{
    super::{DecisionSpec, DefinitionContent, Problem, ProblemCode, Report, validate},
    Format, bytes, dataset, json,
    locations::Locations,
    markdown, to_csv, to_json, to_jsonl, to_markdown, to_yaml, yaml,
};

/// A file with what is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its name; names the definition where nothing else does. `None` = unknown.
    pub file_name: Option<&'a str>,
    /// How it is written. `None` = told by the name's ending, else by the bytes.
    pub format: Option<Format>,
    /// What the definition is to be called. `None` = as the file says.
    pub name: Option<&'a str>,
    /// How the decision is to be read. `None` = as the file says, or as a data set's targets
    /// suggest.
    pub decision: Option<&'a DecisionChoice>,
}

/// How the decision of an imported definition is to be read.
#[derive(Clone, Debug, PartialEq)]
pub enum DecisionChoice {
    /// In free words.
    FreeText,
    /// As one of the targets that its listed scenarios have.
    Targets,
    /// As said here.
    Given(DecisionSpec),
}

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct ReadSource {
    /// How it is written.
    pub format: Format,
    /// What it asks. `None` = it cannot be read at all; the report says why.
    pub content: Option<DefinitionContent>,
    /// Problems and warnings, with line and column.
    pub report: Report,
}

/// Reads a file and checks what it says.
pub fn read_source(source: &Source<'_>) -> ReadSource {
    let format = source.format.unwrap_or_else(|| Format::detect(source.file_name, source.bytes));
    match read_as(format, source) {
        Ok((content, report)) => ReadSource { format, content: Some(content), report },
        Err(problems) => {
            ReadSource { format, content: None, report: Report { problems, warnings: Vec::new() } }
        }
    }
}

/// Reads a file of a known format and checks what it says; problems and warnings carry the line
/// and column. Errors: why it cannot be read at all.
pub fn read_checked(bytes: &[u8], format: Format) -> Result<(DefinitionContent, Report), Vec<Problem>> {
    read_as(format, &Source { bytes, ..Source::default() })
}

/// The file of a definition in a format.
///
/// # Errors
/// `None` where a data set is asked for and the definition lists no scenarios.
pub fn write(content: &DefinitionContent, format: Format) -> Option<String> {
    match format {
        Format::Yaml => Some(to_yaml(content)),
        Format::Json => Some(to_json(content)),
        Format::Markdown => Some(to_markdown(content)),
        Format::Csv => to_csv(content),
        Format::Jsonl => to_jsonl(content),
    }
}

fn read_as(format: Format, source: &Source<'_>) -> Result<(DefinitionContent, Report), Vec<Problem>> {
    let text = bytes::text(source.bytes, format)?;
    let file_name = source.name.or_else(|| source.file_name.map(stem).filter(|name| !name.trim().is_empty()));
    let (mut content, places) = match format {
        Format::Yaml => (yaml::read(text, file_name)?, None),
        Format::Json => (json::read(text, file_name)?, None),
        Format::Markdown => {
            markdown::read(text, file_name).map(|(content, places)| (content, Some(places)))?
        }
        Format::Csv | Format::Jsonl => {
            let (content, places) = dataset::read(text, format, file_name)?;
            (content, Some(places))
        }
    };
    bytes::check_size(text, format, &content)?;
    if let Some(name) = source.name {
        name.clone_into(&mut content.name);
    }
    match source.decision {
        None => {}
        Some(DecisionChoice::FreeText) => content.decision = DecisionSpec::FreeText,
        Some(DecisionChoice::Given(spec)) => content.decision = spec.clone(),
        Some(DecisionChoice::Targets) => match dataset::choices_of(&content.scenarios) {
            Some(spec) => content.decision = spec,
            None => {
                let message = "The scenarios have fewer than two different targets to choose from.";
                let fix = "Give them targets, or read the decision as free_text.";
                return Err(vec![Problem::new("decision", ProblemCode::TooFewChoices, message, fix)]);
            }
        },
    }
    let mut report = validate(&content);
    let places = places.unwrap_or_else(|| Locations::of(text, &report));
    places.locate(&mut report);
    Ok((content, report))
}

/// A file's name without folders and ending.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
