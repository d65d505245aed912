//! Flags of commands on runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct RunFlags {
    /// A definition: a file as for `import`, a name, or an id.
    pub(crate) definition: String,
    /// A model, as `model` or `provider/model`, each also with `@version` or `@default`;
    /// several times for several. `probity models` lists them.
    ///
    /// With its provider, also a model that Probity does not know.
    #[arg(long = "model", short, required = true)]
    pub(crate) models: Vec<String>,
    /// Which scenarios are asked [default: random where --sample is below 100, else full].
    #[arg(long, value_enum)]
    pub(crate) sample_plan: Option<SampleFlag>,
    /// With `--sample-plan fractional`: how many scenarios [default: the least from which main
    /// effects can be estimated].
    #[arg(long, value_name = "N")]
    pub(crate) sample_scenarios: Option<u64>,
    /// The share of the scenarios, in per cent.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) sample: f64,
    /// Picks the sample; the same seed picks the same scenarios everywhere.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(i32::MAX)))]
    pub(crate) seed: Option<u32>,
    /// Repetitions of each scenario.
    #[arg(long, default_value_t = 1)]
    pub(crate) samples_per_scenario: u32,
    /// List the options in another order from probe to probe.
    #[arg(long)]
    pub(crate) counterbalance: bool,
    /// A model that reads the answers which the reader cannot; named as for --model.
    #[arg(long, value_name = "MODEL")]
    pub(crate) judge: Option<String>,
    /// The most calls of the judge.
    #[arg(long, value_name = "N", requires = "judge")]
    pub(crate) judge_max_calls: Option<u32>,
    /// 0 to 2 [default: the provider's].
    #[arg(long)]
    pub(crate) temperature: Option<f64>,
    /// Nucleus sampling, above 0 to 1 [default: the provider's].
    #[arg(long)]
    pub(crate) top_p: Option<f64>,
    /// A text at which an answer ends; several times for several.
    #[arg(long, value_name = "TEXT")]
    pub(crate) stop: Vec<String>,
    /// How much models that reason shall think [default: the model's].
    #[arg(long, value_enum)]
    pub(crate) reasoning_effort: Option<Effort>,
    /// The most output tokens of an answer [default: the provider's].
    #[arg(long)]
    pub(crate) max_tokens: Option<u32>,
    /// One scenario only, to prove the way end to end.
    #[arg(long)]
    pub(crate) test: bool,
    /// Offer simulated models too: no key, no cost.
    #[arg(long)]
    pub(crate) sim: bool,
    /// Print what would be run, what it costs and how long it takes, and start nothing.
    #[arg(long)]
    pub(crate) plan: bool,
    #[command(flatten)]
    pub(crate) assumption: AssumptionFlags,
    /// Run exactly the plan with this hash, or refuse and say what changed; needs --seed.
    #[arg(long, value_name = "HASH", requires = "seed")]
    pub(crate) plan_hash: Option<String>,
    /// What the run may cost: no call is started whose worst case does not fit. Needs --max-tokens.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
    /// Start even if it may cost more than is spent without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Start even if the same definition is being run with the same models already.
    #[arg(long)]
    pub(crate) allow_duplicate: bool,
    /// Queue the run and leave the work to workers that run elsewhere.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Also write the CSV, to this file or `-`.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RetryFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    /// Only probes that failed with this, e.g. `timeout`; several times for several.
    #[arg(long = "category", value_name = "WORD")]
    pub(crate) categories: Vec<String>,
    #[command(flatten)]
    pub(crate) wait: WaitFlags,
}

#[derive(Debug, Args)]
pub(crate) struct RerunFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    /// Another model, or another version, as in `probity run`; several times for several.
    #[arg(long = "model", short)]
    pub(crate) models: Vec<String>,
    /// Another version of the definition, by its number.
    #[arg(long)]
    pub(crate) version: Option<i32>,
    /// Another way of choosing the scenarios.
    #[arg(long, value_enum)]
    pub(crate) sample_plan: Option<SampleFlag>,
    /// Another number of scenarios of a fraction.
    #[arg(long, value_name = "N")]
    pub(crate) sample_scenarios: Option<u64>,
    /// Another share of the scenarios, in per cent.
    #[arg(long)]
    pub(crate) sample: Option<f64>,
    /// Another seed.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(i32::MAX)))]
    pub(crate) seed: Option<u32>,
    /// Whether the order of the options changes from probe to probe.
    #[arg(long)]
    pub(crate) counterbalance: Option<bool>,
    /// What the run may cost.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
    #[command(flatten)]
    pub(crate) wait: WaitFlags,
}

