//! The API as a process of its own.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use api::Api;
use clap::Parser;
use domain::config::Config;
use tracing_subscriber::EnvFilter;

/// Serves GraphQL, downloads and the web page of Probity.
///
/// It needs a database that workers share: start `probity-worker` beside it with the same
/// database URL. To try everything in one process, `probity serve` is simpler.
#[derive(Parser)]
#[command(
    name = "probity-api",
    version,
    after_help = "Examples:\n  probity-api                                             SQLite in ./probity-data, http://127.0.0.1:4400\n  probity-api --database-url postgres://user@host/probity  shared by any number of APIs and workers\n  PROBITY_LOG=debug probity-api                           say more\n\nAny address but loopback needs a token: `probity token create`."
)]
struct Flags {
    /// The configuration file [default: probity.toml where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen, e.g. 127.0.0.1:4400 [default: as configured]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<SocketAddr>,
    /// postgres://… or sqlite:… [default: as configured, else SQLite in the data directory]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("PROBITY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn"));
    tracing_subscriber::fmt().compact().with_env_filter(filter).with_writer(std::io::stderr).init();
    let flags = Flags::parse();
    let mut config = Config::load(flags.config.as_deref())?;
    if let Some(bind) = flags.bind {
        config.bind = bind;
    }
    if let Some(url) = flags.database_url {
        config.database_url = url;
    }
    let db = domain::start::open(&config).await?;
    api::check_bind(&db, &config).await?;
    let listener = api::listen(config.bind).await?;
    tracing::info!("Probity is at http://{}", listener.local_addr().context("no address")?);
    api::serve(Api::new(db, Arc::new(config)), listener, stop_signal()).await
}

/// Ready at SIGTERM or Ctrl-C.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
