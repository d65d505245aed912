//! Tests of what the parts do together.
#![expect(clippy::unwrap_used, reason = "tests")]

mod as_written;
mod exchange;
mod expansion;
mod formats;
mod hand_written;
mod roundtrip;
mod samples;
mod scorers;
mod texts;
mod told;
mod validation;
mod warnings;

use super::{DefinitionContent, Problem, ProblemCode, validate};

/// The codes and paths of a content's problems.
fn problems(content: &DefinitionContent) -> Vec<(ProblemCode, String)> {
    let problems = validate(content).problems;
    problems.into_iter().map(|problem| (problem.code, problem.path)).collect()
}

/// The only problem of a content.
fn only_problem(content: &DefinitionContent) -> Problem {
    let mut problems = validate(content).problems;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}
