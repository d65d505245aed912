//! The two databases behind one door, and the few words in which their SQL differs.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, SubsecRound, Utc};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveModelTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, EntityTrait, FromQueryResult, QuerySelect, Select, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
    sea_query::LockType,
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

mod pool;

pub use pool::{DbOptions, PoolUsage};

use crate::error::{Error, Result};
use pool::{Most, Waiting, counted};

/// Connections to the database.
///
/// SQLite has one writer and several readers, so that a long read never stops a write;
/// PostgreSQL has a pool for requests and one for the queue.
#[derive(Clone, Debug)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    queue: DatabaseConnection,
    most: Most,
    waiting: Arc<Waiting>,
}

/// Readers of a SQLite file.
const SQLITE_READERS: u32 = 4;

impl Db {
    /// Opens the database; a SQLite file is made where there is none.
    ///
    /// # Errors
    /// `Unavailable`, in words, where it cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with(url, DbOptions::default()).await
    }

    /// As [`connect`](Self::connect), with other bounds.
    ///
    /// # Errors
    /// `Unavailable`, in words, where it cannot be reached.
    pub async fn connect_with(url: &str, options: DbOptions) -> Result<Self> {
        let waiting = Arc::default();
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite_options(url, 1, options.wait, WRITER_CACHE))
                .await
                .map_err(|error| cannot_open(url, &error))?;
            let read = Database::connect(sqlite_options(url, SQLITE_READERS, options.wait, READER_CACHE))
                .await
                .map_err(|error| cannot_open(url, &error))?;
            let most = Most { requests: SQLITE_READERS.into(), queue: 1 };
            return Ok(Self { queue: write.clone(), write, read, most, waiting });
        }
        let requests = Database::connect(postgres_options(url, options.request_connections, options.wait))
            .await
            .map_err(|error| cannot_open(url, &error))?;
        let most =
            Most { requests: options.request_connections.into(), queue: options.queue_connections.into() };
        let mut queue = postgres_options(url, options.queue_connections, options.wait);
        queue.map_sqlx_postgres_opts(|options| {
            // With a generic plan the claim scans the queue from its head: 7 times slower and
            // growing with the number of rows of paused runs.
            options.options([("plan_cache_mode", "force_custom_plan")])
        });
        let queue = Database::connect(queue).await.map_err(|error| cannot_open(url, &error))?;
        Ok(Self { read: requests.clone(), write: requests, queue, most, waiting })
    }

    /// The URL of the SQLite file of a data directory, which is made where there is none.
    ///
    /// # Errors
    /// `Unavailable` where the directory cannot be made.
    pub fn embedded_url(data_dir: &Path) -> Result<String> {
        std::fs::create_dir_all(data_dir).map_err(|error| {
            Error::Unavailable(format!("The data directory {} cannot be made: {error}.", data_dir.display()))
        })?;
        Ok(format!("sqlite:{}?mode=rwc", data_dir.join("probity.db").display()))
    }

    /// Brings the schema up to date. Safe when several processes start at once.
    ///
    /// # Errors
    /// `Database` where a migration fails.
    pub async fn migrate(&self) -> Result<()> {
        if self.is_postgres() {
            // An advisory lock: two processes that start together would apply a migration twice.
            let lock = self.write.begin().await?;
            lock.execute_unprepared("SELECT pg_advisory_xact_lock(7020110)").await?;
            Migrator::up(&self.write, None).await?;
            lock.commit().await?;
        } else {
            Migrator::up(&self.write, None).await?;
        }
        Ok(())
    }

    /// How many migrations this program has that the database has not seen; 0: it is up to date.
    ///
    /// # Errors
    /// `Unavailable`, or `Database` where no migration was ever applied.
    pub async fn pending_migration_count(&self) -> Result<usize> {
        #[derive(FromQueryResult)]
        struct Applied {
            total: i64,
        }
        let sql = "SELECT COUNT(*) AS total FROM seaql_migrations";
        let applied: Option<Applied> = row(&self.read, sql, Vec::new()).await?;
        let applied = applied.map_or(0, |row| usize::try_from(row.total).unwrap_or(0));
        Ok(Migrator::migrations().len().saturating_sub(applied))
    }

    /// For reads that may be a moment old.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For single statements that write.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// `Unavailable` where no connection is to be had.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        counted(&self.waiting.write, begin_write(&self.write)).await
    }

    /// Begins a transaction of the queue.
    ///
    /// # Errors
    /// `Unavailable` where no connection is to be had.
    pub async fn begin_queue(&self) -> Result<DatabaseTransaction> {
        counted(&self.waiting.queue, begin_write(&self.queue)).await
    }

    /// How the pools are used at this moment.
    pub fn pools(&self) -> [PoolUsage; 2] {
        let (requests, queue) = (self.most.requests, self.most.queue);
        let (write, of_queue) = self.waiting.counts();
        if self.is_postgres() {
            return [
                pool::usage("requests", &self.read, requests, write),
                pool::usage("queue", &self.queue, queue, of_queue),
            ];
        }
        [
            pool::usage("read", &self.read, requests, 0),
            pool::usage("write", &self.write, queue, write + of_queue),
        ]
    }

    /// True on PostgreSQL, false on SQLite.
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Lets every statement of the reading and the writing connections be seen. For tests.
    pub fn on_statement(&mut self, seen: impl Fn(&str) + Clone + Send + Sync + 'static) {
        for connection in [&mut self.read, &mut self.write] {
            let seen = seen.clone();
            connection.set_metric_callback(move |info| seen(&info.statement.sql));
        }
    }

    /// Closes all connections.
    pub async fn close(self) {
        for connection in [self.queue, self.read, self.write] {
            // Clones of one pool: the second close finds it closed, which is what is wanted.
            drop(connection.close().await);
        }
    }
}

