//! A fresh database, a simulated provider, and what is started on them.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use sim::{Sim, SimOptions};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{client::Client, cluster::Cluster, process::Process};

/// Seconds after which a dead worker's probes are taken back: short, so that a drill is.
pub(crate) const LEASE_SECONDS: f64 = 3.0;
/// Seconds between two beats, and between two sweeps.
pub(crate) const BEAT_SECONDS: f64 = 0.5;

/// Where the programs lie, and how large a drill is.
pub(crate) struct Ground {
    pub(crate) bin_dir: PathBuf,
    /// None: PostgreSQL's server is not installed.
    pub(crate) cluster: Option<Cluster>,
    /// A few seconds per row; figures of time are shown and not judged.
    pub(crate) is_short: bool,
    pub(crate) seed: u64,
}

impl Ground {
    /// One of two numbers: for the whole drill, or for the short form.
    pub(crate) fn size<T>(&self, whole: T, short: T) -> T {
        if self.is_short { short } else { whole }
    }
}

/// One database with its provider. Its files go when it is dropped; processes are killed.
pub(crate) struct Site {
    pub(crate) sim: Sim,
    bin_dir: PathBuf,
    dir: TempDir,
    environment: Vec<(String, String)>,
    started_count: AtomicU32,
}

/// A process that serves, with a client of it.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) client: Client,
}

impl Site {
    /// A site on SQLite.
    pub(crate) async fn on_sqlite(ground: &Ground, parallel: usize) -> anyhow::Result<Self> {
        Self::new(ground, None, parallel).await
    }

    /// A site on the drill's own PostgreSQL; None where there is none.
    pub(crate) async fn on_postgres(ground: &mut Ground, parallel: usize) -> anyhow::Result<Option<Self>> {
        let url = match &mut ground.cluster {
            Some(cluster) => cluster.database().await?,
            None => return Ok(None),
        };
        Self::new(ground, Some(url), parallel).await.map(Some)
    }

    async fn new(ground: &Ground, url: Option<String>, parallel: usize) -> anyhow::Result<Self> {
        let sim = Sim::start(SimOptions::default()).await?;
        let dir = tempfile::Builder::new().prefix("probity-drill.").tempdir()?;
        let base_url = sim.base_url();
        let data_dir = dir.path().display().to_string();
        let mut site = Self {
            sim,
            bin_dir: ground.bin_dir.clone(),
            dir,
            environment: Vec::new(),
            started_count: AtomicU32::new(0),
        };
        for (key, value) in [
            ("NO_COLOR", "1"),
            ("PROBITY_BIND", "127.0.0.1:0"),
            ("PROBITY_DATA_DIR", &data_dir),
            ("PROBITY_PROVIDERS__SIM__BASE_URL", &base_url),
            ("PROBITY_PARALLEL", &parallel.to_string()),
            ("PROBITY_LEASE_SECONDS", &LEASE_SECONDS.to_string()),
            ("PROBITY_BEAT_SECONDS", &BEAT_SECONDS.to_string()),
            ("PROBITY_POLL_MS", "100"),
            ("PROBITY_BACKOFF_BASE_MS", "50"),
            ("PROBITY_BACKOFF_MAX_MS", "500"),
            // Nobody is there to approve what 100,000 probes may cost.
            ("PROBITY_APPROVAL_THRESHOLD_USD", "1000000"),
            ("PROBITY_APPROVAL_THRESHOLD_SCENARIOS", "10000000"),
        ] {
            site.set(key, value);
        }
        if let Some(url) = url {
            site.set("PROBITY_DATABASE_URL", &url);
        }
        Ok(site)
    }

    /// A setting of every process that is started from now on.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.environment.retain(|(known, _)| known != key);
        self.environment.push((key.to_owned(), value.to_owned()));
    }

    /// States how many calls the provider takes at once: nothing has to be found out slowly, and a
    /// provider that answers nothing gets as many.
    pub(crate) fn know_limit(&mut self, parallel: usize) {
        self.set("PROBITY_PROVIDERS__SIM__PARALLEL", &parallel.to_string());
    }

    /// API and worker in one process, ready to work.
    pub(crate) async fn serve(&self) -> anyhow::Result<Server> {
        let server = self.server("probity", &["serve"]).await?;
        server.client.workers_online(1).await?;
        Ok(server)
    }

    /// The API alone.
    pub(crate) async fn api(&self) -> anyhow::Result<Server> {
        self.server("probity-api", &[]).await
    }

    /// A worker alone.
    pub(crate) fn worker(&self) -> anyhow::Result<Process> {
        self.start("probity-worker", &[])
    }

    /// The API and so many workers, ready to work.
    pub(crate) async fn api_and_workers(&self, count: usize) -> anyhow::Result<(Server, Vec<Process>)> {
        let server = self.api().await?;
        let workers = (0..count).map(|_| self.worker()).collect::<anyhow::Result<Vec<_>>>()?;
        server.client.workers_online(count).await?;
        Ok((server, workers))
    }

    /// What `probity doctor` finds: None where all is sound.
    pub(crate) async fn doctor(&self) -> anyhow::Result<Option<String>> {
        let output = self.command("probity", &["doctor"]).output().await?;
        Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    async fn server(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Server> {
        let mut process = self.start(program, arguments)?;
        let rest = process.says("Probity is at http://").await?;
        let address: String =
            rest.chars().take_while(|letter| letter.is_ascii_digit() || ".:".contains(*letter)).collect();
        Ok(Server { process, client: Client::new(&address)? })
    }

    fn start(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Process> {
        let number = self.started_count.fetch_add(1, Ordering::Relaxed);
        Process::start(self.command(program, arguments), self.dir.path().join(format!("{number}.log")))
    }

    /// Nothing of this machine's configuration or keys reaches what is drilled.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.bin_dir.join(program));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .current_dir(self.dir.path());
        command
    }
}
