//! The command line.

mod compare;
mod files;
mod runs;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use compare::CompareFlags;
pub(crate) use files::{DecisionFlag, DefinitionFormat, ExportFlags, ImportFlags, ReportFlags};
pub(crate) use runs::{
    ApproveFlags, GateFlags, JudgeFlags, LimitsFlags, RerunFlags, RetryFlags, RunFlags, WaitFlags,
};

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
    /// Has a judge mark, compare or read the answers of a run that is over.
    Judge(JudgeFlags),
    /// Prints what a run found: models with intervals, agreement, effects of dimensions, warnings, methods.
    Findings {
        /// The run's id, or the end of it.
        run: String,
        /// Print all of it as JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Compares the models of a run with each other, or a run with another one, model by model, on the
    /// scenarios that both answered.
    Compare(CompareFlags),
    /// Writes the report of a run that is over: what was asked, done, found, what failed, what it cost.
    Report(ReportFlags),
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
    /// Checks configuration, database, providers, workers, counters and reports, and prints every
    /// setting in force.
    ///
    /// Ends with 1 where something is wrong.
    Doctor {
        /// Puts counters right from a count, and writes reports that are missing.
        #[arg(long)]
        repair: bool,
    },
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
