//! Opening the store: configuration, database, schema, registry.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use domain::{access::AccessLog, auth::Actor, config::Config, db::Db};
use sim::{Latency, Profiles, Sim, SimOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::flags::Store;

/// Everything a command needs.
pub(crate) struct Opened {
    pub(crate) config: Arc<Config>,
    pub(crate) db: Db,
    pub(crate) actor: Actor,
    pub(crate) access: AccessLog,
}

/// What is looked at without being touched.
pub(crate) struct Examined {
    pub(crate) config: Arc<Config>,
    pub(crate) db: Db,
}

impl Store {
    /// The configuration with the flags put in.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(url) = &self.database_url {
            config.database_url.clone_from(url);
        }
        if let Some(dir) = &self.data_dir {
            config.data_dir.clone_from(dir);
        }
        Ok(config)
    }
}

/// Opens the database and brings schema and registry up to date.
pub(crate) async fn open(config: Config) -> anyhow::Result<Opened> {
    let db = domain::start::open(&config).await?;
    let actor = domain::auth::local_actor(&db).await?;
    Ok(Opened { config: Arc::new(config), db, actor, access: AccessLog::default() })
}

/// Opens the database to read: nothing is written where the schema is up to date, so that a
/// copy or a standby that cannot be written can be looked at.
///
/// Where there is no database yet, none is made.
pub(crate) async fn open_to_read(config: Config) -> anyhow::Result<Opened> {
    let db = connect_to_what_is_there(&config).await?;
    if db.pending_migration_count().await? > 0 {
        return open(config).await;
    }
    let actor = domain::auth::local_actor(&db).await?;
    Ok(Opened { config: Arc::new(config), db, actor, access: AccessLog::default() })
}

/// Opens the database as it is, whatever its schema.
pub(crate) async fn open_unchanged(config: Config) -> anyhow::Result<Examined> {
    let db = connect_to_what_is_there(&config).await?;
    Ok(Examined { config: Arc::new(config), db })
}

async fn connect_to_what_is_there(config: &Config) -> anyhow::Result<Db> {
    if let Some(place) = missing_database(config) {
        anyhow::bail!("There is no database in {place} yet: `probity serve` or `probity run` makes one.");
    }
    Ok(Db::connect_with(&config.database_url()?, config.db_options()).await?)
}

/// Where the embedded database would be, if there is none. A server says by itself that it is not there.
fn missing_database(config: &Config) -> Option<String> {
    let url = config.database_url.as_str();
    let file = if url.is_empty() {
        config.data_dir.join("probity.db")
    } else {
        let path = url.strip_prefix("sqlite:")?.split('?').next().unwrap_or_default();
        if path.contains(":memory:") {
            return None;
        }
        PathBuf::from(path.strip_prefix("//").unwrap_or(path))
    };
    // A file without a byte was made by opening it, and holds nothing.
    let is_there = std::fs::metadata(&file).is_ok_and(|file| file.len() > 0);
    let place = if url.is_empty() { &config.data_dir } else { &file };
    (!is_there).then(|| place.display().to_string())
}

impl Opened {
    /// Starts a worker in this process; `stop` ends it.
    pub(crate) fn start_worker(&self, stop: &CancellationToken) -> JoinHandle<anyhow::Result<()>> {
        let name = worker::process::host_name();
        let (db, config, stop) = (self.db.clone(), self.config.clone(), stop.clone());
        tokio::spawn(async move { worker::run(db, config, &name, stop).await })
    }
}

/// Starts simulated models and makes the configuration point at them.
pub(crate) async fn add_sim(
    config: &mut Config,
    profiles: Option<&Path>,
    median: Duration,
) -> anyhow::Result<Sim> {
    let sim = Sim::start(SimOptions {
        latency: Latency::LogNormal { median, sigma: 0.4 },
        profiles: read_profiles(profiles)?,
        ..SimOptions::default()
    })
    .await?;
    let settings = config.providers.entry("sim".into()).or_default();
    settings.base_url = Some(sim.base_url());
    settings.is_key_required = Some(false);
    Ok(sim)
}

/// The profiles of a file, or the built-in ones.
pub(crate) fn read_profiles(file: Option<&Path>) -> anyhow::Result<Profiles> {
    let Some(file) = file else { return Ok(Profiles::builtin()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Profiles::from_toml(&text).with_context(|| format!("{} holds no profiles", file.display()))
}
