//! What is compared, and how it is adjusted for comparing much.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::definition::{DecisionSpec, DefinitionContent};
use crate::error::Error;

/// The number that a comparison is about, one per transcript.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Measure {
    /// The score of the decision in force.
    Score,
    /// Whether the decision is this choice, or this point of a scale: 1 or 0.
    Choice(String),
    /// What this scorer says.
    Scorer(String),
}

impl Measure {
    /// What people call it.
    pub fn label(&self) -> String {
        match self {
            Self::Score => "score of the decision".into(),
            Self::Choice(name) => format!("rate of the decision “{name}”"),
            Self::Scorer(name) => format!("scorer “{name}”"),
        }
    }

    /// What a definition is compared by where nobody says: scores where its decisions can have
    /// any, else the rate of its first choice, else its first scorer. `None` = there is nothing.
    pub(super) fn usual(content: &DefinitionContent) -> Option<Self> {
        let scorer = || content.scorers.first().map(|scorer| Self::Scorer(scorer.name.clone()));
        match &content.decision {
            _ if Self::Score.why_not(content).is_none() => Some(Self::Score),
            DecisionSpec::Choice { choices } => {
                choices.first().map(|choice| Self::Choice(choice.name.clone())).or_else(scorer)
            }
            DecisionSpec::Scale { .. } | DecisionSpec::FreeText => scorer(),
        }
    }

    /// Why a definition cannot be compared by it, with what to do. `None` = it can. Scorers of
    /// rescored runs may be others than the definition's, so they are looked for among the scores.
    pub(super) fn why_not(&self, content: &DefinitionContent) -> Option<String> {
        let has_target = content.dimensions.iter().flat_map(|of| &of.levels).any(|of| of.target.is_some())
            || content.scenarios.iter().any(|listed| listed.target.is_some());
        match (self, &content.decision) {
            (Self::Score, DecisionSpec::Scale { .. }) | (Self::Scorer(_), _) => None,
            (Self::Score, DecisionSpec::Choice { choices }) => {
                let is_scored = has_target || choices.iter().any(|choice| choice.score.is_some());
                (!is_scored).then(|| {
                    let names: Vec<_> = choices.iter().map(|choice| choice.name.as_str()).collect();
                    format!(
                        "The choices have no scores and no target. Compare the rate of a choice: {}.",
                        names.join(", ")
                    )
                })
            }
            (Self::Score, DecisionSpec::FreeText) => (!has_target).then(|| {
                "Free answers without a target have no score. Compare them by one of the run's scorers."
                    .to_owned()
            }),
            (Self::Choice(name), DecisionSpec::Choice { choices }) => {
                let names: Vec<_> = choices.iter().map(|choice| choice.name.as_str()).collect();
                (!names.contains(&name.as_str()))
                    .then(|| format!("There is no choice {name:?}; there are {}.", names.join(", ")))
            }
            (Self::Choice(name), DecisionSpec::Scale { points }) => {
                let values: Vec<_> = points.iter().map(|point| point.value.to_string()).collect();
                (!values.contains(name))
                    .then(|| format!("The scale has no point {name:?}; it has {}.", values.join(", ")))
            }
            (Self::Choice(_), DecisionSpec::FreeText) => Some(
                "Answers are free text, so there are no choices. Compare them by one of the run's scorers."
                    .into(),
            ),
        }
    }

    /// Why no answer of it passes or fails. `None` = 1 is passed and 0 is not, where there is nothing
    /// between.
    pub(super) fn why_not_binary(&self, content: &DefinitionContent) -> Option<&'static str> {
        let is_scale = matches!(content.decision, DecisionSpec::Scale { .. });
        (*self == Self::Score && is_scale).then_some("A decision on a scale neither passes nor fails.")
    }
}

impl fmt::Display for Measure {
    /// As it is read back: `score`, `choice:NAME` or `scorer:NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Score => f.write_str("score"),
            Self::Choice(name) => write!(f, "choice:{name}"),
            Self::Scorer(name) => write!(f, "scorer:{name}"),
        }
    }
}

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once(':') {
            None if text == "score" => Ok(Self::Score),
            Some(("choice", name)) if !name.is_empty() => Ok(Self::Choice(name.into())),
            Some(("scorer", name)) if !name.is_empty() => Ok(Self::Scorer(name.into())),
            _ => Err(Error::invalid(
                "measure",
                format!("{text:?} is no measure; give `score`, `choice:NAME` or `scorer:NAME`."),
            )),
        }
    }
}

/// How the p values of a family are adjusted for how many there are.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Holm–Bonferroni: one false finding or more in the family with probability at most α.
    #[default]
    Holm,
    /// Benjamini–Hochberg: the expected share of false findings among the findings is at most α.
    BenjaminiHochberg,
}

impl Adjustment {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Holm => "Holm–Bonferroni",
            Self::BenjaminiHochberg => "Benjamini–Hochberg",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::from_yaml;

    fn content(decision: &str) -> DefinitionContent {
        from_yaml(format!("name: A\ntemplate: What? [x]\ndimensions: [{{name: x, levels: [{{label: a, wording: a}}]}}]\n{decision}\n").as_bytes()).unwrap()
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_do() {
        let scale = content("decision: {scale: [{value: 1, label: no}, {value: 2, label: yes}]}");
        let choice = content("decision: {choices: [{name: A}, {name: B}]}");
        let scored = content("decision: {choices: [{name: A, score: 1}, {name: B, score: 0}]}");
        let free = content("decision: free_text\nscorers: [{name: short, kind: regex, pattern: a}]");
        assert_eq!(Measure::usual(&scale), Some(Measure::Score));
        assert_eq!(Measure::usual(&scored), Some(Measure::Score));
        assert_eq!(Measure::usual(&choice), Some(Measure::Choice("A".into())));
        assert_eq!(Measure::usual(&free), Some(Measure::Scorer("short".into())));
        assert!(Measure::Score.why_not(&choice).unwrap().contains("A, B"));
        assert!(Measure::Score.why_not(&free).unwrap().contains("scorers"));
        assert!(Measure::Choice("C".into()).why_not(&choice).unwrap().contains("there are A, B"));
        assert!(Measure::Choice("3".into()).why_not(&scale).is_some());
        assert_eq!(Measure::Choice("2".into()).why_not(&scale), None);
        assert!(Measure::Choice("2".into()).why_not(&free).is_some());
        for measure in [Measure::Score, Measure::Choice("a:b".into()), Measure::Scorer("c".into())] {
            assert_eq!(measure.to_string().parse::<Measure>().unwrap(), measure);
        }
        assert!("choice:".parse::<Measure>().is_err() && "mean".parse::<Measure>().is_err());
        assert!(Measure::Score.why_not_binary(&scale).is_some());
        assert!(Measure::Score.why_not_binary(&scored).is_none());
    }
}
