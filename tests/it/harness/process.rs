//! A process of Probity.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};

use super::PATIENCE;

/// Killed when dropped. What it said is shown where a test fails.
pub(crate) struct Process {
    name: String,
    child: Child,
    said: watch::Receiver<String>,
}

/// A process that has ended by itself.
pub(crate) struct Ended {
    /// None: a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Where the binary of a name lies: beside the one that cargo built for these tests.
fn binary(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_probity")).with_file_name(name);
    assert!(
        path.is_file(),
        "{name} is not built; `cargo build --workspace --bins` builds what these tests start"
    );
    path
}

/// A command that sees nothing of the surrounding environment but what is given here: no key,
/// no proxy, no setting.
pub(crate) fn command<S: AsRef<OsStr>>(
    name: &str,
    arguments: impl IntoIterator<Item = S>,
    environment: &[(String, String)],
    directory: &Path,
) -> Command {
    let mut command = Command::new(binary(name));
    command.args(arguments);
    confined(command, environment, directory)
}

/// The same, started by a shell script that finds the command in `"$0" "$@"`, as root of a user
/// namespace and in a mount namespace of its own: it may mount what it likes, and nobody sees it.
pub(crate) fn command_in_namespace(
    script: &str,
    name: &str,
    arguments: &[&str],
    environment: &[(String, String)],
    directory: &Path,
) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", script])
        .arg(binary(name))
        .args(arguments);
    confined(command, environment, directory)
}

fn confined(mut command: Command, environment: &[(String, String)], directory: &Path) -> Command {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs a command to its end.
pub(crate) async fn run_to_end(mut command: Command) -> Ended {
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("{command:?} does not end")).unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Process {
    pub(crate) fn start(name: &str, mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, said) = watch::channel(String::new());
        let sender = Arc::new(sender);
        tokio::spawn(keep(child.stdout.take().unwrap(), sender.clone()));
        tokio::spawn(keep(child.stderr.take().unwrap(), sender));
        Self { name: name.to_owned(), child, said }
    }

    /// Waits until the process has said this; returns the rest of that line.
    pub(crate) async fn says(&mut self, words: &str) -> String {
        let heard = timeout(PATIENCE, self.said.wait_for(|said| said.contains(words))).await;
        match heard {
            Ok(Ok(said)) => {
                let (_, rest) = said.split_once(words).unwrap();
                rest.lines().next().unwrap_or_default().to_owned()
            }
            Ok(Err(_)) => panic!("{} ended without saying {words:?}", self.name),
            Err(_) => panic!("{} does not say {words:?}", self.name),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the process runs")
    }

    /// SIGKILL: no farewell.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM; waits for the end and returns the exit code.
    pub(crate) async fn terminate(self) -> Option<i32> {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(sent.success());
        self.ended().await
    }

    /// Waits for the end and returns the exit code.
    pub(crate) async fn ended(mut self) -> Option<i32> {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("{} does not stop", self.name)).unwrap().code()
    }

    /// SIGTERM; everything it said until its end.
    pub(crate) async fn stop_and_read(self) -> String {
        let said = self.said.clone();
        self.terminate().await;
        said.borrow().clone()
    }

    /// The most memory it ever had, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("── {} said:\n{}", self.name, self.said.borrow().as_str());
        }
    }
}

async fn keep(stream: impl AsyncRead + Unpin, said: Arc<watch::Sender<String>>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        said.send_modify(|said| {
            said.push_str(&line);
            said.push('\n');
        });
    }
}
