//! `probity-worker`: claims probes and jobs, any number of processes on any number of machines.

use std::{path::PathBuf, sync::Arc};

use clap::Parser;
use domain::config::Config;
use tokio_util::sync::CancellationToken;

/// Puts queued probes to LLM providers and writes down what they answer.
///
/// Keys come from the environment (OPENAI_API_KEY, …) or from files named in probity.toml, and
/// stay in this process. Any number of workers share one PostgreSQL database.
#[derive(Debug, Parser)]
#[command(name = "probity-worker", version)]
struct Flags {
    /// The configuration file [default: probity.toml where it exists].
    #[arg(long)]
    config: Option<PathBuf>,
    /// The database, e.g. postgres://user@host/probity [default: SQLite in the data directory].
    #[arg(long)]
    database_url: Option<String>,
    /// A name for logs and the list of workers [default: the host's name].
    #[arg(long)]
    name: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    worker::process::init_logging("info");
    let flags = Flags::parse();
    let mut config = Config::load(flags.config.as_deref())?;
    if let Some(url) = flags.database_url {
        config.database_url = url;
    }
    let db = domain::start::open(&config).await?;
    let shutdown = CancellationToken::new();
    worker::process::cancel_on_signal(shutdown.clone())?;
    let name = flags.name.unwrap_or_else(worker::process::host_name);
    worker::run(db.clone(), Arc::new(config), &name, shutdown).await?;
    db.close().await;
    Ok(())
}
