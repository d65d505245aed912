//! Round trips of valid definitions through every format.

use std::{collections::BTreeMap, fmt::Debug};

use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Map, Value, json};

use super::texts::text;
use crate::definition::{
    Choice, DecisionSpec, DefinitionContent, Dimension, Format, Level, ListedScenario, NamedValue,
    ReadSource, Requirements, ScalePoint, ScoredText, Scorer, ScorerKind, Source, from_json, from_markdown,
    from_stored, from_yaml, read_checked, read_source, to_csv, to_json, to_jsonl, to_markdown, to_stored,
    to_yaml, validate,
};

/// A text that a definition may hold, with something to see in it.
fn prompt() -> impl Strategy<Value = String> + Clone {
    let parts = (text(), "[a-zé]{1,3}", text());
    let prompt = parts.prop_map(|(before, word, after)| {
        let text = format!("{before}{word}{after}");
        text.chars().filter(|letter| !letter.is_control() || "\t\n\r".contains(*letter)).collect()
    });
    prompt.boxed()
}

/// A text in which nothing is a placeholder.
fn template() -> impl Strategy<Value = String> {
    prompt().prop_map(|text| text.replace('[', "[[").replace(']', "]]"))
}

fn line() -> impl Strategy<Value = String> {
    prompt().prop_map(|text| text.chars().filter(|letter| !letter.is_control()).collect())
}

fn score() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
        any::<i32>().prop_map(f64::from),
        Just(-0.0),
    ])
}

/// Lines that differ, by a number at their end.
fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(line(), count)
        .prop_map(|lines| lines.iter().enumerate().map(|(index, line)| format!("{line}{index}")).collect())
}

fn decision() -> impl Strategy<Value = DecisionSpec> {
    let points = prop::collection::btree_map(any::<i64>(), line(), 2..4).prop_map(|points| {
        let points = points.into_iter().map(|(value, label)| ScalePoint { value, label });
        DecisionSpec::Scale { points: points.collect() }
    });
    let choices = (lines(2..4), prop::option::of(line()), score()).prop_map(|(names, label, score)| {
        let choice = |name| Choice { name, label: label.clone(), aliases: Vec::new(), score };
        DecisionSpec::Choice { choices: names.into_iter().map(choice).collect() }
    });
    prop_oneof![points, choices, Just(DecisionSpec::FreeText)]
}

fn dimension(index: usize) -> impl Strategy<Value = Dimension> {
    let level = (score(), prop::collection::vec(prompt(), 1..3));
    let levels = (prop::collection::vec(level, 1..3), lines(3..4));
    (prop::option::of(prompt()), levels).prop_map(move |(description, (levels, labels))| {
        let levels = levels.into_iter().zip(labels);
        let level = |((score, wordings), label)| Level { score, label, wordings, target: None };
        Dimension { name: format!("dé{index}"), description, levels: levels.map(level).collect() }
    })
}

/// A scorer that is valid, of every kind that needs no choices.
fn scorer() -> impl Strategy<Value = Scorer> {
    let bare = |kind| Scorer {
        name: String::new(),
        kind,
        of: ScoredText::LastAnswer,
        expected: None,
        pattern: None,
        schema: None,
        tolerance: None,
        is_relative: false,
        ignore_case: false,
        criteria: None,
        scale: Vec::new(),
    };
    let schema = "{\n  \"type\": \"object\",\n\t\"required\": [\"é\"]\n}\n";
    let tolerance = prop_oneof![Just(None), Just(Some(0.0)), Just(Some(0.1 + 0.2)), Just(Some(2.0))];
    let scorers = (prop::option::of(prompt()), prompt(), tolerance, any::<bool>(), any::<bool>());
    scorers.prop_flat_map(move |(expected, pattern, tolerance, one, other)| {
        let expected = expected.filter(|text| !text.trim().is_empty());
        let of = if one { ScoredText::LastAnswer } else { ScoredText::AllAnswers };
        prop::sample::select(vec![
            Scorer { of, expected: expected.clone(), ..bare(ScorerKind::Exact) },
            Scorer { of, expected: expected.clone(), ..bare(ScorerKind::Normalized) },
            Scorer { expected: expected.clone(), ignore_case: other, ..bare(ScorerKind::Includes) },
            Scorer {
                of,
                expected,
                pattern: Some(regex::escape(&pattern)),
                ignore_case: other,
                ..bare(ScorerKind::Regex)
            },
            Scorer {
                expected: Some("-1,000.5".into()),
                tolerance,
                is_relative: other,
                ..bare(ScorerKind::Numeric)
            },
            Scorer { of, schema: Some(schema.into()), ..bare(ScorerKind::JsonSchema) },
            Scorer {
                of,
                criteria: Some(format!("c{pattern}")),
                scale: [-1, 3].map(|value| ScalePoint { value, label: "é".into() }).into(),
                ..bare(ScorerKind::Rubric)
            },
            Scorer { of, criteria: Some(format!("c{pattern}")), ..bare(ScorerKind::Pairwise) },
        ])
    })
}

