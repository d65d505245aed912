//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Evaluates language models: definitions become scenarios, runs put them to models, and out
/// come transcripts, decisions, statistics and files.
///
/// Start with `probity demo`. Then `probity serve` and open the address it prints, or evaluate
/// from here: `probity run examples/rescue-dilemma.yaml --model gpt-4o-mini`.
#[derive(Debug, Parser)]
#[command(name = "probity", version)]
pub(crate) struct Probity {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) store: Store,
}

/// Where everything is kept. Flags win over PROBITY_* variables, those over probity.toml.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Store {
    /// The configuration file [default: probity.toml where it exists].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A database server, e.g. postgres://user@host/probity [default: SQLite in the data directory].
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Where the embedded database lies [default: probity-data].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows everything at work: samples, a run with a progress bar, findings, a CSV, the web page.
    Demo(DemoFlags),
    /// Serves the web page, GraphQL and downloads, and works on runs, in one process.
    Serve(ServeFlags),
    /// Works on queued runs; start as many as you like on one PostgreSQL database.
    Worker(WorkerFlags),
    /// Evaluates models on a definition and waits until it is done.
    ///
    /// Ends with 0 when every probe succeeded, 3 when some failed, 4 when all failed, 5 when
    /// the run was cancelled.
    Run(RunFlags),
    /// Has failed probes of a run tried again, and waits until it is done.
    Retry(RetryFlags),
    /// Runs again what was run: a new run that points at the old one.
    Rerun(RerunFlags),
    /// Changes a run's budget, priority, deadline or calls at once while it lives.
    Limits(LimitsFlags),
    /// Lets a run pass the gate at which it waits.
    Approve(ApproveFlags),
    /// Ends a run at the gate at which it waits.
    Reject(GateFlags),
    /// Prints what a run found, per model, with intervals and denominators.
    Findings {
        /// The run's id, or the end of it.
        run: String,
    },
    /// Writes a run as CSV, or a definition as YAML or JSON.
    Export(ExportFlags),
    /// Saves definitions from YAML or JSON files; a changed one becomes a new version.
    Import {
        /// Files ending in .yaml, .yml or .json.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Makes tokens, which notebooks and other machines need.
    Token(TokenFlags),
    /// Serves simulated models on loopback, in the wire formats of real providers.
    ///
    /// Faults, latency and profiles can be changed while it runs, and every call is counted:
    /// docs/simulation.md says how.
    Sim(SimFlags),
    /// Checks configuration, database and counters, and prints every setting in force.
    Doctor,
    /// Prints the GraphQL schema.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct DemoFlags {
    /// Where the web page is served; another port is taken where this one is in use.
    #[arg(long, default_value = "127.0.0.1:4400")]
    pub(crate) bind: SocketAddr,
    /// Where the CSV goes.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Stop after the findings instead of serving the page [default where there is no terminal].
    #[arg(long)]
    pub(crate) exit: bool,
    /// Simulated models only, also where a provider's key is set.
    #[arg(long)]
    pub(crate) sim_only: bool,
    /// A file with other profiles of the simulated models.
    #[arg(long, value_name = "FILE")]
    pub(crate) profiles: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeFlags {
    /// Where to listen [default: 127.0.0.1:4400]. Any address but loopback needs a token.
    #[arg(long)]
    pub(crate) bind: Option<SocketAddr>,
    /// Offer simulated models too: no key, no cost.
    #[arg(long)]
    pub(crate) sim: bool,
    /// Serve only; workers run elsewhere.
    #[arg(long)]
    pub(crate) no_worker: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerFlags {
    /// A name for logs and the list of workers [default: the host's name].
    #[arg(long)]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RunFlags {
    /// A definition: a YAML or JSON file, a name, or an id.
    pub(crate) definition: String,
    /// A model, as `model`, `provider/model` or `provider/model@version`; several times for several.
    #[arg(long = "model", short, required = true)]
    pub(crate) models: Vec<String>,
    /// The share of the scenarios, in per cent.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) sample: f64,
    /// Picks the sample; the same seed picks the same scenarios everywhere.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(i32::MAX)))]
    pub(crate) seed: Option<u32>,
    /// Repetitions of each scenario.
    #[arg(long, default_value_t = 1)]
    pub(crate) samples_per_scenario: u32,
    /// 0 to 2 [default: the provider's].
    #[arg(long)]
    pub(crate) temperature: Option<f64>,
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
    /// What the run may cost.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
    #[command(flatten)]
    pub(crate) wait: WaitFlags,
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

#[derive(Debug, Args)]
pub(crate) struct ExportFlags {
    /// The id of a run (or its end), or the name or id of a definition with --definition.
    pub(crate) what: String,
    /// Export a definition instead of a run.
    #[arg(long)]
    pub(crate) definition: bool,
    /// The format of a definition.
    #[arg(long, value_enum, default_value_t = DefinitionFormat::Yaml)]
    pub(crate) format: DefinitionFormat,
    /// Where to [default: the file's own name; `-` is standard output].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Neutralise cells that a spreadsheet would run as formulas.
    #[arg(long)]
    pub(crate) excel: bool,
    /// Also conversations that broke off.
    #[arg(long)]
    pub(crate) partial: bool,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum DefinitionFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct TokenFlags {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints its secret, once.
    Create {
        /// Who uses it.
        name: String,
        /// What they may do.
        #[arg(long, value_enum, default_value_t = RoleFlag::Researcher)]
        role: RoleFlag,
    },
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum RoleFlag {
    /// Reads and exports.
    Viewer,
    /// Writes definitions and starts runs.
    Researcher,
    /// Everything.
    Admin,
}

#[derive(Debug, Args)]
pub(crate) struct SimFlags {
    /// Where to listen; loopback only.
    #[arg(long, default_value = "127.0.0.1:4499")]
    pub(crate) bind: SocketAddr,
    /// The median time to an answer.
    #[arg(long, default_value_t = 200)]
    pub(crate) latency_ms: u64,
    /// A file with other profiles.
    #[arg(long, value_name = "FILE")]
    pub(crate) profiles: Option<PathBuf>,
}
