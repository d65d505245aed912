use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::texts::text;
use crate::definition::{
    Choice, DecisionSpec, DefinitionContent, Dimension, Level, Listed, NamedValue, Requirements, ScalePoint,
    ScoredText, Scorer, ScorerKind, content_sha256, from_json, from_yaml, to_json, to_yaml,
};

fn score() -> impl Strategy<Value = Option<f64>> {
    let number = any::<f64>().prop_filter("finite", |number| number.is_finite());
    let whole = any::<i32>().prop_map(f64::from);
    prop::option::of(prop_oneof![number, whole, Just(-0.0), Just(1e300), Just(0.1 + 0.2)])
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..4)
}

fn decision() -> impl Strategy<Value = DecisionSpec> {
    let point = (any::<i64>(), text()).prop_map(|(value, label)| ScalePoint { value, label });
    let choice = (text(), prop::option::of(text()), texts(), score())
        .prop_map(|(name, label, aliases, score)| Choice { name, label, aliases, score });
    prop_oneof![
        prop::collection::vec(point, 0..4).prop_map(|points| DecisionSpec::Scale { points }),
        prop::collection::vec(choice, 0..4).prop_map(|choices| DecisionSpec::Choice { choices }),
    ]
}

/// Whatever a scorer's fields can hold, also what does not go together.
pub(super) fn scorer() -> impl Strategy<Value = Scorer> {
    let kinds = [
        ScorerKind::Exact,
        ScorerKind::Normalized,
        ScorerKind::Includes,
        ScorerKind::Regex,
        ScorerKind::Numeric,
        ScorerKind::JsonSchema,
        ScorerKind::MultipleChoice,
        ScorerKind::Rubric,
        ScorerKind::Pairwise,
    ];
    let texts = (prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (text(), prop::sample::select(kinds.to_vec()), texts, score(), flags).prop_map(
        |(name, kind, (expected, pattern, schema), tolerance, (is_last, is_relative, ignore_case))| {
            let of = if is_last { ScoredText::LastAnswer } else { ScoredText::AllAnswers };
            let criteria = pattern.clone();
            let scale = vec![ScalePoint { value: 3, label: name.clone() }];
            Scorer {
                name,
                kind,
                of,
                expected,
                pattern,
                schema,
                tolerance,
                is_relative,
                ignore_case,
                criteria,
                scale,
            }
        },
    )
}

fn content() -> impl Strategy<Value = DefinitionContent> {
    let level = (score(), text(), texts(), prop::option::of(text()))
        .prop_map(|(score, label, wordings, target)| Level { score, label, wordings, target });
    let dimension = (text(), prop::option::of(text()), prop::collection::vec(level, 0..3))
        .prop_map(|(name, description, levels)| Dimension { name, description, levels });
    let requires = (prop::option::of(any::<u32>()), any::<bool>(), any::<bool>()).prop_map(
        |(context_tokens, system_prompt, structured_output)| Requirements {
            context_tokens,
            system_prompt,
            structured_output,
        },
    );
    let heads = (text(), prop::option::of(text()), texts(), prop::option::of(text()), text());
    let dimensions = prop::collection::vec(dimension, 0..3);
    let ends = (prop::option::of(any::<u32>()), requires, prop::collection::vec(scorer(), 0..3));
    (heads, dimensions, texts(), texts(), decision(), ends).prop_map(
        |(
            (name, description, tags, preamble, template),
            dimensions,
            follow_ups,
            rules,
            decision,
            (max_turns, requires, scorers),
        )| {
            DefinitionContent {
                name,
                description,
                tags,
                preamble,
                // Without scenarios no template is the same as a missing one.
                template: if template.is_empty() { "t".to_owned() } else { template },
                dimensions,
                scenarios: Listed::default(),
                follow_ups,
                rules,
                decision,
                max_turns,
                requires,
                values: scorers
                    .iter()
                    .map(|scorer| NamedValue { name: scorer.name.clone(), aliases: Vec::new() })
                    .collect(),
                scorers,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_unchanged(content in content()) {
        let yaml = to_yaml(&content);
        let read = from_yaml(yaml.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&content), "{}", yaml);
        let json = to_json(&content);
        let read = from_json(json.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&content));
        prop_assert_eq!(read.map(|read| content_sha256(&read)), Ok(content_sha256(&content)));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_yaml(&bytes);
        let _ = from_json(&bytes);
    }
}