async fn begin_write(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    // A deferred SQLite transaction that turns from reading to writing fails when another
    // process wrote in between; taken at once, the lock is waited for.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(connection.begin_with_options(options).await?)
}

fn common_options(url: &str, connections: u32, wait: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

/// SQLite's page cache per connection, as its pragma takes it: negative, in KiB.
const WRITER_CACHE: &str = "-8000";
const READER_CACHE: &str = "-1000";

fn sqlite_options(url: &str, connections: u32, wait: Duration, cache: &'static str) -> ConnectOptions {
    let mut options = common_options(url, connections, wait);
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            // An answer that was paid for survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("cache_size", cache)
    });
    // A full disk makes SQLite end a transaction by itself. The driver goes on counting it as open and
    // makes every later one a savepoint in it; once one of those fails, nothing is ever committed.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // A rollback that is still under way is waited for.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

fn postgres_options(url: &str, connections: u32, wait: Duration) -> ConnectOptions {
    let mut options = common_options(url, connections, wait);
    options.set_application_name("probity").test_before_acquire(true);
    options
}

/// The URL may hold a password, and the driver's errors quote the URL: neither is shown.
fn cannot_open(url: &str, error: &sea_orm::DbErr) -> Error {
    tracing::debug!("the database's driver gave more detail, which can hold a password and is not shown");
    let place = place_of(url);
    if !["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Error::invalid(
            "database_url",
            format!("The database's URL (… {place}) begins with neither postgres:// nor sqlite:."),
        );
    }
    let quotes_the_url =
        error.to_string().contains(url) || matches!(error, sea_orm::DbErr::Conn(_)) && url.contains('@');
    let reason = match error {
        sea_orm::DbErr::ConnectionAcquire(_) => ": nothing answered in time".to_owned(),
        _ if quotes_the_url => String::new(),
        other => format!(": {other}"),
    };
    Error::Unavailable(format!(
        "The database at {place} cannot be opened{reason}. Is the URL right (special characters in a password are \
         percent-encoded), is it running, and may this user reach it?"
    ))
}

/// What of a database's URL may be shown: host and name, or the file.
pub fn place_of(url: &str) -> &str {
    match (url.rsplit_once('@'), url.split_once("://")) {
        (Some((_, place)), _) => place,
        (None, Some((_, place))) => place,
        (None, None) => url,
    }
}

/// Now, in UTC with milliseconds, as it is stored.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// The database's own clock, in milliseconds.
pub(crate) fn sql_now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "date_trunc('milliseconds', clock_timestamp())",
        _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    }
}

/// The database's clock plus the seconds of a parameter, e.g. `$2`.
pub(crate) fn sql_now_plus(backend: DbBackend, seconds: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("date_trunc('milliseconds', clock_timestamp() + make_interval(secs => {seconds}))")
        }
        _ => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', {seconds} || ' seconds')"),
    }
}

/// A statement with its parameters, `$1`, `$2` … on both databases.
pub(crate) fn statement(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// All rows of a statement.
pub(crate) async fn rows<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>> {
    Ok(T::find_by_statement(statement(connection, sql, values)).all(connection).await?)
}

/// The first row of a statement.
pub(crate) async fn row<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>> {
    Ok(T::find_by_statement(statement(connection, sql, values)).one(connection).await?)
}

/// Executes a statement and says how many rows it changed.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    Ok(connection.execute_raw(statement(connection, sql, values)).await?.rows_affected())
}

/// Parameters for `IN (…)`, numbered from `first`.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// The rows of a query, locked for the rest of the transaction; SQLite's writer holds the whole
/// file already.
pub(crate) fn locked<E: EntityTrait>(query: Select<E>, tx: &impl ConnectionTrait) -> Select<E> {
    match tx.get_database_backend() {
        DbBackend::Postgres => query.lock(LockType::Update),
        _ => query,
    }
}

/// Splits rows into runs whose lengths are powers of two, at most `most`: a statement's text
/// depends on its number of rows, and every text is parsed, planned and cached anew.
pub(crate) fn in_powers_of_two<T>(mut rows: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = 1 << rows.len().min(most).checked_ilog2()?;
        let (head, tail) = rows.split_at(length);
        rows = tail;
        Some(head)
    })
}

/// Inserts rows, however many.
pub(crate) async fn insert_all<A>(connection: &impl ConnectionTrait, rows: &[A]) -> Result<()>
where
    A: ActiveModelTrait + Clone + Send,
{
    for chunk in in_powers_of_two(rows, ROWS_PER_INSERT) {
        <A::Entity as EntityTrait>::insert_many(chunk.iter().cloned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Larger statements are no faster, and hold their text, their parameters and their program in
/// memory at once. SQLite takes 32,766 parameters; the widest row has 24.
const ROWS_PER_INSERT: usize = 128;

#[cfg(test)]
mod tests;
