//! Flags of comparisons.

use clap::Args;
use domain::analysis::compare::Request;

#[derive(Debug, Args)]
pub(crate) struct CompareFlags {
    /// The id of a run, or the end of it: what is subtracted.
    #[arg(value_name = "RUN_A")]
    pub(crate) baseline: String,
    /// Another run, of the same definition or one with the same scenarios [default: RUN_A, its models
    /// with each other].
    #[arg(value_name = "RUN_B")]
    pub(crate) candidate: Option<String>,
    /// Only this model of RUN_A.
    #[arg(long, value_name = "MODEL")]
    pub(crate) baseline_model: Option<String>,
    /// Only this model of RUN_B.
    #[arg(long, value_name = "MODEL")]
    pub(crate) candidate_model: Option<String>,
    /// `score`, `choice:NAME` or `scorer:NAME` [default: score where decisions can have one, else the
    /// first choice, else the first scorer].
    #[arg(long, value_name = "MEASURE")]
    pub(crate) by: Option<String>,
    /// Adjust p values after Benjamini and Hochberg instead of Holm.
    #[arg(long)]
    pub(crate) bh: bool,
    /// Of the intervals, between 0 and 1.
    #[arg(long, default_value_t = 0.95)]
    pub(crate) confidence: f64,
    /// Rounds of the permutation test; 0 leaves it out, and the t test decides.
    #[arg(long, default_value_t = Request::ROUNDS)]
    pub(crate) rounds: u64,
    /// Of the permutations.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Also so many scenarios of each pair, the largest differences first.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) scenarios: u64,
    /// As JSON, with every figure.
    #[arg(long)]
    pub(crate) json: bool,
}
