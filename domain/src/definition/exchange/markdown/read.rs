//! Reads a definition from Markdown, as Probity or a person wrote it.

use serde_json::{Map, Value};

use super::{
    super::{
        super::{DecisionSpec, DefinitionContent, ListedScenario, Problem, ProblemCode, similar},
        bytes,
        locations::{Locations, Place},
        scalar::Part,
        yaml,
    },
    FrontMatter, Section, cell,
    lines::{Fence, Lines},
    text,
};

/// Reads a text; `file_name` names a definition of listed scenarios that has no name.
pub(in super::super) fn read(
    text: &str,
    file_name: Option<&str>,
) -> Result<(DefinitionContent, Locations), Vec<Problem>> {
    // A file that Windows wrote: its line breaks are not those of its texts.
    let is_windows = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    let text = if is_windows { &text.replace("\r\n", "\n") } else { text };
    let mut all: Vec<&str> = text.split('\n').collect();
    if all.last().is_some_and(|last| last.is_empty()) {
        all.pop();
    }
    let lines = Lines { all: &all, first: 1 };
    let mut reading = Reading { places: Locations::default(), problems: Vec::new(), content: blank() };
    let (front, body) = reading.front_matter(lines)?;
    if let Err(problems) = reading.sections(body) {
        reading.problems.extend(problems);
    }
    reading.finish(front, file_name)
}

fn blank() -> DefinitionContent {
    DefinitionContent {
        name: String::new(),
        description: None,
        tags: Vec::new(),
        preamble: None,
        template: String::new(),
        dimensions: Vec::new(),
        scenarios: Vec::new().into(),
        follow_ups: Vec::new(),
        rules: Vec::new(),
        decision: DecisionSpec::FreeText,
        max_turns: None,
        requires: super::super::super::Requirements::default(),
        scorers: Vec::new(),
        values: Vec::new(),
    }
}

/// What was read so far.
pub(super) struct Reading {
    pub(super) places: Locations,
    pub(super) problems: Vec<Problem>,
    content: DefinitionContent,
}

impl Reading {
    fn front_matter<'a, 't>(
        &mut self,
        lines: Lines<'a, 't>,
    ) -> Result<(FrontMatter, Lines<'a, 't>), Vec<Problem>> {
        let is_mark = |line: &&str| ["---", "..."].contains(&line.trim_end());
        if lines.all.first().is_none_or(|line| line.trim_end() != "---") {
            return Ok((FrontMatter::default(), lines));
        }
        let Some(end) = lines.all.iter().skip(1).position(is_mark) else {
            let fix = "Close it with a line `---`.";
            return Err(vec![bytes::syntax(1, 1, "The front matter is opened and never closed.", fix)]);
        };
        let yaml = lines.all[1..=end].join("\n") + "\n";
        let front = if yaml.trim().is_empty() {
            FrontMatter::default()
        } else {
            yaml::parse(&yaml, Part::Scenarios).unwrap_or_else(|mut problems| {
                // What is wrong below is reported with it.
                problems.iter_mut().for_each(in_front_matter);
                self.problems.extend(problems);
                FrontMatter::default()
            })
        };
        self.places.add_yaml(&yaml, 1, None);
        Ok((front, lines.part(end + 2, lines.all.len())))
    }

    fn sections(&mut self, lines: Lines<'_, '_>) -> Result<(), Vec<Problem>> {
        let headings = lines.headings(1)?;
        let before = lines.part(0, headings.first().map_or(lines.all.len(), |(index, _)| *index));
        if let Some((index, _)) = before.written().next() {
            let message = "This text stands in no section.";
            let fix = "Put it under a heading: `# Preamble`, `# Template`, `# Dimensions`, `# Follow-ups`, `# Scenarios` or `# Matching Rules`.";
            self.problems.push(bytes::syntax(before.number(index), 1, message, fix));
        }
        let ends = headings.iter().skip(1).map(|(index, _)| *index).chain([lines.all.len()]);
        let mut known = Vec::new();
        for ((index, heading), end) in headings.iter().zip(ends) {
            let line = lines.number(*index);
            match Section::of(heading) {
                Some(section) if known.contains(&section) => {
                    let problem = bytes::duplicate_field(&format!("# {}", section.heading()));
                    self.problems.push(Problem { line: Some(line), column: Some(1), ..problem });
                }
                Some(section) => {
                    known.push(section);
                    self.section(section, line, lines.part(index + 1, end));
                }
                None => {
                    let names = Section::ALL.map(Section::heading);
                    let fix = match similar::closest(heading, names) {
                        Some(near) => format!("Did you mean `# {near}`?"),
                        None => {
                            "If it belongs to a prompt, put the whole prompt into a fenced block.".to_owned()
                        }
                    };
                    let message = format!("`# {heading}` is no section of a definition.");
                    let problem = Problem::new("", ProblemCode::UnknownField, message, fix);
                    self.problems.push(Problem { line: Some(line), column: Some(1), ..problem });
                }
            }
        }
        Ok(())
    }

