//! Probity's processes as a user starts them.

use std::{
    fmt,
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::Serialize;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{api::Api, database::Store, process};

/// Which processes on which database.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Layout {
    pub(crate) on_postgres: bool,
    /// `probity-api` and `probity-worker`; else `probity serve`.
    pub(crate) is_split: bool,
}

impl Layout {
    pub(crate) const SERVE_ON_SQLITE: Self = Self { on_postgres: false, is_split: false };
    pub(crate) const SERVE_ON_POSTGRES: Self = Self { on_postgres: true, is_split: false };
    pub(crate) const API_AND_WORKER: Self = Self { on_postgres: true, is_split: true };

    pub(crate) fn is_one_process(self) -> bool {
        !self.is_split
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = if self.on_postgres { "PostgreSQL" } else { "SQLite" };
        let processes = if self.is_split { "api + worker" } else { "serve" };
        write!(out, "{database}, {processes}")
    }
}

/// Processes that are killed when this is dropped: all they hold is thrown away anyway.
pub(crate) struct Deployment {
    processes: Vec<Process>,
    pub(crate) api: Api,
}

struct Process {
    name: &'static str,
    pid: u32,
    child: Child,
}

/// Memory of one process, in bytes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProcessMemory {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
}

const START_MAX: Duration = Duration::from_secs(30);

impl Deployment {
    /// Starts the processes and waits until a worker serves the simulated models.
    pub(crate) async fn start(
        layout: Layout,
        bin_dir: &Path,
        store: &Store,
        sim_url: &str,
        in_flight: usize,
    ) -> anyhow::Result<Self> {
        let start = |name: &'static str, program: &str, arguments: &[&str]| {
            spawn(name, &bin_dir.join(program), arguments, store, sim_url, in_flight)
        };
        let mut processes = Vec::new();
        let first = if layout.is_split { "api" } else { "serve" };
        processes.push(match layout.is_split {
            true => start(first, "probity-api", &[])?,
            false => start(first, "probity", &["serve"])?,
        });
        let log = log_of(store, first);
        let address = wait_for(&log, &mut processes, || address_in(&log)).await?;
        if layout.is_split {
            processes.push(start("worker", "probity-worker", &[])?);
        }
        let mut deployment = Self { processes, api: Api::new(&address)? };
        let started = Instant::now();
        while !deployment.api.is_sim_served().await? {
            if started.elapsed() > START_MAX {
                let log = fs::read_to_string(log_of(
                    store,
                    deployment.processes.last_mut().map_or(first, |last| last.name),
                ))?;
                bail!("no worker serves the simulated models:\n{log}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(deployment)
    }

    /// CPU time of all processes since their start.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        self.processes.iter().map(|process| process::cpu_of(process.pid)).sum()
    }

    /// Resident memory now.
    pub(crate) fn resident(&self) -> anyhow::Result<Vec<ProcessMemory>> {
        self.memory(|memory| memory.resident)
    }

    /// The most resident memory each process has had since its start.
    pub(crate) fn peak(&self) -> anyhow::Result<Vec<ProcessMemory>> {
        self.memory(|memory| memory.peak)
    }

    fn memory(&self, of: fn(process::Memory) -> u64) -> anyhow::Result<Vec<ProcessMemory>> {
        let one = |process: &Process| {
            Ok(ProcessMemory { name: process.name, bytes: of(process::memory_of(process.pid)?) })
        };
        self.processes.iter().map(one).collect()
    }

    /// Kills the processes and waits until they are gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        for process in &mut self.processes {
            process.child.kill().await?;
        }
        Ok(())
    }
}

fn log_of(store: &Store, name: &str) -> PathBuf {
    store.dir.path().join(format!("{name}.log"))
}

fn spawn(
    name: &'static str,
    program: &Path,
    arguments: &[&str],
    store: &Store,
    sim_url: &str,
    in_flight: usize,
) -> anyhow::Result<Process> {
    let log = File::create(log_of(store, name))?;
    let mut command = Command::new(program);
    // Nothing of this machine's configuration or keys may reach what is measured.
    command.env_clear().current_dir(store.dir.path());
    for variable in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(variable) {
            command.env(variable, value);
        }
    }
    if let Some(url) = &store.url {
        command.env("PROBITY_DATABASE_URL", url.as_str());
    }
    let child = command
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("PROBITY_DATA_DIR", store.dir.path())
        .env("PROBITY_BIND", "127.0.0.1:0")
        .env("PROBITY_PARALLEL", in_flight.to_string())
        // What is measured waits for nobody.
        .env("PROBITY_APPROVAL_THRESHOLD_SCENARIOS", "10000000")
        .env("PROBITY_APPROVAL_THRESHOLD_USD", "1000000")
        .env("PROBITY_PROVIDERS__SIM__PARALLEL", in_flight.to_string())
        .env("PROBITY_PROVIDERS__SIM__BASE_URL", sim_url)
        .env("PROBITY_PROVIDERS__SIM__IS_KEY_REQUIRED", "false")
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} cannot be started; is it built?", program.display()))?;
    let pid = child.id().context("a process that ended at once")?;
    Ok(Process { name, pid, child })
}

async fn wait_for<T>(
    log: &Path,
    processes: &mut [Process],
    look: impl Fn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        let mut ended = false;
        for process in processes.iter_mut() {
            ended |= process.child.try_wait()?.is_some();
        }
        if ended || started.elapsed() > START_MAX {
            bail!("Probity did not start:\n{}", fs::read_to_string(log)?);
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// The address that the process says it listens at.
fn address_in(log: &Path) -> anyhow::Result<Option<String>> {
    let text = fs::read_to_string(log)?;
    // A line without its newline is still being written.
    let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    Ok(lines.find_map(|line| {
        let (_, rest) = line.split_once("Probity is at http://")?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')?;
        rest.get(..end).map(str::to_owned)
    }))
}
