//! Texts with placeholders: `[victims]`, `[scale]`, `[choices]`, and `[[`, `]]` for brackets.
//!
//! A placeholder is replaced by a wording once; brackets inside a wording are not looked at, so
//! a wording can hold any text.

use std::borrow::Cow;

use super::{DecisionSpec, Problem, ProblemCode, placeholder::Placeholders, problem::position_at};

/// The placeholder that lists the points of the scale.
pub const SCALE_PLACEHOLDER: &str = "scale";
/// The placeholder that lists the choices.
pub const CHOICES_PLACEHOLDER: &str = "choices";

/// The placeholder that is the body of a listed scenario, and the template that is nothing else.
pub const BODY_PLACEHOLDER: &str = "[body]";

/// One stretch of a text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Sent as it stands.
    Literal(String),
    /// Replaced by the chosen wording of this dimension (index into the content).
    Dimension(usize),
    /// Replaced by the possible decisions, one per line.
    Decisions,
    /// Replaced by the body of the listed scenario.
    Body,
    /// Replaced by this further key of the listed scenario.
    Field(String),
}

/// Whether a text can be a dimension's name: letters of any script, digits and `_`, not
/// beginning with a digit.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|other| other.is_alphanumeric() || other == '_')
}

/// The possible decisions, one per line: `1 = Never`; a choice without label is its name alone.
pub fn decision_lines(decision: &DecisionSpec) -> String {
    option_lines(decision).join("\n")
}

/// As `decision_lines`, in another order of the options (positions in the definition). What is no
/// position is left out.
pub(super) fn decision_lines_in(decision: &DecisionSpec, order: &[usize]) -> String {
    let lines = option_lines(decision);
    let shown: Vec<&str> = order.iter().filter_map(|place| lines.get(*place)).map(String::as_str).collect();
    shown.join("\n")
}

/// How many decisions a definition lists; 0 where answers are free.
pub fn option_count(decision: &DecisionSpec) -> usize {
    match decision {
        DecisionSpec::Scale { points } => points.len(),
        DecisionSpec::Choice { choices } => choices.len(),
        DecisionSpec::FreeText => 0,
    }
}

/// The decisions that a definition lists, in its order: a scale's points or the names of choices.
pub fn option_values(decision: &DecisionSpec) -> Vec<String> {
    match decision {
        DecisionSpec::Scale { points } => points.iter().map(|point| point.value.to_string()).collect(),
        DecisionSpec::Choice { choices } => choices.iter().map(|choice| choice.name.clone()).collect(),
        DecisionSpec::FreeText => Vec::new(),
    }
}

fn option_lines(decision: &DecisionSpec) -> Vec<String> {
    match decision {
        DecisionSpec::Scale { points } => points
            .iter()
            .map(|point| match point.label.as_str() {
                "" => point.value.to_string(),
                label => format!("{} = {label}", point.value),
            })
            .collect(),
        DecisionSpec::Choice { choices } => choices
            .iter()
            .map(|choice| match &choice.label {
                None => choice.name.clone(),
                Some(label) => format!("{} = {label}", choice.name),
            })
            .collect(),
        DecisionSpec::FreeText => Vec::new(),
    }
}

/// The name by which this definition's texts list its decisions. `None` = there is no list.
pub(super) fn decision_placeholder(decision: &DecisionSpec) -> Option<&'static str> {
    match decision {
        DecisionSpec::Scale { .. } => Some(SCALE_PLACEHOLDER),
        DecisionSpec::Choice { .. } => Some(CHOICES_PLACEHOLDER),
        DecisionSpec::FreeText => None,
    }
}

