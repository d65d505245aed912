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
    /// What a data set leaves open. `None` = the file says everything.
    rows: Option<Rows>,
}

/// A data set holds scenarios; the rest of a definition cannot be said in one.
#[derive(Clone, Debug)]
struct Rows {
    places: Locations,
    /// Whether somebody said how the decision is to be read; else it was guessed.
    is_decision_given: bool,
}

impl ReadSource {
    /// A content that says everything, from wherever it comes.
    pub fn whole(content: DefinitionContent, format: Format) -> Self {
        let report = validate(&content);
        Self { format, content: Some(content), report, rows: None }
    }

    /// Whether it holds scenarios only, so that it cannot replace a definition by itself.
    pub fn is_dataset(&self) -> bool {
        self.rows.is_some()
    }

    /// The decision that was asked for with a data set. `None` = it was guessed from the targets,
    /// or this is no data set.
    pub fn given_decision(&self) -> Option<&DecisionSpec> {
        let content = self.content.as_ref()?;
        self.rows.as_ref().filter(|rows| rows.is_decision_given).map(|_| &content.decision)
    }

    /// A data set as the next version of a definition: its scenarios and, where one was given, its
    /// decision; all the rest stays. What does not fit together is in the report. A file that says
    /// everything is returned as it is.
    #[must_use]
    pub fn over(mut self, existing: &DefinitionContent) -> Self {
        let (Some(rows), Some(content)) = (&self.rows, &mut self.content) else { return self };
        if !self.report.problems.is_empty() {
            return self;
        }
        if existing.scenarios.is_empty() {
            let message = format!(
                "{:?} lists no scenarios, so that those of a data set cannot replace them.",
                existing.name
            );
            let fix = "Import the data set under another name, or write a whole definition as YAML, JSON or Markdown.";
            self.report.problems =
                vec![Problem::new("scenarios", ProblemCode::DimensionsAndScenarios, message, fix)];
            return self;
        }
        let decision =
            if rows.is_decision_given { content.decision.clone() } else { existing.decision.clone() };
        *content = DefinitionContent { scenarios: content.scenarios.clone(), decision, ..existing.clone() };
        self.report = validate(content);
        for problem in &mut self.report.problems {
            problem.fix.push_str(&format!(
                " The data set becomes a version of {:?} and keeps its preamble, template and decision: give a \
                 decision with the import, or import it under another name.",
                existing.name
            ));
        }
        rows.places.locate(&mut self.report);
        self
    }
}

/// The parts of a definition that its file in a format does not hold: none but for data sets, which
/// hold the listed scenarios only.
pub fn left_out(content: &DefinitionContent, format: Format) -> Vec<&'static str> {
    if !format.is_dataset() {
        return Vec::new();
    }
    let parts = [
        ("description", content.description.is_some()),
        ("tags", !content.tags.is_empty()),
        ("preamble", content.preamble.is_some()),
        ("template", !content.template.is_empty()),
        ("follow-ups", !content.follow_ups.is_empty()),
        ("decision", dataset::decision_of(&content.scenarios) != content.decision),
        ("max_turns", content.max_turns.is_some()),
        ("requires", !content.requires.is_empty()),
        ("scorers", !content.scorers.is_empty()),
        ("values", !content.values.is_empty()),
    ];
    parts.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
}

/// Reads a file and checks what it says.
pub fn read_source(source: &Source<'_>) -> ReadSource {
    let format = source.format.unwrap_or_else(|| Format::detect(source.file_name, source.bytes));
    match read_as(format, source) {
        Ok((content, report, places)) => {
            let is_decision_given = source.decision.is_some();
            let rows = format.is_dataset().then_some(Rows { places, is_decision_given });
            ReadSource { format, content: Some(content), report, rows }
        }
        Err(problems) => {
            let report = Report { problems, warnings: Vec::new() };
            ReadSource { format, content: None, report, rows: None }
        }
    }
}

/// Reads a file of a known format and checks what it says; problems and warnings carry the line
/// and column. Errors: why it cannot be read at all.
pub fn read_checked(bytes: &[u8], format: Format) -> Result<(DefinitionContent, Report), Vec<Problem>> {
    read_as(format, &Source { bytes, ..Source::default() }).map(|(content, report, _)| (content, report))
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

fn read_as(
    format: Format,
    source: &Source<'_>,
) -> Result<(DefinitionContent, Report, Locations), Vec<Problem>> {
    let text = bytes::text(source.bytes, format)?;
    let file_name = source.name.or_else(|| source.file_name.map(stem).filter(|name| !name.trim().is_empty()));
    let (mut content, places) = match format {
        Format::Yaml => (yaml::read(text, file_name).map_err(|found| located(text, found))?, None),
        Format::Json => (json::read(text, file_name).map_err(|found| located(text, found))?, None),
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
    Ok((content, report, places))
}

/// Problems with the places of their paths, where they have none yet.
fn located(text: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let mut report = Report { problems, warnings: Vec::new() };
    if report.problems.iter().any(|problem| problem.line.is_none()) {
        Locations::of(text, &report).locate(&mut report);
    }
    report.problems
}

/// A file's name without folders and ending.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
