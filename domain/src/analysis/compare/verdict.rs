//! What a comparison says, in one word and in one sentence.

use serde::{Deserialize, Serialize};

use super::family::PairFindings;

/// What a comparison says at the level asked for, after adjustment.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The candidate's mean is higher, and chance alone would rarely do that.
    CandidateHigher,
    /// The candidate's mean is lower, and chance alone would rarely do that.
    CandidateLower,
    /// Chance alone may have done that. It does not say that the two are equal.
    NoDetectableDifference,
    /// There is no test of these data.
    NotTestable,
}

impl PairFindings {
    /// The verdict as words with its figures, e.g. `no detectable difference; could have seen 0.31`.
    ///
    /// The difference that could have been seen is one that the comparison finds four times of five.
    pub fn words(&self) -> String {
        let difference = &self.paired.difference;
        let by = difference.mean.map_or_else(String::new, |mean| format!(" by {}", short(mean.abs())));
        match self.verdict {
            Verdict::CandidateHigher => format!("higher{by}"),
            Verdict::CandidateLower => format!("lower{by}"),
            Verdict::NoDetectableDifference => {
                let seen = self.detectable.as_ref().and_then(|found| found.difference);
                match seen {
                    Some(seen) => format!("no detectable difference; could have seen {}", short(seen)),
                    None => "no detectable difference".into(),
                }
            }
            Verdict::NotTestable if difference.clusters == 0 => "no scenario in common".into(),
            Verdict::NotTestable if difference.clusters == 1 => "one scenario in common: no test".into(),
            Verdict::NotTestable => {
                let mean = difference.mean.unwrap_or_default();
                let sign = if mean < 0.0 { "−" } else { "+" };
                format!("{sign}{} on every scenario: no t test", short(mean.abs()))
            }
        }
    }
}

/// Three decimals below 0.1, else two.
fn short(value: f64) -> String {
    if value < 0.1 { format!("{value:.3}") } else { format!("{value:.2}") }
}
