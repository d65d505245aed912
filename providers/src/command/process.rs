//! One run of a program, in a process group that does not outlive the call.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Notify,
    time::timeout,
};

use crate::{classify::Fault, command::CommandSettings};

/// Most bytes of standard error that are kept: its end says what went wrong.
const STDERR_BYTES_MAX: usize = 16 * 1024;

/// Most bytes of standard error that a program may write: a log, not a flood.
const STDERR_BYTES_READ_MAX: usize = 64 * 1024 * 1024;

/// What a program left behind.
pub(super) struct Output {
    pub(super) stdout: Bytes,
    /// The end of standard error.
    pub(super) stderr: Bytes,
    /// What the program wrote more of than it may, for which it was ended.
    pub(super) over_limit: Option<&'static str>,
    pub(super) has_succeeded: bool,
    /// How it ended, as the end of a sentence.
    pub(super) ending: String,
    pub(super) first_byte: Duration,
}

/// Kills everything in the group when the call is over: also when it is dropped midway.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // Fails only where nobody is left in the group.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// Runs the program with this line on its standard input, until it ends or the time is up.
pub(super) async fn run(
    settings: &CommandSettings,
    environment: &[(String, String)],
    line: String,
    limit: Duration,
) -> Result<Output, Fault> {
    let started = Instant::now();
    let mut command = Command::new(&settings.program);
    command
        .args(&settings.arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    if let Some(directory) = &settings.working_directory {
        command.current_dir(directory);
    }
    let mut child = command.spawn().map_err(|error| {
        Fault::connection(format!("{} cannot be started: {error}", settings.program.display()))
    })?;
    let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let group = Group(leader);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());

    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A program may answer without reading all of it, which closes the pipe.
            let _ = stdin.write_all(format!("{line}\n").as_bytes()).await;
            let _ = stdin.shutdown().await;
        }
    };
    let is_over = Notify::new();
    let end = async {
        let status = tokio::select! {
            status = child.wait() => status,
            // Whoever floods its output is ended at once, and not only when its time is up.
            () = is_over.notified() => {
                drop(group);
                return child.wait().await;
            }
        };
        // What it started and left behind would keep the pipes open.
        drop(group);
        status
    };
    let all = async {
        tokio::join!(
            feed,
            head_of(stdout, settings.output_bytes_max, started, &is_over),
            tail_of(stderr, STDERR_BYTES_MAX, &is_over),
            end
        )
    };
    let Ok(((), stdout, (stderr, is_flood), status)) = timeout(limit, all).await else {
        return Err(Fault::timeout(format!("the program did not end within {} s", limit.as_secs_f64())));
    };
    let status = status.map_err(|error| Fault::connection(format!("the program was lost: {error}")))?;
    Ok(Output {
        stdout: stdout.bytes,
        over_limit: match (stdout.is_over_limit, is_flood) {
            (true, _) => Some("output"),
            (false, true) => Some("standard error"),
            (false, false) => None,
        },
        first_byte: stdout.first_byte.unwrap_or_else(|| started.elapsed()),
        stderr,
        has_succeeded: status.success(),
        ending: ending(status),
    })
}

struct Head {
    bytes: Bytes,
    is_over_limit: bool,
    first_byte: Option<Duration>,
}

/// The beginning of a pipe; says so at once where more than the limit comes.
async fn head_of(
    pipe: Option<impl AsyncRead + Unpin>,
    limit: usize,
    started: Instant,
    is_over: &Notify,
) -> Head {
    let mut head = BytesMut::new();
    let (mut is_over_limit, mut first_byte) = (false, None);
    if let Some(mut pipe) = pipe {
        let mut part = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut part).await {
            first_byte.get_or_insert_with(|| started.elapsed());
            let room = limit - head.len();
            head.extend_from_slice(&part[..length.min(room)]);
            if length > room {
                is_over_limit = true;
                is_over.notify_one();
                break;
            }
        }
    }
    Head { bytes: head.freeze(), is_over_limit, first_byte }
}

/// The end of a pipe, and whether more came than anybody may write.
async fn tail_of(pipe: Option<impl AsyncRead + Unpin>, limit: usize, is_over: &Notify) -> (Bytes, bool) {
    let mut tail = BytesMut::new();
    let mut total = 0_usize;
    if let Some(mut pipe) = pipe {
        let mut part = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut part).await {
            tail.extend_from_slice(&part[..length]);
            let surplus = tail.len().saturating_sub(limit);
            drop(tail.split_to(surplus));
            total = total.saturating_add(length);
            if total > STDERR_BYTES_READ_MAX {
                is_over.notify_one();
                break;
            }
        }
    }
    (tail.freeze(), total > STDERR_BYTES_READ_MAX)
}

fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// Where a program lies; the problem as the end of a sentence where it cannot be run.
pub(super) fn find(program: &Path) -> Result<PathBuf, String> {
    use std::os::unix::fs::PermissionsExt;
    let is_executable = |path: &Path| -> Result<bool, std::io::Error> {
        let found = std::fs::metadata(path)?;
        Ok(found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    let shown = program.display();
    if program.components().count() > 1 {
        return match is_executable(program) {
            Ok(true) => Ok(program.to_owned()),
            Ok(false) => Err(format!("{shown} is not an executable file: make it so with chmod +x")),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(format!("{shown} does not exist")),
            Err(error) => Err(format!("{shown} cannot be looked at: {error}")),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| is_executable(candidate).unwrap_or(false))
        .ok_or_else(|| format!("{shown} is not in PATH: give its full path"))
}
