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
    /// Writes a run as CSV, or a definition as YAML, JSON, Markdown or a data set.
    Export(ExportFlags),
    /// Saves definitions from files; a changed one becomes a new version.
    Import(ImportFlags),
    /// Makes tokens, which notebooks and other machines need.
    Token(TokenFlags),
    /// Serves simulated models on loopback, in the wire formats of real providers.
    ///
    /// Faults, latency and profiles can be changed while it runs, and every call is counted:
    /// docs/simulation.md says how.
    Sim(SimFlags),
    /// Checks configuration, database and counters, and prints every setting in force.
    Doctor,
    /// Asks providers, with the keys of this environment and for free, whether they answer.
    ///
    /// Nothing is written. Ends with 1 where one that is configured does not answer or refuses
    /// the key.
    Check {
        /// Ids of providers, e.g. `openai` [default: all].
        providers: Vec<String>,
    },
    /// Lists the models that runs can be started with: version, price, and whether there is a key.
    Models {
        /// Only those whose provider or name holds this text.
        text: Option<String>,
    },
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
    /// A definition: a file as for `import`, a name, or an id.
    pub(crate) definition: String,
    /// A model, as `model` or `provider/model`, each also with `@version` or `@default`;
    /// several times for several. `probity models` lists them.
    ///
    /// With its provider, also a model that Probity does not know.
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

#[derive(Debug, Args)]
pub(crate) struct ImportFlags {
    /// YAML, JSON or Markdown files, or data sets as CSV or JSON lines.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) preview: bool,
    /// What the definition is to be called; with one file only [default: as the file says].
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Save a new definition under another name where the name is taken.
    #[arg(long, conflicts_with = "new_version")]
    pub(crate) as_new: bool,
    /// Save a new version where the name is taken; this is what happens anyway.
    #[arg(long)]
    pub(crate) new_version: bool,
    /// How the files are written [default: told by their names, else by what they begin with].
    #[arg(long, value_enum)]
    pub(crate) format: Option<DefinitionFormat>,
    /// How the decision is read [default: as the file says, or as the targets suggest].
    #[arg(long, value_enum)]
    pub(crate) decision: Option<DecisionFlag>,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum DefinitionFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// Markdown with front matter.
    #[value(alias = "md")]
    Markdown,
    /// A data set: one listed scenario per row.
    Csv,
    /// A data set: one listed scenario per line.
    Jsonl,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum DecisionFlag {
    /// Whatever is answered, compared with the target.
    #[value(alias = "free_text")]
    FreeText,
    /// One of the targets of the listed scenarios.
    Targets,
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