    fn section(&mut self, section: Section, line: u64, lines: Lines<'_, '_>) {
        match section {
            Section::Preamble => self.content.preamble = self.text("preamble", line, lines),
            Section::Template => {
                self.content.template = self.text("template", line, lines).unwrap_or_default();
            }
            Section::Dimensions => {
                for (number, (name, line, lines)) in self.parts(section, lines).into_iter().enumerate() {
                    let dimension = self.dimension(&format!("dimensions[{number}]"), name, line, lines);
                    self.content.dimensions.push(dimension);
                }
            }
            Section::FollowUps => {
                for (number, (_, line, lines)) in self.parts(section, lines).into_iter().enumerate() {
                    let question = self.text(&format!("follow_ups[{number}]"), line, lines);
                    self.content.follow_ups.push(question.unwrap_or_default());
                }
            }
            Section::Scenarios => {
                let parts = self.parts(section, lines).into_iter();
                let scenarios: Vec<_> =
                    parts.map(|(key, line, lines)| self.scenario(key, line, lines)).collect();
                self.content.scenarios = scenarios.into();
            }
            Section::Rules => self.rules(lines),
        }
    }

    /// The text of some lines, its place noted. `None` = there is none.
    fn text(&mut self, path: &str, heading: u64, lines: Lines<'_, '_>) -> Option<String> {
        let block = text::read(lines);
        let place = match &block {
            Some(text::Block { begins: Some(line), .. }) => Place::letters(*line, 1),
            _ => Place::at(heading, 1),
        };
        self.places.add(path, place);
        block.map(|block| block.text)
    }

    /// What stands under each `##`: its heading, the line of that, and its lines.
    fn parts<'a, 't>(&mut self, section: Section, lines: Lines<'a, 't>) -> Vec<(String, u64, Lines<'a, 't>)> {
        // That no fence is open was seen when the sections were told apart.
        let headings = lines.headings(2).unwrap_or_default();
        let before = lines.part(0, headings.first().map_or(lines.all.len(), |(index, _)| *index));
        if let Some((index, _)) = before.written().next() {
            let message = format!("This text of `# {}` stands under no `##`.", section.heading());
            let fix = match section {
                Section::Dimensions => "Begin each dimension with `## ` and its name.",
                Section::FollowUps => "Begin each question with `## 1`, `## 2` and so on.",
                _ => "Begin each scenario with `## ` and its key.",
            };
            self.problems.push(bytes::syntax(before.number(index), 1, message, fix));
        }
        let ends = headings.iter().skip(1).map(|(index, _)| *index).chain([lines.all.len()]);
        let part = |((index, heading), end): (&(usize, &str), usize)| {
            (cell::read_one(heading), lines.number(*index), lines.part(index + 1, end))
        };
        headings.iter().zip(ends).map(part).collect()
    }

    fn scenario(&mut self, key: String, line: u64, lines: Lines<'_, '_>) -> ListedScenario {
        let path = format!("scenarios.{key}");
        self.places.add(&path, Place::letters(line, 4));
        let mut scenario = ListedScenario { key, ..ListedScenario::default() };
        let mut body = lines;
        if let Some((first, opening)) = lines.written().next()
            && let Some(fence) = Fence::of(opening)
            && let Some(length) = lines.all[first + 1..].iter().position(|line| fence.is_closed_by(line))
        {
            let inner = lines.part(first + 1, first + 1 + length);
            let text = inner.all.join("\n") + "\n";
            let is_yaml = ["yaml", "yml"].contains(&fence.word.to_lowercase().as_str());
            let is_json = fence.word.eq_ignore_ascii_case("json") && text.trim_start().starts_with('{');
            let read = match (is_yaml, is_json) {
                (true, _) if text.trim().is_empty() => Some(Ok(Map::new())),
                (true, _) => Some(yaml::parse::<Map<String, Value>>(&text, Part::Everything)),
                (_, true) => Some(
                    serde_json::from_str(&text).map_err(|error| vec![super::super::json::problem(&error)]),
                ),
                _ => None,
            };
            if let Some(read) = read {
                body = lines.part(first + 2 + length, lines.all.len());
                match read {
                    Ok(further) => self.further(&mut scenario, inner.first, further),
                    Err(problems) => self.problems.extend(problems.into_iter().map(|problem| Problem {
                        line: problem.line.map(|line| line + inner.first - 1),
                        ..problem
                    })),
                }
            }
        }
        scenario.body = self.text(&format!("{path}.body"), line, body).unwrap_or_default();
        scenario
    }

