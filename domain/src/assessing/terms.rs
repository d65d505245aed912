//! Assessments as they are asked for: what of a definition, and which judge.

use entity::AssessmentKind;

use super::ask::Wanted;
use crate::{
    definition::{DefinitionContent, Scorer, ScorerKind},
    error::{Error, Result},
};

/// What of a content is asked about. `scorer`: its name, needed where there are several of the kind.
pub(super) fn wanted(
    content: &DefinitionContent,
    kind: AssessmentKind,
    scorer: Option<&str>,
) -> Result<Wanted> {
    let of_kind = |wanted: ScorerKind| -> Result<Scorer> {
        let mut found = content.scorers.iter().filter(|scorer| scorer.kind == wanted);
        let names: Vec<&str> = found.clone().map(|scorer| scorer.name.as_str()).collect();
        let word = wanted.as_str();
        if names.is_empty() {
            let message = format!(
                "The definition has no scorer of the kind {word}; add one with `criteria`, save it, and give that version."
            );
            return Err(Error::invalid("version", message));
        }
        let one = match scorer {
            Some(name) => found.find(|scorer| scorer.name == name),
            None if names.len() == 1 => found.next(),
            None => None,
        };
        one.cloned().ok_or_else(|| {
            let message = format!("Name one of the scorers of the kind {word}: {}.", names.join(", "));
            Error::invalid("scorer", message)
        })
    };
    Ok(match kind {
        AssessmentKind::Rubric => Wanted::Rubric(of_kind(ScorerKind::Rubric)?),
        AssessmentKind::Pairwise => Wanted::Pairwise(of_kind(ScorerKind::Pairwise)?),
        AssessmentKind::Feature if scorer.is_some() => {
            return Err(Error::invalid("scorer", "Values are asked about without a scorer; leave it out."));
        }
        AssessmentKind::Feature if content.values.is_empty() => {
            let message = "The definition has no values; add some, save it, and give that version.";
            return Err(Error::invalid("version", message));
        }
        AssessmentKind::Feature => Wanted::Values(content.values.clone()),
    })
}

impl Wanted {
    /// The scorer; None: it is about values.
    pub(super) fn scorer(&self) -> Option<&Scorer> {
        match self {
            Self::Rubric(scorer) | Self::Pairwise(scorer) => Some(scorer),
            Self::Values(_) => None,
        }
    }
}
