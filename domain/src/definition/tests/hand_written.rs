//! Files as people write them, and what they are told where one is wrong.

use serde_json::json;

use crate::definition::{
    DecisionChoice, DecisionSpec, DefinitionContent, Expansion, Format, ProblemCode, ReadSource, Source,
    WarningCode, fixture, read_source, to_csv, to_markdown,
};

const RIVER: &str = "---
name: River
decision:
  choices: [{name: stay}, {name: swim}]
---

# preamble

You are a guide.

# TEMPLATE #

The river is [depth] and a [who] calls.
## Question
Say stay or swim: [choices]

# Dimensions
## who

Who calls, and
from where.

| Label | Options |
|-------|:-------:|
| Child | a child<br>a kid |   
| Dog   | \"a dog \\\"Rex\\\"\", \"a \\| dog\" |

## depth
| Score | Label | Options | Target |
| --- | --- | --- | --- |
| 1 | shallow | knee-deep | swim |
| 2 | deep | over your head | stay |

# Follow ups
## 1
And at night?

# Rules
* exclude: who=Child AND depth=deep
";

fn file(name: &str, text: &str) -> ReadSource {
    read_source(&Source { bytes: text.as_bytes(), file_name: Some(name), ..Source::default() })
}

fn content(name: &str, text: &str) -> DefinitionContent {
    let read = file(name, text);
    assert_eq!(read.report.problems, []);
    read.content.unwrap()
}

/// Code, line, column and fix of the first problem.
fn refused(name: &str, text: &str) -> (ProblemCode, u64, u64, String) {
    let problem = file(name, text).report.problems.remove(0);
    (problem.code, problem.line.unwrap(), problem.column.unwrap(), problem.fix)
}

#[test]
fn markdown_is_read_as_people_write_it() {
    let river = content("river.md", RIVER);
    assert_eq!(river.preamble.as_deref(), Some("You are a guide."));
    assert!(
        river.template.ends_with("calls.\n## Question\nSay stay or swim: [choices]"),
        "{}",
        river.template
    );
    let who = &river.dimensions[0];
    assert_eq!(who.description.as_deref(), Some("Who calls, and\nfrom where."));
    assert_eq!(who.levels[0].wordings, ["a child", "a kid"]);
    assert_eq!(who.levels[1].wordings, ["a dog \"Rex\"", "a | dog"]);
    assert_eq!(river.dimensions[1].levels[0].target.as_deref(), Some("swim"));
    assert_eq!((river.follow_ups.len(), river.rules.len()), (1, 1));
    assert_eq!(content("river.md", &RIVER.replace('\n', "\r\n")), river);
    assert_eq!(content("river.md", &format!("\u{feff}{RIVER}")), river);
    assert_eq!(content("again.md", &to_markdown(&river)), river);
    assert_eq!(Format::detect(None, RIVER.as_bytes()), Format::Markdown);
}

#[test]
fn a_wrong_place_in_markdown_is_named_by_line_and_column() {
    use ProblemCode as Code;
    let at = |from: &str, to: &str| {
        assert!(RIVER.contains(from), "{from}");
        let (code, line, column, _) = refused("river.md", &RIVER.replace(from, to));
        (code, line, column)
    };
    assert_eq!(at("[depth]", "[deep]"), (Code::UnknownPlaceholder, 13, 14));
    assert_eq!(at("over your head | stay", "over your head | sty"), (Code::UnknownTarget, 32, 31));
    assert_eq!(at("depth=deep", "depth=dry"), (Code::RuleUnknownLevel, 39, 32));
    assert_eq!(at("| 2 |", "| two |"), (Code::WrongType, 32, 3));
    assert_eq!(at("knee-deep", "knee | deep"), (Code::Syntax, 31, 31));
    assert_eq!(at("name: River", "name: [River"), (Code::Syntax, 3, 9));
    assert_eq!(at("name: River", "nmae: River"), (Code::UnknownField, 2, 1));
    assert_eq!(at("# Rules", "# Rulez"), (Code::UnknownField, 38, 1));
    assert_eq!(at("# Rules", "# Template"), (Code::DuplicateField, 38, 1));
    assert_eq!(at("And at night?", "```\nAnd at night?"), (Code::Syntax, 36, 1));
    assert_eq!(at("# preamble", "Hello\n# preamble"), (Code::Syntax, 7, 1));
    assert_eq!(at("---\n\n# preamble", "\n# preamble").0, Code::Syntax);
    assert_eq!(at("name: River\n", ""), (Code::MissingField, 1, 1));
    let (_, _, _, fix) = refused("river.md", &RIVER.replace("# Follow ups", "# Folow ups"));
    assert_eq!(fix, "Did you mean `# Follow-ups`?");
    let (_, _, _, fix) = refused("river.md", &RIVER.replace("name: River", "name: River\ntemplate: x"));
    assert_eq!(fix, "Write it below the front matter, as a section `# Template`.");
}

