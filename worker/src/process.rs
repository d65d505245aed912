//! What every Probity process does: logs, signals, a name.

use std::io::IsTerminal;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Logs to standard error: `PROBITY_LOG` sets the level, else `usual`, e.g. `info`.
pub fn init_logging(usual: &str) {
    let filter = EnvFilter::try_from_env("PROBITY_LOG").unwrap_or_else(|_| {
        EnvFilter::new(format!("{usual},sqlx=warn,apalis_core=warn,sea_orm_migration=warn"))
    });
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .compact();
    // Already initialised where several parts share a process.
    drop(subscriber.try_init());
}

/// Cancels the token at SIGTERM or SIGINT.
///
/// # Errors
/// Where the system does not let the process listen for signals.
pub fn cancel_on_signal(token: CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    });
    Ok(())
}

/// The machine's name with the process's number.
pub fn host_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "worker".into());
    format!("{}-{}", host.trim(), std::process::id())
}
