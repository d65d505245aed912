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
    format!("{}-{}", machine(), std::process::id())
}

/// The machine's name.
pub fn machine() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "worker".into());
    host.trim().to_owned()
}

/// What started this process, for whoever has to start it again: without the database's address,
/// which may hold a password, and with nothing of the environment.
pub fn restart_command() -> String {
    command_of(std::env::args())
}

fn command_of(arguments: impl IntoIterator<Item = String>) -> String {
    const SECRET: &str = "--database-url";
    let mut shown = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        if argument == SECRET {
            drop(arguments.next());
        } else if !argument.starts_with(SECRET) && !argument.contains("://") {
            shown.push(quoted(argument));
        }
    }
    shown.join(" ")
}

/// As a shell takes it for one word.
fn quoted(argument: String) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        return argument;
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::command_of;

    #[test]
    fn what_starts_a_worker_again_holds_no_password() {
        let of = |text: &str| command_of(text.split(' ').map(Into::into));
        let url = "postgres://u:secret@h/d";
        for flags in [format!("--database-url {url}"), format!("--database-url={url}"), url.to_owned()] {
            assert_eq!(of(&format!("probity-worker {flags} --name w1")), "probity-worker --name w1");
        }
        let name = ["probity-worker", "--name", "the worker's"].map(String::from);
        assert_eq!(command_of(name), "probity-worker --name 'the worker'\\''s'");
    }
}
