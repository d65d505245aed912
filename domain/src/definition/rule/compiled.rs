//! Rules with their names looked up: which levels each condition holds for.

use super::super::{
    DefinitionContent, Dimension, Problem, ProblemCode, problem::position_at, score, similar,
};
use super::{Comparison, Expression, Value, ValueKind, parse};

/// A rule as a condition over level indexes.
#[derive(Clone, Debug)]
pub(in crate::definition) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Level {
        /// Index into the dimensions.
        dimension: usize,
        /// For every level whether the condition holds.
        holds: Vec<bool>,
    },
}

impl Condition {
    /// Whether the condition holds for every combination that begins with these levels
    /// (`Some(true)`), for none (`Some(false)`), or cannot be told yet (`None`).
    pub(in crate::definition) fn given(&self, levels: &[u32]) -> Option<bool> {
        match self {
            Self::Level { dimension, holds } => levels.get(*dimension).map(|level| holds[*level as usize]),
            Self::Not(inner) => inner.given(levels).map(|held| !held),
            Self::All(parts) => decided(parts, levels, false),
            Self::Any(parts) => decided(parts, levels, true),
        }
    }

    /// How many comparisons it makes at most.
    pub(in crate::definition) fn size(&self) -> usize {
        match self {
            Self::Level { .. } => 1,
            Self::Not(inner) => inner.size(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::size).sum(),
        }
    }

    fn mark_dimensions(&self, mentioned: &mut [bool]) {
        match self {
            Self::Level { dimension, .. } => mentioned[*dimension] = true,
            Self::Not(inner) => inner.mark_dimensions(mentioned),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.mark_dimensions(mentioned));
            }
        }
    }
}

/// AND is settled by one `false`, OR by one `true`; otherwise only when all parts are known.
fn decided(parts: &[Condition], levels: &[u32], settles: bool) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part.given(levels) {
            Some(held) if held == settles => return Some(settles),
            Some(_) => {}
            None => open = true,
        }
    }
    if open { None } else { Some(!settles) }
}

/// The rules of a definition.
#[derive(Clone, Debug, Default)]
pub(in crate::definition) struct RuleSet(pub(in crate::definition) Vec<Condition>);

impl RuleSet {
    /// Whether every combination that begins with these levels is excluded (`Some(true)`), none
    /// is (`Some(false)`), or it depends on the levels to come (`None`).
    pub(in crate::definition) fn excludes(&self, levels: &[u32]) -> Option<bool> {
        decided(&self.0, levels, true)
    }

    /// For every dimension whether a rule mentions it.
    pub(in crate::definition) fn mentioned(&self, dimension_count: usize) -> Vec<bool> {
        let mut mentioned = vec![false; dimension_count];
        self.0.iter().for_each(|rule| rule.mark_dimensions(&mut mentioned));
        mentioned
    }
}

/// Reads one rule. Errors: each name that does not exist, or the first error of syntax.
pub(in crate::definition) fn compile(
    path: &str,
    rule: &str,
    content: &DefinitionContent,
) -> Result<Condition, Vec<Problem>> {
    let lookup = Lookup { path, rule, content };
    let expression = parse(rule).map_err(|(offset, message, fix)| {
        vec![lookup.problem(offset, ProblemCode::RuleSyntax, message, fix)]
    })?;
    let mut problems = Vec::new();
    let condition = lookup.expression(&expression, &mut problems);
    match condition {
        Some(condition) if problems.is_empty() => Ok(condition),
        _ => Err(problems),
    }
}

struct Lookup<'a> {
    path: &'a str,
    rule: &'a str,
    content: &'a DefinitionContent,
}

