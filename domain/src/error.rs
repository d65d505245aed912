//! What can go wrong, grouped by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr};
use serde::Serialize;
use uuid::Uuid;

use crate::meter::meter;

/// A result of the domain.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing that is wrong with an input, with the way to mend it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// A stable code, e.g. `UNKNOWN_PLACEHOLDER`.
    pub code: String,
    /// Where: the path of the field, e.g. `models[1]`.
    pub path: String,
    /// The line of a file, from 1.
    pub line: Option<usize>,
    /// The column of a file, from 1.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

/// An error of the domain. All but `Internal` are meant for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be accepted; nothing was written.
    #[error("{}", faults_as_text(.0))]
    Invalid(Vec<Fault>),
    /// There is no such thing (any more).
    #[error("There is no {what} with the id {id}.")]
    NotFound {
        /// The kind of thing, in DESIGN's words.
        what: &'static str,
        /// The id that was asked for.
        id: String,
    },
    /// The state does not allow it now.
    #[error("{message}")]
    Conflict {
        /// A stable code, e.g. `CONFLICT` or `PLAN_CHANGED`.
        code: &'static str,
        /// What stands in the way and what to do.
        message: String,
    },
    /// The same is being run already (`ACTIVE_RUN_EXISTS`).
    #[error("{message}")]
    ActiveRun {
        /// The run that is in the way.
        run_id: Uuid,
        /// What stands in the way and what to do.
        message: String,
    },
    /// The actor is known but may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The actor is not known.
    #[error("{0}")]
    Unauthenticated(String),
    /// The server cannot do it at the moment; trying again later can help.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours. Its text never reaches a client.
    #[error("internal error: {0}")]
    Internal(String),
    /// The database failed. Its text never reaches a client.
    #[error("database error: {0}")]
    Database(#[source] DbErr),
}

impl Error {
    /// An input that is wrong in one place.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault {
            code: "INVALID".into(),
            path: path.into(),
            line: None,
            column: None,
            message: message.into(),
        }])
    }

    /// A state that does not allow what was asked.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { code: "CONFLICT", message: message.into() }
    }

    /// There is no such thing.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// The stable code for clients; None where the error is ours and must be masked.
    pub fn public_code(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(_) => Some("INVALID"),
            Self::NotFound { .. } => Some("NOT_FOUND"),
            Self::Conflict { code, .. } => Some(code),
            Self::ActiveRun { .. } => Some("ACTIVE_RUN_EXISTS"),
            Self::Forbidden(_) => Some("FORBIDDEN"),
            Self::Unauthenticated(_) => Some("UNAUTHENTICATED"),
            Self::Unavailable(_) => Some("UNAVAILABLE"),
            Self::Internal(_) | Self::Database(_) => None,
        }
    }

    /// True where the database ended this transaction because it and another waited for each other.
    pub(crate) fn is_lost_race(&self) -> bool {
        matches!(self, Self::Unavailable(message) if message == LOST_RACE)
    }

    /// True where the database could not be reached, so that the same call can succeed later.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

const LOST_RACE: &str = "The same rows were changed at that moment; try again.";

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_read_only(&error) {
            return Self::Unavailable(
                "The database is read-only: nothing can be created or changed until it can be written again."
                    .into(),
            );
        }
        if is_disk_failure(&error) {
            tracing::warn!(%error, "the database cannot write");
            return Self::Unavailable(
                "The disk of the database is full or fails: nothing can be written until that is mended. What was \
                 answered is kept in memory and written then."
                    .into(),
            );
        }
        if is_lost_race(&error) {
            tracing::info!(%error, "the database ended one of two transactions that waited for each other");
            return Self::Unavailable(LOST_RACE.into());
        }
        if is_connection_loss(&error) {
            meter().database_unavailable();
            tracing::warn!(%error, "the database cannot be reached");
            return Self::Unavailable("The database cannot be reached; try again in a moment.".into());
        }
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a stored document cannot be read: {error}"))
    }
}

fn faults_as_text(faults: &[Fault]) -> String {
    let line = |fault: &Fault| match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: {}", fault.message),
        (Some(line), None) => format!("line {line}: {}", fault.message),
        _ if fault.path.is_empty() => fault.message.clone(),
        _ => format!("{}: {}", fault.path, fault.message),
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn sqlstate(error: &DbErr) -> Option<std::borrow::Cow<'_, str>> {
    match sqlx_error(error)? {
        sqlx::Error::Database(error) => error.code(),
        _ => None,
    }
}

fn is_read_only(error: &DbErr) -> bool {
    // PostgreSQL: 25006 read_only_sql_transaction. SQLite: 8 SQLITE_READONLY and its extensions.
    sqlstate(error).is_some_and(|code| {
        code == "25006" || code.parse::<u32>().is_ok_and(|number| number & 0xff == 8 && code.len() < 5)
    })
}

/// Waiting helps: whoever holds an answer that was paid for must not drop it for this.
fn is_disk_failure(error: &DbErr) -> bool {
    // PostgreSQL: 53100 disk_full, 58030 io_error. SQLite: 10 SQLITE_IOERR with its extensions,
    // 13 SQLITE_FULL.
    sqlstate(error).is_some_and(|code| {
        matches!(&*code, "53100" | "58030")
            || code.len() < 5 && code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 10 | 13))
    })
}

/// PostgreSQL: 40P01 deadlock_detected, 40001 serialization_failure. The other transaction stands,
/// and the same call will succeed.
fn is_lost_race(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "40P01" || code == "40001")
}

fn is_connection_loss(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    match sqlx_error(error) {
        Some(
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed,
        ) => true,
        // Class 08: connection exceptions; class 57P: the server shuts down, starts up or crashed;
        // 53300: too many connections. SQLite 5 and 6: another process holds the file.
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
            code.starts_with("08") && code.len() == 5
                || code.starts_with("57P")
                || code == "53300"
                || code.len() < 5 && code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6))
        }),
        _ => false,
    }
}
