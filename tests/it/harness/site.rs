//! A database with everything that is started on it.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use sim::{Sim, SimOptions};
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    Api, PARALLEL, PATIENCE,
    process::{Ended, Process, command, command_in_namespace, run_to_end},
};

/// A fresh database and a simulated provider that everything started here talks to.
pub(crate) struct Site {
    pub(crate) sim: Sim,
    /// None: SQLite.
    pub(crate) postgres_url: Option<String>,
    files: TempDir,
    environment: Vec<(String, String)>,
}

/// A process that serves, with a client of it.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) api: Api,
}

impl Site {
    pub(crate) async fn sqlite() -> Self {
        let mut site = Self::bare().await;
        let directory = site.path("data").display().to_string();
        site.set("PROBITY_DATA_DIR", &directory);
        site
    }

    /// None where there is no server.
    pub(crate) async fn postgresql() -> Option<Self> {
        let server = std::env::var("PROBITY_TEST_POSTGRES").ok()?;
        let name = format!("it_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        let mut site = Self::bare().await;
        site.set("PROBITY_DATABASE_URL", &url);
        site.postgres_url = Some(url);
        Some(site)
    }

    async fn bare() -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut site =
            Self { sim, postgres_url: None, files: tempfile::tempdir().unwrap(), environment: Vec::new() };
        let base_url = site.sim.base_url();
        for (key, value) in [
            ("PROBITY_PROVIDERS__SIM__BASE_URL", base_url.as_str()),
            ("PROBITY_BEAT_SECONDS", "1"),
            ("PROBITY_LEASE_SECONDS", "30"),
            ("PROBITY_POLL_MS", "50"),
            ("PROBITY_BACKOFF_BASE_MS", "20"),
            ("PROBITY_BACKOFF_MAX_MS", "100"),
            ("PROBITY_POLL_AFTER_MS", "50"),
            ("PROBITY_PARALLEL", &PARALLEL.to_string()),
        ] {
            site.set(key, value);
        }
        site
    }

    /// A setting of every process that is started from now on.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.environment.retain(|(known, _)| known != key);
        self.environment.push((key.into(), value.into()));
    }

    /// So that a killed worker's probes are taken back soon.
    pub(crate) fn with_short_leases(mut self) -> Self {
        self.set("PROBITY_LEASE_SECONDS", "3");
        self.set("PROBITY_BEAT_SECONDS", "0.5");
        self
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.postgres_url.is_none()
    }

    /// A place for files, removed at the end; processes are started in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn directory(&self) -> &Path {
        self.files.path()
    }

    /// API and worker in one process.
    pub(crate) async fn serve(&self) -> Server {
        self.server("probity", &["serve", "--bind", "127.0.0.1:0"]).await
    }

    /// As many processes as the database allows: on PostgreSQL `probity-api` and two
    /// `probity-worker`, on SQLite `probity serve` and `probity worker`. Two workers either way.
    pub(crate) async fn serve_with_two_workers(&self) -> (Server, Vec<Process>) {
        let (server, workers) = if self.is_sqlite() {
            let server = self.serve().await;
            (server, vec![self.start("probity", &["worker", "--name", "second"])])
        } else {
            let server = self.server("probity-api", &["--bind", "127.0.0.1:0"]).await;
            let start = |name| self.start("probity-worker", &["--name", name]);
            (server, vec![start("first"), start("second")])
        };
        server.api.workers_online(2).await;
        (server, workers)
    }

    /// API and worker in one process with a file system of its own, which goes with it: mounted at
    /// `disk`, its data directory. When the process has stopped, what lies there is copied to `kept`.
    pub(crate) async fn serve_on_a_disk_of(&self, size: &str, disk: &Path, kept: &Path) -> Server {
        let script = format!(
            "mount -t tmpfs -o size={size} tmpfs '{disk}'; trap '' TERM; (trap - TERM; exec setpriv --pdeathsig KILL \"$0\" \"$@\"); \
             mkdir -p '{kept}'; cp -a '{disk}/.' '{kept}/'",
            disk = disk.display(),
            kept = kept.display(),
        );
        let mut environment = self.environment.clone();
        environment.push(("PROBITY_DATA_DIR".into(), disk.display().to_string()));
        let arguments = ["serve", "--bind", "127.0.0.1:0"];
        let command = command_in_namespace(&script, "probity", &arguments, &environment, self.directory());
        self.served(Process::start("probity", command)).await
    }

    pub(crate) async fn server(&self, binary: &str, arguments: &[&str]) -> Server {
        let server = self.served(self.start(binary, arguments)).await;
        if arguments.contains(&"serve") && !arguments.contains(&"--no-worker") {
            server.api.workers_online(1).await;
        }
        server
    }

    async fn served(&self, mut process: Process) -> Server {
        let rest = process.says("Probity is at http://").await;
        let address: String = rest.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
        Server { process, api: Api::new(&address) }
    }

    pub(crate) fn start(&self, binary: &str, arguments: &[&str]) -> Process {
        Process::start(binary, command(binary, arguments, &self.environment, self.directory()))
    }

    /// Runs the `probity` command to its end.
    pub(crate) async fn probity(&self, arguments: &[&str]) -> Ended {
        run_to_end(command("probity", arguments, &self.environment, self.directory())).await
    }

    /// `probity doctor` finds nothing wrong.
    pub(crate) async fn assert_sound(&self) {
        let doctor = self.probity(&["doctor"]).await;
        assert_eq!(doctor.code, Some(0), "{}{}", doctor.out, doctor.err);
    }

    /// Waits for the provider's log; fails where it takes too long.
    pub(crate) async fn asked(&self, condition: impl Fn(&sim::Counts) -> bool) -> sim::Counts {
        let log = self.sim.log();
        let waited = tokio::time::timeout(PATIENCE, log.wait_for(condition)).await;
        waited.unwrap_or_else(|_| panic!("the provider was only asked {}", json!(log.counts())))
    }
}