/// What to assume for the smallest difference that a run would find.
#[derive(Debug, Args)]
pub(crate) struct AssumptionFlags {
    /// Standard deviation of the scenarios' differences between two models [default: that of earlier
    /// runs, else a usual one].
    #[arg(long, value_name = "SD")]
    pub(crate) assume_sd: Option<f64>,
    /// Chance of finding the difference [default: 0.8].
    #[arg(long, value_name = "SHARE")]
    pub(crate) power: Option<f64>,
    /// Two-sided significance level [default: 0.05].
    #[arg(long, value_name = "SHARE")]
    pub(crate) alpha: Option<f64>,
}

impl From<&AssumptionFlags> for domain::run::Assumption {
    fn from(flags: &AssumptionFlags) -> Self {
        Self { sd: flags.assume_sd, power: flags.power, alpha: flags.alpha }
    }
}

/// Which scenarios are asked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SampleFlag {
    /// All.
    Full,
    /// A seeded share: `--sample`.
    Random,
    /// Few, from which the effect of every dimension can still be estimated.
    Fractional,
}

impl From<SampleFlag> for entity::SamplePlan {
    fn from(plan: SampleFlag) -> Self {
        match plan {
            SampleFlag::Full => Self::Full,
            SampleFlag::Random => Self::Random,
            SampleFlag::Fractional => Self::Fractional,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct WaitFlags {
    /// Leave the work to workers that run elsewhere.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Offer simulated models too: no key, no cost.
    #[arg(long)]
    pub(crate) sim: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LimitsFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    /// What the run may cost, all in all.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
    /// Runs of higher priority are served first; 0 is usual.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) priority: Option<i32>,
    /// End it so many hours from now.
    #[arg(long, value_name = "HOURS")]
    pub(crate) deadline_hours: Option<f64>,
    /// Calls in flight at once.
    #[arg(long, value_name = "N")]
    pub(crate) parallel: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveFlags {
    #[command(flatten)]
    pub(crate) gate: GateFlags,
    /// The run's budget from now on; a budget gate needs a larger one.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct GateFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    /// Why, in words.
    #[arg(long)]
    pub(crate) comment: Option<String>,
}

/// How much models that reason shall think.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
}

impl From<Effort> for entity::ReasoningEffort {
    fn from(effort: Effort) -> Self {
        match effort {
            Effort::None => Self::None,
            Effort::Minimal => Self::Minimal,
            Effort::Low => Self::Low,
            Effort::Medium => Self::Medium,
            Effort::High => Self::High,
        }
    }
}

/// What of `judge` is asked.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct JudgedFlags {
    /// Marks each answer by a scorer of the kind `rubric`.
    #[arg(long)]
    pub(crate) rubric: bool,
    /// Compares the models in pairs, in both orders, by a scorer of the kind `pairwise`.
    #[arg(long)]
    pub(crate) pairwise: bool,
    /// Says what each answer does with the definition's values.
    #[arg(long)]
    pub(crate) values: bool,
}

/// `probity judge`.
#[derive(Debug, Args)]
pub(crate) struct JudgeFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) what: JudgedFlags,
    /// The scorer, where there are several of the kind.
    #[arg(long)]
    pub(crate) scorer: Option<String>,
    /// The number of the definition's version that has it. Absent: the run's own.
    #[arg(long)]
    pub(crate) version: Option<i32>,
    /// The model that judges, as in `probity run`. Absent: the run's judge.
    #[arg(long)]
    pub(crate) judge: Option<String>,
    /// The most calls. Absent: as many as are needed.
    #[arg(long, requires = "judge")]
    pub(crate) max_calls: Option<u32>,
    /// The most pairs, 1 to 20,000. Absent: 1,000.
    #[arg(long)]
    pub(crate) max_pairs: Option<u32>,
    /// Of the sample of pairs and of the ranking.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u32,
    /// Leaves out what the scorer has scored.
    #[arg(long)]
    pub(crate) only_missing: bool,
    /// Says what it would take, and asks nothing.
    #[arg(long)]
    pub(crate) plan: bool,
}
