//! The reader against a corpus of answers that was written and labelled apart from it
//! (`testdata/LABELLING.md`): half of it open, half held out until the reader was done.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests; the figures are for people to read")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;

use super::token::tokens;
use super::value::{Line, Value, named_at, value_at};
use super::{DecisionValue, Reader, Reading};
use crate::definition::{Choice, DecisionSpec, ScalePoint};

const DEV: &str = include_str!("testdata/labelled_dev.jsonl");
const HELD: &str = include_str!("testdata/labelled_held.jsonl");
const SECOND: &str = include_str!("testdata/labelled_second.jsonl");

/// One line of a corpus file.
#[derive(Deserialize)]
pub(super) struct Labelled {
    pub(super) id: String,
    decision: Options,
    pub(super) answer: String,
    /// `None` = the answer states no decision.
    expect: Option<String>,
    shape: String,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "kind", content = "options", rename_all = "snake_case")]
enum Options {
    Scale(Vec<Opt>),
    Choice(Vec<Opt>),
}

#[derive(Clone, Deserialize)]
struct Opt {
    value: String,
    label: String,
}

impl Labelled {
    pub(super) fn spec(&self) -> DecisionSpec {
        self.decision.spec()
    }
}

impl Options {
    /// The value of a point is its number, the value of a choice its name.
    fn spec(&self) -> DecisionSpec {
        match self {
            Options::Scale(options) => DecisionSpec::Scale {
                points: options
                    .iter()
                    .map(|o| ScalePoint { value: o.value.parse().unwrap(), label: o.label.clone() })
                    .collect(),
            },
            Options::Choice(options) => DecisionSpec::Choice {
                choices: options
                    .iter()
                    .map(|o| Choice {
                        name: o.value.clone(),
                        label: Some(o.label.clone()),
                        aliases: Vec::new(),
                        score: None,
                    })
                    .collect(),
            },
        }
    }
}

/// How answers of one shape were read.
#[derive(Default)]
struct Tally {
    answers: usize,
    agreed: usize,
    /// Unreadable ones that were read.
    invented: usize,
    /// Readable ones that were read as another value.
    mistaken: usize,
    missed: usize,
}

/// What the reader makes of a whole file.
struct Report {
    total: Tally,
    table: String,
}

fn read_all(rows: impl Iterator<Item = Labelled>) -> Report {
    let mut shapes: BTreeMap<String, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let mut faults = String::new();
    for row in rows {
        let reading = Reader::new(&row.decision.spec()).read(&row.answer);
        let (got, rule) = match &reading {
            Reading::Decided { value, rule, .. } => (
                Some(match value {
                    DecisionValue::Point(point) => point.to_string(),
                    DecisionValue::Choice(name) | DecisionValue::Text(name) => name.clone(),
                }),
                *rule,
            ),
            Reading::Unreadable { reason } => (None, reason.as_str()),
        };
        let fault = match (&row.expect, &got) {
            (expected, got) if expected == got => None,
            (None, _) => Some("invented"),
            (Some(_), Some(_)) => Some("mistaken"),
            (Some(_), None) => Some("missed"),
        };
        for tally in [&mut total, shapes.entry(row.shape.clone()).or_default()] {
            tally.answers += 1;
            match fault {
                None => tally.agreed += 1,
                Some("invented") => tally.invented += 1,
                Some("mistaken") => tally.mistaken += 1,
                Some(_) => tally.missed += 1,
            }
        }
        if let Some(fault) = fault {
            let (expected, got) = (row.expect.as_deref().unwrap_or("-"), got.as_deref().unwrap_or("-"));
            let text: String = row.answer.chars().take(3_000).collect();
            writeln!(
                faults,
                "{fault} {} {}: {expected}, read as {got} ({rule}): {text:?}",
                row.id, row.shape
            )
            .unwrap();
        }
    }
    let mut table = String::new();
    let rows = shapes.iter().map(|(shape, tally)| (shape.as_str(), tally)).chain([("all", &total)]);
    for (shape, t) in rows {
        writeln!(
            table,
            "{shape:<22} {:>3} answers {:>3} agreed {:>2} invented {:>2} mistaken {:>2} missed",
            t.answers, t.agreed, t.invented, t.mistaken, t.missed
        )
        .unwrap();
    }
    table.push_str(&faults);
    Report { total, table }
}

fn rows(corpus: &str) -> impl Iterator<Item = Labelled> {
    corpus.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap())
}

/// Every labelled answer that is open.
pub(super) fn all_rows() -> impl Iterator<Item = Labelled> {
    rows(DEV).chain(rows(HELD)).chain(rows(SECOND))
}

/// Short texts written with the rules in view, to find their mistakes; their options are those of an
/// answer of the corpus.
fn trial_rows() -> impl Iterator<Item = Labelled> {
    let options: HashMap<String, Options> = rows(DEV).map(|row| (row.id, row.decision)).collect();
    let lines = include_str!("testdata/trial.tsv").lines().skip(1).enumerate();
    lines.map(move |(index, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        Labelled {
            id: format!("line {}", index + 2),
            decision: options[cells[0]].clone(),
            answer: cells[2].replace("\\n", "\n"),
            expect: (cells[1] != "-").then(|| cells[1].to_owned()),
            shape: "trial".to_owned(),
        }
    })
}

fn holds(file: &str, rows: impl Iterator<Item = Labelled>, percent: usize, invented_max: usize) {
    let Report { total, table } = read_all(rows);
    println!("{file}\n{table}");
    assert!(total.answers > 0, "{file} holds no answers");
    assert!(total.invented <= invented_max, "unreadable answers of {file} were read:\n{table}");
    assert!(
        total.agreed * 100 >= total.answers * percent,
        "{file} agrees in less than {percent} %:\n{table}"
    );
}

#[test]
fn the_open_half_of_the_labelled_answers_is_read_as_labelled() {
    holds("labelled_dev.jsonl", rows(DEV), 99, 0);
}

/// The ones that are missed stay in the file: what is not read is no secret.
#[test]
fn no_text_written_to_mislead_the_reader_is_read() {
    holds("trial.tsv", trial_rows(), 96, 0);
}

/// Whether the quoted words hold a spelling of the value that was read.
fn quotes_its_value(text: &str, spec: &DecisionSpec) -> bool {
    let reader = Reader::new(spec);
    let Reading::Decided { value, quote, .. } = reader.read(text) else { return true };
    let found =
        tokens(text.get(quote.clone()).unwrap(), quote.start, &reader.lexicon, reader.targets.has_negatives);
    let line = Line { text };
    let is_read = |target: usize| reader.values.get(target) == Some(&value);
    (0..found.len()).any(|at| {
        named_at(&reader.targets, &found, at, &line).is_some_and(|(target, _)| is_read(target))
            || matches!(value_at(&reader.targets, &found, at, &line), Value::Of(target, _) if is_read(target))
    })
}

#[test]
fn every_quote_holds_the_value_that_was_read() {
    for row in all_rows().chain(trial_rows()) {
        assert!(quotes_its_value(&row.answer, &row.decision.spec()), "{}: {:?}", row.id, row.answer);
    }
}

/// When version 2 of the reader first saw this half, 355 of 398 agreed and 6 were invented.
#[test]
fn the_held_out_half_of_the_labelled_answers_is_read_as_labelled() {
    holds("labelled_held.jsonl", rows(HELD), 97, 0);
}

/// When version 2 of the reader first saw these answers, 301 of 350 agreed and 6 were invented.
#[test]
fn the_second_corpus_is_read_as_labelled() {
    holds("labelled_second.jsonl", rows(SECOND), 97, 0);
}
