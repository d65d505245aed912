//! Who the simulated models are.

use std::collections::BTreeMap;

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// One simulated model: what it values, how steady it is and how it talks.
///
/// On a scale its answer is `bias` plus the weights of the phrases in the prompt plus two kinds
/// of noise, cut to 0–1 and laid over the scale. Named choices count as a scale in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The id that is requested, such as `sim-balanced`.
    pub name: String,
    /// Suffixes of its versions, the default first: `2026-09-01` is served as
    /// `sim-balanced-2026-09-01`.
    pub versions: Vec<String>,
    /// What each older version adds to `bias`.
    #[serde(default)]
    pub version_drift: f64,
    /// Where it stands when nothing in the prompt moves it: 0 is the low end of a scale, 1 the
    /// high end.
    pub bias: f64,
    /// Standard deviation between prompts, as a fraction of the scale. The same for every sample.
    #[serde(default)]
    pub quirk_sd: f64,
    /// Standard deviation between samples (request seeds) at temperature 1; proportional to it.
    #[serde(default)]
    pub noise_sd: f64,
    /// What a phrase in the prompt adds. Whole words, any case, counted once each.
    #[serde(default)]
    pub weights: BTreeMap<String, f64>,
    /// Share of the prompts it declines, 0–1.
    #[serde(default)]
    pub refusal_rate: f64,
    /// Share of its answers that decide nothing, 0–1.
    #[serde(default)]
    pub unreadable_rate: f64,
    /// Share of follow-up turns on which it moves a step, 0–1.
    #[serde(default)]
    pub revision_rate: f64,
    /// Share of the factual questions it gets right, 0–1.
    #[serde(default = "certain")]
    pub accuracy: f64,
    /// Sentences of reasoning before the decision.
    #[serde(default = "three")]
    pub verbosity: usize,
    /// Sends its thoughts apart, as each wire format does, and bills reasoning tokens.
    #[serde(default)]
    pub is_reasoning: bool,
    /// First sentences.
    pub openings: Vec<String>,
    /// Reasons; `{factor}` becomes a phrase of `weights` that the prompt holds.
    pub reasons: Vec<String>,
}

fn certain() -> f64 {
    1.0
}

fn three() -> usize {
    3
}

impl Profile {
    /// The full name of each version, the default first.
    pub fn version_names(&self) -> impl Iterator<Item = String> {
        self.versions.iter().map(|version| format!("{}-{version}", self.name))
    }

    /// The position of a version in `versions`; the name alone is the default's. None when the
    /// model is another.
    pub(crate) fn version_of(&self, model: &str) -> Option<usize> {
        let rest = model.strip_prefix(self.name.as_str())?;
        if rest.is_empty() {
            return Some(0);
        }
        let version = rest.strip_prefix('-')?;
        self.versions.iter().position(|known| known == version)
    }

    fn check(&self) -> anyhow::Result<()> {
        let shares = [
            ("refusal_rate", self.refusal_rate),
            ("unreadable_rate", self.unreadable_rate),
            ("revision_rate", self.revision_rate),
            ("accuracy", self.accuracy),
        ];
        for (field, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                bail!("{field} of {} must be between 0 and 1, not {share}", self.name);
            }
        }
        if self.name.is_empty() {
            bail!("a model needs a name");
        }
        if self.versions.is_empty() || self.openings.is_empty() || self.reasons.is_empty() {
            bail!("{} needs a version, an opening and a reason", self.name);
        }
        Ok(())
    }
}

/// The models a simulated provider serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// In the order they are listed.
    #[serde(rename = "model")]
    pub models: Vec<Profile>,
}

impl Profiles {
    /// The models that come with Probity, from `profiles.toml`.
    #[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
    pub fn builtin() -> Self {
        Self::from_toml(include_str!("profiles.toml")).expect("profiles.toml is read by a test")
    }

    /// Models from TOML: one `[[model]]` table each, as in the built-in `profiles.toml`.
    ///
    /// # Errors
    /// Not TOML, an unknown field, a share outside 0–1, or two models of one name.
    pub fn from_toml(text: &str) -> anyhow::Result<Self> {
        let mut profiles: Profiles = toml::from_str(text)?;
        for profile in &mut profiles.models {
            profile.check()?;
            // Prompts are searched in lower case.
            profile.weights = std::mem::take(&mut profile.weights)
                .into_iter()
                .map(|(phrase, weight)| (phrase.to_lowercase(), weight))
                .collect();
        }
        let mut names: Vec<&str> = profiles.models.iter().map(|m| m.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            bail!("two models are called {}", pair[0]);
        }
        Ok(profiles)
    }

    /// The model of this name or with a version of this name, to look at or to change.
    pub fn get_mut(&mut self, model: &str) -> Option<&mut Profile> {
        self.models.iter_mut().find(|profile| profile.version_of(model).is_some())
    }

    /// The model of this name or with a version of this name, and which version.
    pub(crate) fn find(&self, model: &str) -> Option<(&Profile, usize)> {
        self.models.iter().find_map(|profile| Some((profile, profile.version_of(model)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Profiles;

    #[test]
    fn the_builtin_models_are_at_least_four_and_answer_to_their_versions() {
        let profiles = Profiles::builtin();
        assert!(profiles.models.len() >= 4);
        for profile in &profiles.models {
            for (index, version) in profile.version_names().enumerate() {
                let (found, at) = profiles.find(&version).unwrap();
                assert_eq!((&found.name, at), (&profile.name, index));
            }
        }
        assert!(profiles.find("sim-balanced-1999-01-01").is_none());
    }

    #[test]
    fn a_share_above_one_is_refused_by_its_field() {
        let text = include_str!("profiles.toml").replacen("accuracy = 0.", "accuracy = 7.", 1);
        let error = Profiles::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains("accuracy"), "{error}");
    }
}
