//! Why a statistic cannot be computed at all.

/// Why a statistic cannot be computed at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatsError {
    /// The confidence does not lie between 0 and 1.
    #[error("confidence must lie between 0 and 1, e.g. 0.95")]
    Confidence,
    /// A rate of nothing.
    #[error("a rate needs at least one trial")]
    NoTrials,
    /// More passes than trials.
    #[error("there cannot be more passes than trials")]
    TooManyPasses,
    /// A value is infinite or not a number.
    #[error("a value is infinite or not a number")]
    NotFinite,
    /// A scale's ends are not in order, or a value lies beyond them.
    #[error("a scale's low end must be below its high end, and no value beyond them")]
    Scale,
    /// A probability such as a power or a significance level does not lie between 0 and 1.
    #[error("{0} must lie between 0 and 1")]
    Probability(&'static str),
    /// Two lists that belong together have different lengths.
    #[error("{0} differ in length: pass one of each per observation")]
    Lengths(&'static str),
    /// A number of resampling rounds below what the method needs.
    #[error("{given} rounds are too few: at least {least} are needed")]
    TooFewRounds {
        /// What was asked for.
        given: u64,
        /// What the method needs.
        least: u64,
    },
    /// Effects that these data cannot tell apart.
    #[error("{} cannot be told apart in these data: leave one out, or vary them separately", .0.join(" and "))]
    Collinear(Vec<String>),
    /// Fewer observations or clusters than effects to estimate.
    #[error("{given} {what} cannot estimate {parameters} effects: at least {least} are needed")]
    TooFewObservations {
        /// What there is too little of.
        what: &'static str,
        /// How many there are.
        given: u64,
        /// How many effects are wanted, the constant included.
        parameters: u64,
        /// How many would do.
        least: u64,
    },
    /// Competitors that were never compared, not even through others: their strengths have no common scale.
    #[error("no comparison connects {}: rank each group by itself, or compare across them", groups(.0))]
    Disconnected(Vec<Vec<String>>),
    /// A group that never lost to, or never beat, the others: its strengths are infinite.
    #[error("{} never lost to any of {}, so there is no finite strength: leave a group out or compare more", .winners.join(", "), .losers.join(", "))]
    Separated {
        /// Who never lost to the others.
        winners: Vec<String>,
        /// The others.
        losers: Vec<String>,
    },
    /// The computation did not settle.
    #[error("{0} did not converge: the data may be nearly degenerate")]
    NotConverged(&'static str),
    /// What was asked for makes no design.
    #[error("{0}")]
    Design(String),
}

fn groups(groups: &[Vec<String>]) -> String {
    groups.iter().map(|group| format!("[{}]", group.join(", "))).collect::<Vec<_>>().join(" and ")
}

/// Errors: `Confidence` unless 0 < `confidence` < 1.
pub(super) fn check_confidence(confidence: f64) -> Result<(), StatsError> {
    if confidence > 0.0 && confidence < 1.0 { Ok(()) } else { Err(StatsError::Confidence) }
}

/// Errors: `Probability` unless 0 < `value` < 1.
pub(super) fn check_probability(name: &'static str, value: f64) -> Result<(), StatsError> {
    if value > 0.0 && value < 1.0 { Ok(()) } else { Err(StatsError::Probability(name)) }
}
