//! The reader against short answers labelled by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::{DecisionValue, Reader, Reading};
use crate::definition::{Choice, DecisionSpec, ScalePoint};

pub(super) fn scale(points: std::ops::RangeInclusive<i64>, labels: &[&str]) -> DecisionSpec {
    let points = points.enumerate().map(|(index, value)| ScalePoint {
        value,
        label: labels.get(index).copied().unwrap_or_default().to_owned(),
    });
    DecisionSpec::Scale { points: points.collect() }
}

fn choice(name: &str, label: Option<&str>, aliases: &[&str]) -> Choice {
    Choice {
        name: name.to_owned(),
        label: label.map(str::to_owned),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        score: None,
    }
}

pub(super) fn spec(name: &str) -> DecisionSpec {
    let choices = match name {
        "s5" => {
            return scale(1..=5, &["Definitely not", "Probably not", "Unsure", "Probably yes", "Definitely"]);
        }
        "s7" => return scale(1..=7, &[]),
        "s10" => return scale(0..=10, &[]),
        "s100" => return scale(1..=100, &[]),
        "neg" => return scale(-3..=3, &[]),
        "ab" => vec![choice("A", Some("Pull the lever"), &[]), choice("B", Some("Let them be"), &[])],
        "letters" => ["A", "B", "C", "I"].map(|name| choice(name, None, &[])).to_vec(),
        "words" => vec![choice("help", None, &[]), choice("refuse", None, &["decline"])],
        "city" => vec![
            choice("York", None, &[]),
            choice("New York", None, &["NYC", "Big Apple"]),
            choice("Zürich", None, &[]),
            choice("St. Louis", None, &[]),
            choice("Straße", None, &[]),
        ],
        "year" => ["1968", "1969"].map(|name| choice(name, None, &[])).to_vec(),
        other => panic!("no such definition in the corpus: {other}"),
    };
    DecisionSpec::Choice { choices }
}

/// Reads every text of a family and lists the ones that are read differently from their label.
fn misread(family: &str) -> Vec<String> {
    let rows = include_str!("testdata/corpus.tsv").lines().skip(1);
    let rows = rows.map(|row| row.split('\t').collect::<Vec<_>>()).filter(|row| row[0] == family);
    let mut count = 0;
    let mut wrong = Vec::new();
    for row in rows {
        count += 1;
        let text = row[3].replace("\\n", "\n").replace("\\\\", "\\");
        let reading = Reader::new(&spec(row[1])).read(&text);
        let got = match &reading {
            Reading::Decided { value: DecisionValue::Point(point), .. } => point.to_string(),
            Reading::Decided { value: DecisionValue::Choice(name) | DecisionValue::Text(name), .. } => {
                name.clone()
            }
            Reading::Unreadable { .. } => "-".to_owned(),
        };
        if got != row[2] {
            wrong.push(format!("{}: {text:?} is {}, read as {reading:?}", row[1], row[2]));
        }
    }
    assert!(count > 0, "the corpus has no family {family}");
    wrong
}

macro_rules! families {
    ($($sentence:ident: $family:literal,)*) => {$(
        #[test]
        fn $sentence() {
            let wrong = misread($family);
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    )*};
}

families! {
    a_plain_statement_in_english_is_read: "plain",
    a_mark_out_of_the_best_one_is_read_on_this_scale_only: "fraction",
    a_value_in_brackets_a_box_or_a_tag_is_read: "bracket",
    a_json_answer_is_read_by_its_decision_key_alone: "json",
    a_line_that_is_only_the_value_is_read: "alone",
    a_label_counts_as_its_point_unless_the_number_contradicts_it: "label",
    number_words_are_read_but_the_pronoun_one_is_not: "word",
    the_last_statement_wins: "last",
    what_only_looks_like_a_decision_is_unreadable: "not",
    thinking_is_not_an_answer: "think",
    other_languages_and_digits_are_read: "language",
    other_scales_are_read: "scale",
    texts_labelled_after_the_rules_were_written_are_read: "held",
    choices_are_read_by_name_label_and_alias: "choice",
}

#[test]
fn the_quote_holds_the_words_the_decision_was_read_from() {
    let text = "Héllo 🙂. Thus my final answer is **4** because of that.";
    let Reading::Decided { quote, rule, .. } = Reader::new(&spec("s5")).read(text) else { panic!() };
    assert_eq!((text.get(quote).unwrap(), rule), ("answer is **4", "noun"));
}

#[test]
fn the_last_readable_answer_of_a_conversation_decides() {
    let reader = Reader::new(&spec("s5"));
    let reading = reader.read_turns(&["Decision: 2", "Decision: 3", "I would rather not say."]);
    let Reading::Decided { value, turn, .. } = reading else { panic!("{reading:?}") };
    assert_eq!((value, turn), (DecisionValue::Point(3), 1));
}

#[test]
fn the_reason_says_what_was_found_instead() {
    let reader = Reader::new(&spec("s5"));
    let reason = |text| match reader.read(text) {
        Reading::Unreadable { reason } => reason,
        decided => panic!("{decided:?}"),
    };
    assert_eq!(reason("Decision: 9"), super::value::OFF_SCALE);
    assert_eq!(
        reason("Both 2 and 4 have merits, I think."),
        "two or more points or choices are named and none of them as the decision"
    );
    assert_eq!(reader.read_turns(&[]), super::unreadable("there is no answer"));
}
