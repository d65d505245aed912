//! Writes a definition as Markdown.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::{
    super::{
        super::{DefinitionContent, Dimension, ListedScenario},
        scalar::Part,
        yaml,
    },
    FrontMatter, Section, cell, text,
};

/// The definition as Markdown: front matter for what is no prompt, then a section per text.
///
/// Reads back as the same content where it is valid.
pub fn to_markdown(content: &DefinitionContent) -> String {
    let mut out = front_matter(content);
    let heading = |out: &mut String, section: Section| {
        // Writing to a String cannot fail.
        let _ = write!(out, "# {}\n\n", section.heading());
    };
    for (section, written) in [
        (Section::Preamble, content.preamble.as_deref()),
        (Section::Template, Some(content.template.as_str()).filter(|text| !text.is_empty())),
    ] {
        if let Some(written) = written {
            heading(&mut out, section);
            text::write(&mut out, written, section.heading_level());
        }
    }
    if !content.dimensions.is_empty() {
        heading(&mut out, Section::Dimensions);
        content.dimensions.iter().for_each(|each| dimension(&mut out, each));
    }
    if !content.follow_ups.is_empty() {
        heading(&mut out, Section::FollowUps);
        for (number, question) in (1..).zip(&content.follow_ups) {
            let _ = write!(out, "## {number}\n\n");
            text::write(&mut out, question, Section::FollowUps.heading_level());
        }
    }
    if !content.scenarios.is_empty() {
        heading(&mut out, Section::Scenarios);
        content.scenarios.iter().for_each(|each| scenario(&mut out, each));
    }
    if !content.rules.is_empty() {
        heading(&mut out, Section::Rules);
        for rule in &content.rules {
            let _ = writeln!(out, "- {}", cell::write_line(rule, &['`']));
        }
    }
    // One blank line says nothing at the end of a file; two are a line break of the last text.
    if out.ends_with("\n\n") && !out.ends_with("\n\n\n") {
        out.pop();
    }
    out
}

fn front_matter(content: &DefinitionContent) -> String {
    let front = FrontMatter {
        name: Some(content.name.clone()),
        description: content.description.clone(),
        tags: content.tags.clone(),
        decision: Some(content.decision.clone()),
        max_turns: content.max_turns,
        requires: content.requires.clone(),
        scorers: content.scorers.clone(),
        values: content.values.clone(),
    };
    let is_same = |text: &str| {
        yaml::parse::<FrontMatter>(text, Part::Scenarios).is_ok_and(|read| read == front)
            && !text.lines().any(|line| ["---", "..."].contains(&line.trim_end()))
    };
    // JSON is YAML, and on one line it holds every text.
    let yaml = yaml::written(&front, is_same)
        .unwrap_or_else(|| serde_json::to_string(&front).unwrap_or_default() + "\n");
    format!("---\n{yaml}---\n\n")
}

fn dimension(out: &mut String, dimension: &Dimension) {
    let _ = write!(out, "## {}\n\n", cell::write_line(&dimension.name, &[]));
    if let Some(description) = &dimension.description {
        text::write(out, description, Section::Dimensions.heading_level());
    }
    let has_targets = dimension.levels.iter().any(|level| level.target.is_some());
    out.push_str(if has_targets {
        "| Score | Label | Options | Target |\n| --- | --- | --- | --- |\n"
    } else {
        "| Score | Label | Options |\n| --- | --- | --- |\n"
    });
    for level in &dimension.levels {
        let score = level.score.map_or(String::new(), spelled);
        let (label, options) = (cell::write_one(&level.label), cell::write_several(&level.wordings));
        let _ = write!(out, "| {score} | {label} | {options} |");
        if has_targets {
            let _ = write!(out, " {} |", level.target.as_deref().map(cell::write_one).unwrap_or_default());
        }
        out.push('\n');
    }
    out.push('\n');
}

/// A number that is read back as the same one, without hundreds of digits.
fn spelled(score: f64) -> String {
    if score == 0.0 || (1e-5..1e15).contains(&score.abs()) { score.to_string() } else { format!("{score:e}") }
}

fn scenario(out: &mut String, scenario: &ListedScenario) {
    let _ = write!(out, "## {}\n\n", cell::write_line(&scenario.key, &[]));
    let own = [("system", &scenario.system), ("target", &scenario.target)];
    let own = own.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
    let further: Map<String, Value> = own.chain(scenario.fields.iter().cloned()).collect();
    if !further.is_empty() {
        let is_same = |text: &str| {
            yaml::parse::<Map<String, Value>>(text, Part::Everything)
                .is_ok_and(|read| is_identical(&read, &further))
                && !text.contains("```")
        };
        match yaml::written(&further, is_same) {
            Some(yaml) => drop(write!(out, "```yaml\n{yaml}```\n\n")),
            // One line of JSON holds every value, and no line of it is a fence.
            None => drop(write!(out, "```json\n{}\n```\n\n", Value::Object(further))),
        }
    }
    text::write(out, &scenario.body, Section::Scenarios.heading_level());
}

/// Equal, also in the order of keys and in the types of numbers.
fn is_identical(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    serde_json::to_string(one).ok() == serde_json::to_string(other).ok()
}