fn head() -> impl Strategy<Value = DefinitionContent> {
    let texts = (line(), prop::option::of(prompt()), prop::collection::vec(line(), 0..3));
    let prompts = (prop::option::of(template()), template(), prop::collection::vec(template(), 0..3));
    let requires = (prop::option::of(any::<u32>()), any::<bool>(), any::<bool>());
    let scorers = prop::collection::vec(scorer(), 0..4).prop_map(|scorers| {
        let named = |(index, scorer)| Scorer { name: format!("s{index}"), ..scorer };
        scorers.into_iter().enumerate().map(named).collect::<Vec<_>>()
    });
    (texts, prompts, decision(), prop::option::of(9_u32..20), requires, scorers).prop_map(
        |(
            (name, description, tags),
            (preamble, template, follow_ups),
            decision,
            max_turns,
            requires,
            scorers,
        )| {
            let (context_tokens, system_prompt, structured_output) = requires;
            DefinitionContent {
                name: format!("n{}", name.chars().take(190).collect::<String>()),
                description,
                tags,
                preamble,
                template,
                dimensions: Vec::new(),
                scenarios: Vec::new().into(),
                follow_ups,
                rules: Vec::new(),
                decision,
                max_turns,
                requires: Requirements { context_tokens, system_prompt, structured_output },
                scorers,
                values: vec![NamedValue { name: "é c".into(), aliases: vec!["o'k".into()] }],
            }
        },
    )
}

/// A label in a rule.
fn in_quotes(label: &str) -> String {
    format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A valid definition with none, one or two dimensions.
fn with_dimensions() -> impl Strategy<Value = DefinitionContent> {
    let dimensions = (dimension(0), dimension(1), 0_usize..3);
    (head(), dimensions, any::<bool>(), any::<bool>()).prop_map(
        |(mut content, (one, other, count), has_rule, has_target)| {
            content.dimensions = [one, other].into_iter().take(count).collect();
            if let Some(dimension) = content.dimensions.first_mut().filter(|each| each.levels.len() > 1) {
                let label = in_quotes(&dimension.levels[0].label);
                if has_rule {
                    content.rules.push(format!("exclude: NOT dé0 != {label}\n"));
                    content.rules.push(format!("Exclude: dé0 IN ({label})"));
                }
                if let DecisionSpec::Choice { choices } = &content.decision
                    && has_target
                {
                    dimension.levels[0].target = Some(choices[1].name.clone());
                }
            }
            content
        },
    )
}

fn value() -> impl Strategy<Value = Value> + Clone {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![json!(1.0), json!(-0.0), json!(1e17), json!({}), json!([])]),
        prompt().prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((line(), inner), 0..3)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    });
    value.boxed()
}

fn listed_with(value: impl Strategy<Value = Value>) -> impl Strategy<Value = DefinitionContent> {
    // Names that data sets know, too.
    let field = prop::sample::select(vec!["category", "answer", "input", "base_id", "café ☕", "n.1"]);
    let fields = prop::collection::btree_map(field, value, 0..4);
    let scenario = (prompt(), prop::option::of(prompt()), any::<bool>(), fields);
    (head(), prop::collection::vec(scenario, 1..4), lines(4..5), any::<bool>()).prop_map(
        |(mut content, scenarios, keys, has_template)| {
            let target = match &content.decision {
                DecisionSpec::Choice { choices } => Some(choices[0].name.clone()),
                DecisionSpec::FreeText => Some("some \"text\"\r\n| ".to_owned()),
                DecisionSpec::Scale { .. } => None,
            };
            let mut listed = Vec::new();
            for ((body, system, has_target, fields), key) in scenarios.into_iter().zip(keys) {
                let cut = key.char_indices().rev().nth(30).map_or(0, |(index, _)| index);
                let fields: BTreeMap<&str, Value> = fields;
                listed.push(ListedScenario {
                    key: key[cut..].to_owned(),
                    body,
                    system,
                    target: target.clone().filter(|_| has_target),
                    fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                });
            }
            content.scenarios = listed.into();
            if !has_template {
                content.template.clear();
            }
            content
        },
    )
}