    fn further(&mut self, scenario: &mut ListedScenario, line: u64, further: Map<String, Value>) {
        for (name, value) in further {
            let own = match name.as_str() {
                "system" => &mut scenario.system,
                "target" => &mut scenario.target,
                _ => {
                    scenario.fields.push((name, value));
                    continue;
                }
            };
            match value {
                Value::String(text) => *own = Some(text),
                Value::Null => {}
                Value::Number(number) => *own = Some(number.to_string()),
                Value::Bool(is) => *own = Some(is.to_string()),
                Value::Array(_) | Value::Object(_) => {
                    let problem = bytes::wrong_type(format!("`{name}` of a scenario is one text."));
                    self.problems.push(Problem { line: Some(line), column: Some(1), ..problem });
                }
            }
        }
    }

    fn rules(&mut self, lines: Lines<'_, '_>) {
        for (index, line) in lines.written() {
            let number = lines.number(index);
            let indented = line.trim_start();
            let entry = indented.strip_prefix(['-', '*', '+']).or_else(|| {
                indented.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(['.', ')'])
            });
            let Some(entry) = entry.filter(|rest| rest.starts_with([' ', '\t'])) else {
                match self.content.rules.last_mut() {
                    // A long rule that goes on below.
                    Some(rule) => {
                        rule.push(' ');
                        rule.push_str(line.trim());
                    }
                    None => {
                        let fix = "Write each rule as a list entry: `- exclude: victims=1`.";
                        self.problems.push(bytes::syntax(number, 1, "This is no list of rules.", fix));
                    }
                }
                continue;
            };
            let rule = entry.trim();
            let column = (line.chars().count() - entry.trim_start().chars().count()) as u64 + 1;
            let bare = rule.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
            let path = format!("rules[{}]", self.content.rules.len());
            self.places.add(path, Place::letters(number, column + u64::from(bare.is_some())));
            self.content.rules.push(bare.map_or_else(|| cell::read_one(rule), str::to_owned));
        }
    }

    fn finish(
        mut self,
        front: FrontMatter,
        file_name: Option<&str>,
    ) -> Result<(DefinitionContent, Locations), Vec<Problem>> {
        let is_listed = !self.content.scenarios.is_empty();
        let name = front.name.or_else(|| file_name.filter(|_| is_listed).map(str::to_owned));
        let decision = front.decision.or_else(|| is_listed.then_some(DecisionSpec::FreeText));
        let has_template = !self.content.template.is_empty() || is_listed;
        for (field, is_there) in
            [("name", name.is_some()), ("decision", decision.is_some()), ("# Template", has_template)]
        {
            // Another problem explains why it is not there.
            if !is_there && self.problems.is_empty() {
                let mut problem = bytes::missing_field(field);
                if !field.starts_with('#') {
                    problem.fix =
                        format!("Add `{field}` to the front matter, between two lines `---` at the top.");
                }
                return Err(vec![Problem { line: Some(1), column: Some(1), ..problem }]);
            }
        }
        match (name, decision) {
            (Some(name), Some(decision)) if self.problems.is_empty() => {
                let content = DefinitionContent {
                    name,
                    description: front.description,
                    tags: front.tags,
                    decision,
                    max_turns: front.max_turns,
                    requires: front.requires,
                    scorers: front.scorers,
                    values: front.values,
                    ..self.content
                };
                Ok((content, self.places))
            }
            _ => {
                self.problems.sort_by_key(|problem| (problem.line, problem.column));
                Err(self.problems)
            }
        }
    }
}

/// A problem of the front matter, whose first line is the second of the file.
fn in_front_matter(problem: &mut Problem) {
    problem.line = problem.line.map(|line| line + 1);
    let sections = ["preamble", "template", "dimensions", "follow_ups", "scenarios", "rules"];
    let field = problem.message.split('`').nth(1).unwrap_or_default();
    if problem.code == ProblemCode::UnknownField
        && let Some(section) =
            sections.iter().find(|section| **section == field).and_then(|field| Section::of(field))
    {
        problem.fix = format!("Write it below the front matter, as a section `# {}`.", section.heading());
    }
}