const SCENARIOS: &str = "preamble: You are brief.
scenarios:
  peru:
    base_id: 17
    category: geography
    subject: {continent: South America}
    body: What is the capital of Peru?
    target: Lima
  chad:
    base_id: 18
    category: geography
    body: What is the capital of Chad?
    target: N'Djamena
";

#[test]
fn a_yaml_map_of_scenarios_is_a_definition_named_like_its_file() {
    let listed = content("some/where/capitals.yaml", SCENARIOS);
    assert_eq!((listed.name.as_str(), &listed.decision), ("capitals", &DecisionSpec::FreeText));
    let expansion = Expansion::new(&listed).unwrap();
    assert_eq!((expansion.scenario_count(), expansion.scenario(1).key.as_str()), (2, "chad"));
    let prompts = expansion.prompts(0);
    assert_eq!(prompts.system.as_deref(), Some("You are brief."));
    assert_eq!(prompts.first, "What is the capital of Peru?");
    assert_eq!(expansion.target_of(1), Some("N'Djamena"));
    let peru = &listed.scenarios[0];
    assert_eq!(peru.field("base_id"), Some(&json!(17)));
    assert_eq!(peru.field("subject"), Some(&json!({"continent": "South America"})));
    assert_eq!(refused("", SCENARIOS).0, ProblemCode::MissingField);
}

#[test]
fn a_template_may_use_what_every_scenario_has() {
    let with =
        |template: &str| SCENARIOS.replace("scenarios:", &format!("template: '{template}'\nscenarios:"));
    let listed = content("c.yaml", &with("On [category] ([base_id]): [body] [[x]]"));
    let prompts = Expansion::new(&listed).unwrap().prompts(1);
    assert_eq!(prompts.first, "On geography (18): What is the capital of Chad? [x]");
    let (code, line, column, fix) = refused("c.yaml", &with("[categry]"));
    assert_eq!(
        (code, line, column, fix.as_str()),
        (ProblemCode::UnknownPlaceholder, 2, 12, "Did you mean `[category]`?")
    );
    let problem = file("c.yaml", &with("[subject]")).report.problems.remove(0);
    assert_eq!(
        (problem.code, problem.message.as_str()),
        (ProblemCode::MissingField, "The scenario \"chad\" has no `subject`.")
    );
    let everywhere = with("[subject]").replace("base_id: 18", "subject: text");
    assert_eq!(refused("c.yaml", &everywhere).0, ProblemCode::WrongType);
}

#[test]
fn a_listed_scenario_that_is_wrong_is_named_with_its_line() {
    use ProblemCode as Code;
    let at = |from: &str, to: &str| {
        assert!(SCENARIOS.contains(from), "{from}");
        let (code, line, ..) = refused("c.yaml", &SCENARIOS.replace(from, to));
        (code, line)
    };
    assert_eq!(at("    body: What is the capital of Chad?\n", ""), (Code::MissingField, 10));
    assert_eq!(at("What is the capital of Chad?", "' '"), (Code::EmptyScenarioText, 12));
    assert_eq!(at("target: Lima", "Target: Lima"), (Code::InvalidFieldName, 8));
    assert_eq!(at("    base_id: 18", "    Base_ID: 18"), (Code::CollidingColumn, 10));
    assert_eq!(at("    base_id: 18", "    id: 18"), (Code::InvalidFieldName, 10));
    assert_eq!(at("  chad:", "  ' ':"), (Code::InvalidScenarioKey, 10));
    assert_eq!(at("  chad:", "  peru:"), (Code::DuplicateField, 9));
    assert_eq!(
        at("preamble: You are brief.", "dimensions: [{name: a, levels: [{label: x, wording: x}]}]"),
        (Code::DimensionsAndScenarios, 3)
    );
    assert_eq!(at("preamble: You are brief.", "rules: ['exclude: a=1']"), (Code::RuleUnknownDimension, 1));
    let choices = "decision: {choices: [{name: Lima}, {name: Oslo}]}";
    assert_eq!(at("preamble: You are brief.", choices), (Code::UnknownTarget, 13));
    assert_eq!(at("preamble: You are brief.", "decision: free"), (Code::UnknownField, 1));
}