/// Equal, also in the order of keys and the types of numbers.
fn assert_identical(read: Result<DefinitionContent, impl Debug>, content: &DefinitionContent, file: &str) {
    let read = read.unwrap_or_else(|problems| panic!("{problems:#?}\n{file}"));
    assert_eq!(&read, content, "{file}");
    assert_eq!(to_json(&read), to_json(content), "{file}");
}

fn dataset(file: &str, format: Format) -> ReadSource {
    let source = Source { bytes: file.as_bytes(), format: Some(format), ..Source::default() };
    read_source(&Source { name: Some("n"), ..source })
}

proptest! {
    #[test]
    fn a_valid_definition_survives_every_format(content in with_dimensions()) {
        prop_assert_eq!(validate(&content).problems, []);
        for (file, read) in [
            (to_yaml(&content), from_yaml as fn(&[u8]) -> _),
            (to_json(&content), from_json),
            (to_markdown(&content), from_markdown),
            (to_markdown(&content).replace('\n', "\r\n"), from_markdown),
            (format!("\u{feff}{}", to_markdown(&content)), from_markdown),
        ] {
            assert_identical(read(file.as_bytes()), &content, &file);
        }
    }

    #[test]
    fn listed_scenarios_survive_every_format_and_the_database(content in listed_with(value())) {
        prop_assert_eq!(validate(&content).problems, []);
        for (file, read) in [
            (to_yaml(&content), from_yaml as fn(&[u8]) -> _),
            (to_json(&content), from_json),
            (to_markdown(&content), from_markdown),
        ] {
            assert_identical(read(file.as_bytes()), &content, &file);
        }
        // As PostgreSQL keeps it.
        let mut stored = to_stored(&content).unwrap();
        stored.sort_all_objects();
        assert_identical(from_stored(stored), &content, "stored");
        let file = to_jsonl(&content).unwrap();
        let read = dataset(&file, Format::Jsonl);
        let read = read.content.ok_or(read.report);
        let read = read.map(|read| DefinitionContent { scenarios: read.scenarios, ..content.clone() });
        assert_identical(read, &content, &file);
    }

    #[test]
    fn listed_scenarios_with_texts_survive_csv(content in listed_with(prompt().prop_map(Value::from))) {
        let file = to_csv(&content).unwrap();
        let read = dataset(&file, Format::Csv);
        let Some(found) = read.content else { panic!("{:#?}\n{file}", read.report) };
        let order = content.field_names();
        let sorted = |scenarios: &[ListedScenario]| {
            let mut scenarios = scenarios.to_vec();
            // A table has one order of columns.
            for scenario in &mut scenarios {
                scenario.fields.sort_by_key(|(name, _)| order.iter().position(|other| other == name));
            }
            scenarios
        };
        prop_assert_eq!(sorted(&found.scenarios), sorted(&content.scenarios), "{}", file);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in Format::ALL {
            let _ = read_checked(&bytes, format);
        }
        let _ = Format::detect(None, &bytes);
    }

    #[test]
    fn no_text_made_of_marks_makes_a_reader_panic(parts in prop::collection::vec(marks(), 0..30)) {
        let text = parts.concat();
        for format in Format::ALL {
            let _ = read_checked(text.as_bytes(), format);
        }
    }
}

/// What the formats are made of, in no order.
fn marks() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "---\n",
        "name: a\n",
        "decision: free_text\n",
        "# Template\n",
        "# Dimensions\n",
        "## x\n",
        "| a | b |\n",
        "|---|\n",
        "| Score | Label | Options |\n",
        "```\n",
        "```yaml\n",
        "```json\n",
        "- exclude: x=1\n",
        "\n",
        "\r\n",
        "\"",
        ",",
        ";",
        "\t",
        "prompt",
        "target",
        "{\"prompt\": \"a\"}\n",
        "{",
        "}",
        "scenarios:\n",
        "  a: {body: b}\n",
        "&a ",
        "*a ",
        "é",
        "\\|",
        "# Scenarios\n",
        "# Follow-ups\n",
        "# Matching Rules\n",
        "\u{feff}",
    ])
}