impl Lookup<'_> {
    fn problem(&self, offset: usize, code: ProblemCode, message: String, fix: String) -> Problem {
        Problem::new(self.path, code, message, fix).within(position_at(self.rule, offset))
    }

    /// `None` = something in it could not be looked up, and is among the problems.
    fn expression(&self, expression: &Expression, problems: &mut Vec<Problem>) -> Option<Condition> {
        let mut all = |parts: &[Expression]| -> Option<Vec<Condition>> {
            // Collected first, so that every part reports its problems.
            let parts: Vec<_> = parts.iter().map(|part| self.expression(part, problems)).collect();
            parts.into_iter().collect()
        };
        match expression {
            Expression::And(parts) => all(parts).map(Condition::All),
            Expression::Or(parts) => all(parts).map(Condition::Any),
            Expression::Not(inner) => {
                self.expression(inner, problems).map(|inner| Condition::Not(Box::new(inner)))
            }
            Expression::Condition { dimension, offset, comparison, values } => {
                match self.condition(dimension, *offset, *comparison, values) {
                    Ok(condition) => Some(condition),
                    Err(found) => {
                        problems.extend(found);
                        None
                    }
                }
            }
        }
    }

    fn condition(
        &self,
        name: &str,
        offset: usize,
        comparison: Comparison,
        values: &[Value],
    ) -> Result<Condition, Vec<Problem>> {
        let dimensions = &self.content.dimensions;
        let Some(index) = dimensions.iter().position(|dimension| dimension.name == name) else {
            let names = || dimensions.iter().map(|dimension| dimension.name.as_str());
            let fix = match similar::closest(name, names()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None if dimensions.is_empty() => "Add the dimension, or drop the rule.".to_owned(),
                None => format!("The dimensions are {}.", similar::listed(names())),
            };
            let message = format!("The rule names a dimension `{name}` that does not exist.");
            return Err(vec![self.problem(offset, ProblemCode::RuleUnknownDimension, message, fix)]);
        };
        let dimension = &dimensions[index];
        let mut holds = vec![false; dimension.levels.len()];
        let mut problems = Vec::new();
        for value in values {
            match self.value(dimension, comparison, value) {
                Ok(levels) => levels.into_iter().for_each(|level| holds[level] = true),
                Err(problem) => problems.push(*problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if comparison == Comparison::NotAmong {
            holds.iter_mut().for_each(|held| *held = !*held);
        }
        Ok(Condition::Level { dimension: index, holds })
    }

    /// The levels a value stands for, before negation.
    fn value(
        &self,
        dimension: &Dimension,
        comparison: Comparison,
        value: &Value,
    ) -> Result<Vec<usize>, Box<Problem>> {
        let levels = || dimension.levels.iter().enumerate();
        let scored = |keep: &dyn Fn(f64) -> bool| -> Vec<usize> {
            let kept = levels().filter(|(_, level)| level.score.is_some_and(keep));
            kept.map(|(index, _)| index).collect()
        };
        let labelled = |label: &str| -> Vec<usize> {
            levels().filter(|(_, level)| level.label == label).map(|(index, _)| index).collect()
        };
        let found = match (comparison, &value.kind) {
            (Comparison::Among | Comparison::NotAmong, ValueKind::Label(label)) => labelled(label),
            (Comparison::Among | Comparison::NotAmong, ValueKind::Number(number, text)) => {
                let levels = scored(&|score| score == *number);
                if levels.is_empty() { labelled(text) } else { levels }
            }
            (_, ValueKind::Number(number, _)) => {
                if dimension.levels.iter().all(|level| level.score.is_none()) {
                    return Err(Box::new(self.problem(
                        value.offset,
                        ProblemCode::RuleWithoutScores,
                        format!("The levels of `{}` have no scores to compare.", dimension.name),
                        "Give its levels scores, or compare labels with = or IN.".to_owned(),
                    )));
                }
                // That no level lies beyond the bound is not an error: the rule is merely idle.
                return Ok(match comparison {
                    Comparison::Less => scored(&|score| score < *number),
                    Comparison::AtMost => scored(&|score| score <= *number),
                    Comparison::Greater => scored(&|score| score > *number),
                    _ => scored(&|score| score >= *number),
                });
            }
            (_, ValueKind::Label(label)) => {
                return Err(Box::new(self.problem(
                    value.offset,
                    ProblemCode::RuleSyntax,
                    format!("{label:?} is a label, and labels have no order."),
                    "Compare a score, or use = or IN with labels.".to_owned(),
                )));
            }
        };
        if found.is_empty() { Err(Box::new(self.unknown_level(dimension, value))) } else { Ok(found) }
    }

    fn unknown_level(&self, dimension: &Dimension, value: &Value) -> Problem {
        let name = &dimension.name;
        let labels = || dimension.levels.iter().map(|level| level.label.as_str());
        let (message, text) = match &value.kind {
            ValueKind::Number(_, text) => {
                (format!("No level of `{name}` has the score or the label {text}."), text)
            }
            ValueKind::Label(text) => (format!("No level of `{name}` has the label {text:?}."), text),
        };
        let fix = match similar::closest(text, labels()) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => {
                let scores: Vec<String> =
                    dimension.levels.iter().filter_map(|level| level.score.map(score::display)).collect();
                let scores = similar::listed(scores.iter().map(String::as_str)).replace('"', "");
                let scores = if scores.is_empty() { scores } else { format!("; its scores are {scores}") };
                format!("Its labels are {}{scores}.", similar::listed(labels()))
            }
        };
        self.problem(value.offset, ProblemCode::RuleUnknownLevel, message, fix)
    }
}
