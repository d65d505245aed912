//! The reader against anything: it never panics and its quotes are always cut at characters.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::corpus::spec;
use super::{Reader, Reading};
use crate::definition::{Choice, DecisionSpec, ScalePoint};

fn specs() -> impl Strategy<Value = DecisionSpec> {
    let points = prop::collection::vec((any::<i64>(), any::<String>()), 0..8).prop_map(|points| {
        let points = points.into_iter().map(|(value, label)| ScalePoint { value, label }).collect();
        DecisionSpec::Scale { points }
    });
    let choices = prop::collection::vec(
        (any::<String>(), any::<Option<String>>(), prop::collection::vec(any::<String>(), 0..3)),
        0..6,
    )
    .prop_map(|choices| {
        let choices = choices
            .into_iter()
            .map(|(name, label, aliases)| Choice { name, label, aliases, score: None })
            .collect();
        DecisionSpec::Choice { choices }
    });
    prop_oneof![points, choices]
}

/// Texts made of the pieces that rules look for, in any order.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9٠-٩]{1,3}",
        "[ \\n.,:;/()\\[\\]{}*_\"'<>=–-]{1,3}",
        any::<String>(),
        prop::sample::select(vec![
            "Decision",
            "my answer is",
            " I ",
            "choose",
            "not",
            " or ",
            "out of",
            "<think>",
            "</think>",
            "\\boxed{",
            "{\"decision\":",
            "决定",
            "if",
            "scale of",
            "A",
            "Unsure",
            "…",
            "minus",
            "4️⃣"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn check(spec: &DecisionSpec, text: &str) {
    if let Reading::Decided { quote, .. } = Reader::new(spec).read(text) {
        assert!(!text.get(quote).unwrap().is_empty());
    }
}

proptest! {
    #[test]
    fn no_answer_and_no_definition_makes_the_reader_panic(spec in specs(), text in any::<String>()) {
        check(&spec, &text);
    }

    #[test]
    fn no_mixture_of_what_the_rules_look_for_makes_the_reader_panic(spec in specs(), text in answers()) {
        check(&spec, &text);
    }

    #[test]
    fn every_point_stated_plainly_is_read(value in -1000_i64..1000) {
        let spec = super::corpus::scale(-1000..=999, &[]);
        let reading = Reader::new(&spec).read(&format!("Some words. Final decision: {value}."));
        let decided = matches!(reading,
            Reading::Decided { value: super::DecisionValue::Point(point), .. } if point == value);
        assert!(decided, "{reading:?}");
    }
}

#[test]
#[ignore = "prints times for a person to look at; run in release mode with --nocapture"]
fn ten_megabytes_are_read_whatever_they_are_made_of() {
    let reader = Reader::new(&spec("s5"));
    let pieces = [
        "word ",
        "4 ",
        "4\n",
        "Decision: ",
        "I choose ",
        "<think>",
        "{\"a\":",
        "(",
        "my answer is not ",
        "I rate it ",
        "if ",
        "答案",
        "\n1 = no\n",
        "Decision: 4 or 5 ",
        "I choose 4 and ",
        "`",
        "``` {",
        "4 veririm ",
        "it goes to 4, ",
        "a, 4, ",
        "no, 4. ",
        "so 4 ",
        "A. ",
        "- [x] 4\n",
        "1) Should she? 4\n",
        "~~4~~ ",
        "in the second case 4. ",
        "my view: ",
        "i.e. ",
    ];
    for piece in pieces {
        let text = piece.repeat(10_000_000 / piece.len());
        let started = std::time::Instant::now();
        let reading = reader.read(&text);
        eprintln!("{:>6} ms for 10 MB of {piece:?}", started.elapsed().as_millis());
        drop(reading);
    }
}
