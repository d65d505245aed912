//! A PostgreSQL server of the drill's own: it is stopped and killed here, which no other may be.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

/// A server with its data in a folder of its own. Both go when it is dropped.
pub(crate) struct Cluster {
    dir: TempDir,
    bin: PathBuf,
    port: u16,
    /// How a process is started as the owner of the data: PostgreSQL refuses to run as root.
    as_owner: Vec<String>,
    made_count: u32,
}

impl Cluster {
    /// None where PostgreSQL's server is not installed.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        let Some(bin) = server_programs() else { return Ok(None) };
        let dir = tempfile::Builder::new().prefix("probity-drill-postgres.").tempdir()?;
        let as_owner =
            if rustix::process::geteuid().is_root() { step_down(dir.path()).await? } else { Vec::new() };
        // A free port now is most likely a free one in a moment.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Self { dir, bin, port, as_owner, made_count: 0 };
        let data = cluster.data();
        let made = cluster
            .owner_command("initdb")
            .args(["-U", "probity", "-A", "trust", "-E", "UTF8", "--no-locale", "-D"])
            .arg(&data)
            .output()
            .await?;
        anyhow::ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.go().await?;
        Ok(Some(cluster))
    }

    /// Starts the server on the data that is there, and waits until it takes connections.
    pub(crate) async fn go(&self) -> anyhow::Result<()> {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c max_connections=200",
            self.port,
            self.dir.path().display()
        );
        let log = self.data().join("server.log");
        // What a killed server leaves running holds its memory for a moment.
        for _ in 0..20 {
            let started = self
                .control()
                .args(["-w", "-t", "60", "-o", &options, "-l"])
                .arg(&log)
                .arg("start")
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .status()
                .await?;
            if started.success() {
                return Ok(());
            }
            sleep(Duration::from_millis(500)).await;
        }
        bail!("PostgreSQL does not start:\n{}", fs::read_to_string(log).unwrap_or_default())
    }

    /// Stops it in order; its clients lose their connections.
    pub(crate) async fn stop(&self) -> anyhow::Result<()> {
        let stopped = self.control().args(["-m", "fast", "-w", "stop"]).output().await?;
        anyhow::ensure!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        Ok(())
    }

    /// SIGKILL to the server; the processes it started end by themselves when they see it.
    pub(crate) fn kill(&self) -> anyhow::Result<()> {
        kill_process(self.postmaster()?, Signal::KILL)?;
        Ok(())
    }

    /// SIGSTOP or SIGCONT to every process of the server: connections stay and nothing answers.
    pub(crate) fn signal_all(&self, signal: Signal) -> anyhow::Result<()> {
        let postmaster = self.postmaster()?;
        // The first stops before those it started: it would take note of their state.
        for pid in std::iter::once(postmaster).chain(children_of(postmaster)) {
            // A connection's process may end between the list and the signal.
            let _gone = kill_process(pid, signal);
        }
        Ok(())
    }

    /// An empty database; returns its URL.
    pub(crate) async fn database(&mut self) -> anyhow::Result<String> {
        self.made_count += 1;
        let name = format!("drill_{}", self.made_count);
        let port = self.port.to_string();
        let made = Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "probity", &name])
            .output()
            .await?;
        anyhow::ensure!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        Ok(format!("postgres://probity@127.0.0.1:{port}/{name}"))
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn postmaster(&self) -> anyhow::Result<Pid> {
        let text = fs::read_to_string(self.data().join("postmaster.pid"))?;
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
        pid.and_then(Pid::from_raw).context("postmaster.pid names no process")
    }

    fn control(&self) -> Command {
        let mut command = self.owner_command("pg_ctl");
        command.arg("-D").arg(self.data());
        command
    }

    fn owner_command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.as_owner.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(self.dir.path()).env("LC_ALL", "C");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Stopped processes do not hear anything else.
        let _gone = self.signal_all(Signal::CONT);
        let mut command = self.control();
        let _ended = command.as_std_mut().args(["-m", "immediate", "-w", "stop"]).output();
    }
}

fn server_programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .collect();
    versions.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let installed = versions.into_iter().rev().map(|(_, bin)| bin);
    installed.chain(std::env::split_paths(&on_path)).find(|bin| bin.join("initdb").is_file())
}

/// Gives the folder to an ordinary user; returns how to become that user.
async fn step_down(dir: &Path) -> anyhow::Result<Vec<String>> {
    for owner in ["postgres", "nobody"] {
        let id = |flag: &'static str| async move { Command::new("id").args([flag, owner]).output().await };
        let (user, group) = (id("-u").await?, id("-g").await?);
        if !user.status.success() || !group.status.success() {
            continue;
        }
        let number = |output: &[u8]| String::from_utf8_lossy(output).trim().parse::<u32>();
        let (user, group) = (number(&user.stdout)?, number(&group.stdout)?);
        std::os::unix::fs::chown(dir, Some(user), Some(group))?;
        let words = ["setpriv", &format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"];
        return Ok(words.map(str::to_owned).to_vec());
    }
    bail!("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

fn children_of(parent: Pid) -> Vec<Pid> {
    let path = format!("/proc/{0}/task/{0}/children", parent.as_raw_nonzero());
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}