#[test]
fn a_decision_in_free_words_may_be_written_either_way() {
    for decision in ["decision: free_text", "decision: {free_text: {}}", "decision: {free_text: }"] {
        let listed = content("c.yaml", &format!("{decision}\n{SCENARIOS}"));
        assert_eq!(listed.decision, DecisionSpec::FreeText);
    }
}

const QUESTIONS: &str = "id;question;answer;topic
1;\"What is 2 + 2;
exactly?\";4;sums
2;What is 3 + 1?;4;sums
3;\"Say \"\"no\"\"\";no;words
4;Say no again;no;
";

#[test]
fn a_table_becomes_listed_scenarios_and_its_targets_choices() {
    let questions = content("questions.csv", QUESTIONS);
    assert_eq!(questions.name, "questions");
    let bodies: Vec<&str> = questions.scenarios.iter().map(|each| each.body.as_str()).collect();
    assert_eq!(bodies, ["What is 2 + 2;\nexactly?", "What is 3 + 1?", "Say \"no\"", "Say no again"]);
    assert_eq!(questions.scenarios[0].fields, [("topic".to_owned(), json!("sums"))]);
    assert_eq!(questions.scenarios[3].fields, []);
    let DecisionSpec::Choice { choices } = &questions.decision else { panic!("{:?}", questions.decision) };
    let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
    assert_eq!(names, ["4", "no"]);
    let warnings = file("questions.csv", QUESTIONS).report.warnings;
    assert!(warnings.iter().any(|warning| warning.code == WarningCode::DecisionNotMentioned));

    let free = DecisionChoice::FreeText;
    let source = Source {
        bytes: QUESTIONS.as_bytes(),
        decision: Some(&free),
        name: Some("Mine"),
        ..Source::default()
    };
    let read = read_source(&source);
    let mine = read.content.unwrap();
    assert_eq!(
        (read.format, mine.name.as_str(), mine.decision),
        (Format::Csv, "Mine", DecisionSpec::FreeText)
    );
    let once = content("q.csv", "prompt\tideal\na\tx\nb\ty\n");
    assert_eq!((&once.decision, once.scenarios[1].key.as_str()), (&DecisionSpec::FreeText, "2"));
}

#[test]
fn a_prompt_column_wins_over_its_other_names() {
    let rows = content("q.csv", "input,prompt,answer,target\ni,p,a,t\n");
    let row = &rows.scenarios[0];
    assert_eq!((row.body.as_str(), row.target.as_deref()), ("p", Some("t")));
    assert_eq!(row.fields.len(), 2);
    // Also where no scenario has a target.
    let without = content("q.csv", "prompt,target,answer\np,,a\n");
    assert_eq!((&without.scenarios[0].target, without.scenarios[0].fields.len()), (&None, 1));
}

