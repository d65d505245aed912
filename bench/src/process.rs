//! What Linux counts of a process, from `/proc`.

use std::{fs, path::Path, time::Duration};

use anyhow::Context;

/// Linux shows CPU time in hundredths of a second on every architecture it runs on
/// (<https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>, `USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Memory of a process, in bytes.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) resident: u64,
    /// The most there was.
    pub(crate) peak: u64,
}

/// CPU time of a process and of its children that have ended.
pub(crate) fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let fields = stat(pid)?;
    let ticks: f64 = fields[11..15].iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}

pub(crate) fn memory_of(pid: u32) -> anyhow::Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("process {pid} has ended"))?;
    let bytes = |key: &str| -> anyhow::Result<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(key)).context("/proc shows no memory")?;
        let kibibytes: u64 = line.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(kibibytes * 1_024)
    };
    Ok(Memory { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
}

/// CPU time of a PostgreSQL server on this machine, all backends together, those that have ended
/// among them. None where its data directory cannot be read.
pub(crate) fn postgres_cpu(data_dir: &Path) -> Option<Duration> {
    let text = fs::read_to_string(data_dir.join("postmaster.pid")).ok()?;
    let postmaster: u32 = text.lines().next()?.trim().parse().ok()?;
    let children: Duration = fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| stat(pid).is_ok_and(|fields| fields[1] == postmaster.to_string()))
        .filter_map(|pid| cpu_of(pid).ok())
        .sum();
    Some(cpu_of(postmaster).ok()? + children)
}

/// The fields behind the name, which may hold spaces: state, parent and so on.
fn stat(pid: u32) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} has ended"))?;
    let (_, fields) = text.rsplit_once(')').context("/proc/pid/stat without a name")?;
    let fields: Vec<String> = fields.split_whitespace().map(str::to_owned).collect();
    anyhow::ensure!(fields.len() > 15, "/proc/pid/stat is too short");
    Ok(fields)
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_has_used_memory() {
        let memory = super::memory_of(std::process::id()).unwrap_or(super::Memory { resident: 0, peak: 0 });
        assert!(memory.resident > 100_000 && memory.peak >= memory.resident / 2, "{memory:?}");
    }
}
