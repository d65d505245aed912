//! A definition before it is saved.

use std::sync::Arc;

use async_graphql::{ComplexObject, OneofObject, SimpleObject};
use domain::{
    Result,
    definition::{self as asked, Expansion, Format, Problem, Report, Warning, read_checked, validate},
};

use super::{
    content::DefinitionContent,
    content_input::{DefinitionContentInput, input_path},
    frozen_version::aside,
    scenario::Scenario,
};

/// A definition to look at: give exactly one of them.
#[derive(OneofObject)]
pub(crate) enum DefinitionSourceInput {
    /// As objects.
    Content(Box<DefinitionContentInput>),
    /// As the text of a YAML file.
    Yaml(String),
    /// As the text of a JSON file.
    Json(String),
    /// As the text of a Markdown file.
    Markdown(String),
}

/// What saving a definition would make of it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct DefinitionPreview {
    #[graphql(skip)]
    source: Option<asked::DefinitionContent>,
    /// True where it can be saved: there are no problems.
    is_valid: bool,
    /// Why it cannot be saved, all at once; empty: it can.
    problems: Vec<DefinitionProblem>,
    /// What is legal but suspicious.
    warnings: Vec<DefinitionWarning>,
    /// What was read; null where a file cannot be read at all.
    content: Option<DefinitionContent>,
    /// How many scenarios it expands into; null where it has problems.
    scenario_count: Option<u64>,
    /// How many combinations there are before its rules; null where it has problems.
    combination_count: Option<u64>,
    /// Its first scenarios, as many as were asked for; empty where it has problems.
    scenarios: Vec<Scenario>,
}

/// What is made only where it is asked for.
#[ComplexObject]
impl DefinitionPreview {
    /// What was read as a YAML file that reads as the same content; null where a file cannot be read at all.
    async fn yaml(&self) -> Option<String> {
        self.source.as_ref().map(asked::to_yaml)
    }
}

/// One reason to refuse a definition.
#[derive(Clone, SimpleObject)]
pub(crate) struct DefinitionProblem {
    /// A stable code, e.g. `UNKNOWN_PLACEHOLDER`.
    code: String,
    /// Where in the content, e.g. `dimensions[1].levels[0].wordings`; empty: the whole.
    path: String,
    /// The line in the file, from 1; null where it did not come from a file.
    line: Option<u64>,
    /// The column in the file, in characters from 1; null where it is not known.
    column: Option<u64>,
    /// What is wrong.
    message: String,
    /// What to do.
    fix: String,
}

/// Something legal but suspicious.
#[derive(Clone, SimpleObject)]
pub(crate) struct DefinitionWarning {
    /// A stable code, e.g. `UNUSED_DIMENSION`.
    code: String,
    /// Where in the content; empty: the whole.
    path: String,
    /// The line in the file, from 1; null where it did not come from a file.
    line: Option<u64>,
    /// The column in the file, in characters from 1; null where it is not known.
    column: Option<u64>,
    /// What is suspicious and why it matters.
    message: String,
    /// What to do if it was not meant.
    fix: String,
}

impl From<Problem> for DefinitionProblem {
    fn from(problem: Problem) -> Self {
        let Problem { path, line, column, code, message, fix, .. } = problem;
        Self { code: code.as_str().into(), path, line, column, message, fix }
    }
}

impl From<Warning> for DefinitionWarning {
    fn from(warning: Warning) -> Self {
        let Warning { path, line, column, code, message, fix } = warning;
        Self { code: code.as_str().into(), path, line, column, message, fix }
    }
}

/// Looks at a definition without saving it.
pub(crate) async fn preview(source: DefinitionSourceInput, first: usize) -> Result<DefinitionPreview> {
    let is_typed = matches!(source, DefinitionSourceInput::Content(_));
    let mut preview = aside(move || look(source, first)).await?;
    if is_typed {
        preview.problems.iter_mut().for_each(|problem| problem.path = input_path(&problem.path));
        preview.warnings.iter_mut().for_each(|warning| warning.path = input_path(&warning.path));
    }
    Ok(preview)
}

fn look(source: DefinitionSourceInput, first: usize) -> DefinitionPreview {
    let read = match source {
        DefinitionSourceInput::Content(input) => {
            let content = asked::DefinitionContent::from(*input);
            let report = validate(&content);
            Ok((content, report))
        }
        DefinitionSourceInput::Yaml(text) => read_checked(text.as_bytes(), Format::Yaml),
        DefinitionSourceInput::Json(text) => read_checked(text.as_bytes(), Format::Json),
        DefinitionSourceInput::Markdown(text) => read_checked(text.as_bytes(), Format::Markdown),
    };
    let (content, report) = match read {
        Ok((content, report)) => (Some(content), report),
        Err(problems) => (None, Report { problems, warnings: Vec::new() }),
    };
    shown(content, report, first)
}

/// What a definition that was read looks like.
pub(super) fn shown(
    content: Option<asked::DefinitionContent>,
    report: Report,
    first: usize,
) -> DefinitionPreview {
    let expansion = content.as_ref().and_then(|content| Expansion::new(content).ok()).map(Arc::new);
    let scenarios = expansion.as_ref().map(|expansion| {
        let combinations = expansion.iter().take(first);
        combinations
            .map(|combination| Scenario { version_id: None, combination, expansion: Arc::clone(expansion) })
            .collect()
    });
    DefinitionPreview {
        is_valid: report.problems.is_empty(),
        problems: report.problems.into_iter().map(DefinitionProblem::from).collect(),
        warnings: report.warnings.into_iter().map(DefinitionWarning::from).collect(),
        source: content.clone(),
        content: content.map(DefinitionContent::from),
        scenario_count: expansion.as_ref().map(|expansion| expansion.scenario_count()),
        combination_count: expansion.as_ref().map(|expansion| expansion.combination_count()),
        scenarios: scenarios.unwrap_or_default(),
    }
}