/// Splits a text at its placeholders. Errors: every bracket that stands for nothing.
pub(super) fn parse(path: &str, text: &str, known: &Placeholders<'_>) -> Result<Vec<Piece>, Vec<Problem>> {
    let mut pieces = Vec::new();
    let mut problems = Vec::new();
    let mut literal = String::new();
    let mut offset = 0;
    while let Some(found) = text[offset..].find(['[', ']']) {
        let bracket = offset + found;
        literal.push_str(&text[offset..bracket]);
        let rest = &text[bracket..];
        let mut refuse = |code, message: String, fix: String| {
            let problem = Problem::new(path, code, message, fix);
            problems.push(problem.within(position_at(text, bracket)));
        };
        if rest.starts_with("[[") || rest.starts_with("]]") {
            literal.push_str(&rest[..1]);
            offset = bracket + 2;
        } else if rest.starts_with(']') {
            refuse(
                ProblemCode::UnmatchedBracket,
                "`]` closes nothing.".to_owned(),
                "Write `]]` for a literal bracket.".to_owned(),
            );
            offset = bracket + 1;
        } else if let Some(end) =
            rest[1..].find(['[', ']', '\n']).filter(|end| rest[1 + end..].starts_with(']'))
        {
            let name = &rest[1..1 + end];
            match known.resolve(name) {
                Ok(piece) => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(piece);
                }
                Err((code, message, fix)) => refuse(code, message, fix),
            }
            offset = bracket + end + 2;
        } else {
            refuse(
                ProblemCode::UnmatchedBracket,
                "`[` is not closed on its line.".to_owned(),
                "Close the placeholder with `]`, or write `[[` for a literal bracket.".to_owned(),
            );
            offset = bracket + 1;
        }
    }
    literal.push_str(&text[offset..]);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    if problems.is_empty() { Ok(pieces) } else { Err(problems) }
}

/// Puts what the placeholders stand for into a parsed text.
pub(super) fn render<'a>(pieces: &'a [Piece], text_of: impl Fn(&'a Piece) -> Cow<'a, str>) -> String {
    let parts = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => Cow::Borrowed(text.as_str()),
        replaced => text_of(replaced),
    });
    parts.collect()
}
#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Piece, decision_lines, render};
    use crate::definition::{Problem, ProblemCode, fixture, placeholder::Placeholders};

    fn parse(text: &str) -> Result<Vec<Piece>, Vec<Problem>> {
        super::parse("template", text, &Placeholders::of(&fixture::two_dimensions()))
    }

    fn rendered(text: &str) -> String {
        let wording = |piece: &Piece| match piece {
            Piece::Dimension(index) => ["FEW", "STRANGER"][*index].into(),
            Piece::Decisions => decision_lines(&fixture::two_dimensions().decision).into(),
            other => panic!("{other:?} is no dimension"),
        };
        render(&parse(text).unwrap(), wording)
    }

    fn problem(text: &str) -> (ProblemCode, String, u64) {
        let problems = parse(text).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let first = problems.into_iter().next().unwrap();
        (first.code, first.fix, first.within.unwrap().column)
    }

    #[test]
    fn placeholders_are_replaced_and_doubled_brackets_are_literal() {
        assert_eq!(rendered("a [victims] and [relation]."), "a FEW and STRANGER.");
        assert_eq!(rendered("see [[1]] and [[victims]]"), "see [1] and [victims]");
        assert_eq!(rendered("[[[victims]]]"), "[FEW]");
        assert_eq!(rendered(""), "");
        assert_eq!(rendered("שלום [victims] 👩‍👩‍👧"), "שלום FEW 👩‍👩‍👧");
    }

    #[test]
    fn the_scale_is_listed_one_point_per_line() {
        assert_eq!(rendered("[scale]!"), "1 = Never\n5 = Always!");
    }

    #[test]
    fn a_wording_with_brackets_is_not_looked_at_again() {
        let pieces = [Piece::Dimension(0)];
        assert_eq!(render(&pieces, |_| "[relation]".into()), "[relation]");
    }

    #[test]
    fn what_stands_for_nothing_is_refused_with_the_fix() {
        let (code, fix, column) = problem("ab [victim]");
        assert_eq!((code, column), (ProblemCode::UnknownPlaceholder, 4));
        assert_eq!(fix, "Did you mean `[victims]`?");
        assert_eq!(problem("[Relation]").1, "Did you mean `[relation]`?");
        assert_eq!(problem("[ victims ]").0, ProblemCode::InvalidPlaceholder);
        assert!(problem("[see note 1]").1.contains("[[see note 1]]"));
        assert_eq!(problem("[]").0, ProblemCode::InvalidPlaceholder);
        assert_eq!(problem("[choices]").1, "This definition's decisions are listed by `[scale]`.");
        assert_eq!(problem("a ] b").0, ProblemCode::UnmatchedBracket);
        assert_eq!(problem("a [victims").0, ProblemCode::UnmatchedBracket);
        assert_eq!(problem("a [vic\ntims").0, ProblemCode::UnmatchedBracket);
    }

    #[test]
    fn every_problem_of_a_text_is_reported() {
        let problems = parse("[a]\n[b]").unwrap_err();
        let lines: Vec<u64> = problems.iter().map(|problem| problem.within.unwrap().line).collect();
        assert_eq!(lines, [1, 2]);
    }
}