#[test]
fn a_wrong_row_is_named_by_line_and_cell() {
    use ProblemCode as Code;
    let at = |text: &str| {
        let (code, line, column, _) = refused("q.csv", text);
        (code, line, column)
    };
    assert_eq!(at("id,prompt\n1,\"a\n2,b\n"), (Code::Syntax, 2, 3));
    assert_eq!(at("id,prompt,x\n1,\"a\nb\",c\n2,c\n"), (Code::Syntax, 4, 2));
    assert_eq!(at("id,promt\n1,a\n"), (Code::MissingField, 1, 2));
    assert_eq!(at("id,prompt,id\n1,a,b\n"), (Code::DuplicateField, 1, 3));
    assert_eq!(at("id,prompt,\n1,a,b\n"), (Code::MissingField, 1, 3));
    assert_eq!(at("id,prompt\n1,a\n1,b\n"), (Code::DuplicateScenario, 2, 1));
    assert_eq!(at("id,prompt\n1, \n"), (Code::EmptyScenarioText, 2, 1));
    assert_eq!(at("id,prompt,key\n1,a,b\n"), (Code::InvalidFieldName, 2, 1));
    assert_eq!(at("id,question\n1,a\u{7}\n"), (Code::ControlCharacter, 2, 2));
    assert_eq!(at(""), (Code::Syntax, 1, 1));
    assert_eq!(at("prompt\n"), (Code::Syntax, 1, 1));
    let line = |text: &str| {
        let (code, line, ..) = refused("q.jsonl", text);
        (code, line)
    };
    assert_eq!(line("{\"prompt\": \"a\"}\n\nnope\n"), (Code::Syntax, 3));
    assert_eq!(line("{\"prompt\": \"a\"}\n{\"prompt\": 1}\n"), (Code::WrongType, 2));
    assert_eq!(line("{\"prompt\": \"a\", \"prompt\": \"b\"}\n"), (Code::DuplicateField, 1));
    assert_eq!(line("{\"prompt\": \"a\"}\n[1]\n"), (Code::WrongType, 2));
}

#[test]
fn a_definition_without_a_list_is_no_data_set() {
    assert_eq!(to_csv(&fixture::two_dimensions()), None);
    let listed = to_csv(&fixture::listed()).unwrap();
    assert!(listed.starts_with("\u{feff}key,prompt,system,target,category,base_id\r\n"), "{listed}");
}

#[test]
fn a_format_is_told_by_what_a_file_begins_with() {
    for (text, format) in [
        ("{\"name\": \"a\",\n \"template\": \"b\"}", Format::Json),
        ("{\"name\": \"a\", \"template\": \"b\", \"decision\": \"free_text\"}", Format::Json),
        ("{\"prompt\": \"a\"}", Format::Jsonl),
        ("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n", Format::Jsonl),
        ("name: a, b\n", Format::Yaml),
        ("---\nname: a\n", Format::Yaml),
        ("---\nname: a\n---\n# Template\n", Format::Markdown),
        ("\u{feff}Prompt\na\n", Format::Csv),
        ("a;b\n", Format::Csv),
        ("", Format::Yaml),
    ] {
        assert_eq!(Format::detect(None, text.as_bytes()), format, "{text}");
    }
    assert_eq!(Format::detect(Some("a.B.YML"), b"{"), Format::Yaml);
}

#[test]
fn only_a_list_of_scenarios_may_make_a_file_large() {
    let long = "x".repeat(50_000);
    let mut text = "scenarios:\n".to_owned();
    for number in 0..100 {
        text.push_str(&format!("  s{number}: {{body: {long}}}\n"));
    }
    assert_eq!(content("long.yaml", &text).scenarios.len(), 100);
    let padded = format!("name: a\ntemplate: scenarios\ndecision: free_text\n# {}\n", "x".repeat(4_000_000));
    assert_eq!(file("a.yaml", &padded).report.problems[0].code, ProblemCode::TooLarge);
}

#[test]
fn the_examples_of_the_documentation_are_valid() {
    let page = include_str!("../../../../docs/definitions.md");
    let markdown = page.split("````markdown\n").nth(1).and_then(|rest| rest.split("````").next()).unwrap();
    assert_eq!(content("x.md", markdown).dimensions.len(), 2);
    let blocks = |word: &str| {
        let open = format!("\n```{word}\n");
        let blocks: Vec<String> = page
            .split(&open)
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .map(str::to_owned)
            .collect();
        blocks
    };
    let whole: Vec<_> = blocks("yaml").into_iter().filter(|block| block.starts_with("name:")).collect();
    assert_eq!(whole.len(), 2);
    whole.iter().for_each(|block| drop(content("x.yaml", block)));
    assert_eq!(content("x.csv", &blocks("csv")[0]).scenarios.len(), 2);
    assert_eq!(content("x.jsonl", &blocks("json")[0]).scenarios.len(), 2);
    let example = include_str!("../../../../examples/capital-questions.csv");
    assert_eq!(content("x.csv", example).decision, DecisionSpec::FreeText);
}
