//! A process of Probity, started as a user starts it and ended as the drill pleases.

use std::{
    fs::{self, File},
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Linux counts CPU time in hundredths of a second, whatever the machine
/// (<https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>, `USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
const START_MAX: Duration = Duration::from_secs(60);

/// Killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) pid: u32,
    log: PathBuf,
}

impl Process {
    /// Starts it; both its outputs go into the log.
    pub(crate) fn start(mut command: Command, log: PathBuf) -> anyhow::Result<Self> {
        let file = File::create(&log)?;
        command.stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let child = command.spawn().with_context(|| {
            format!("{:?} cannot be started; is it built?", command.as_std().get_program())
        })?;
        let pid = child.id().context("a process that ended at once")?;
        Ok(Self { child, pid, log })
    }

    /// Waits until it has said this; returns the rest of that line.
    pub(crate) async fn says(&mut self, words: &str) -> anyhow::Result<String> {
        let started = Instant::now();
        loop {
            let text = self.said();
            // A line without its end is still being written.
            let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            if let Some((_, rest)) = lines.find_map(|line| line.split_once(words)) {
                return Ok(rest.trim_end().to_owned());
            }
            if self.child.try_wait()?.is_some() || started.elapsed() > START_MAX {
                bail!("the process did not say {words:?}:\n{text}");
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// All that it has said so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL; returns once it is gone.
    pub(crate) async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// SIGTERM; returns how long it took to end, and fails where it ended badly or not at all.
    pub(crate) async fn terminate(&mut self, most: Duration) -> anyhow::Result<Duration> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).context("no such process")?;
        kill_process(pid, Signal::TERM)?;
        let began = Instant::now();
        let Ok(status) = timeout(most, self.child.wait()).await else {
            bail!("process {} was still there {most:?} after SIGTERM:\n{}", self.pid, self.said());
        };
        let status = status?;
        anyhow::ensure!(
            status.success(),
            "process {} ended with {status} at SIGTERM:\n{}",
            self.pid,
            self.said()
        );
        Ok(began.elapsed())
    }

    /// CPU time since its start.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.pid)).context("the process has ended")?;
        // The name may hold spaces and brackets; user and system time are the 12th and 13th field behind it.
        let (_, fields) = text.rsplit_once(')').context("/proc/pid/stat without a name")?;
        let ticks: f64 =
            fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
    }
}
