//! How many connections there are, and how they are used.

use std::{
    future::Future,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use sea_orm::{DatabaseConnection, DbBackend};

/// How many connections a process opens, and how long a statement waits for one that is free.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct DbOptions {
    /// On PostgreSQL, for requests.
    pub request_connections: u32,
    /// On PostgreSQL, for the queue.
    pub queue_connections: u32,
    /// After this time the database counts as unavailable.
    pub wait: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { request_connections: 12, queue_connections: 8, wait: Duration::from_secs(10) }
    }
}

/// The connections of one pool.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct PoolUsage {
    /// `read` and `write` on SQLite, `requests` and `queue` on PostgreSQL.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u64,
    /// Those of them that nobody uses.
    pub idle: u64,
    /// The most that may be open.
    pub most: u64,
    /// Transactions that wait for one.
    pub waiting: i64,
}

/// The sizes of the two pools.
#[derive(Copy, Clone, Debug)]
pub(super) struct Most {
    pub(super) requests: u64,
    pub(super) queue: u64,
}

/// Transactions that wait for a connection.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) write: AtomicI64,
    pub(super) queue: AtomicI64,
}

impl Waiting {
    /// Those that write, and those of the queue.
    pub(super) fn counts(&self) -> (i64, i64) {
        (self.write.load(Ordering::Relaxed), self.queue.load(Ordering::Relaxed))
    }
}

/// How a pool is used at this moment.
pub(super) fn usage(
    name: &'static str,
    connection: &DatabaseConnection,
    most: u64,
    waiting: i64,
) -> PoolUsage {
    let (open, idle) = match connection.get_database_backend() {
        DbBackend::Postgres => {
            let pool = connection.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
        _ => {
            let pool = connection.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        }
    };
    PoolUsage { name, open: open.into(), idle: idle as u64, most, waiting }
}

/// Counts whoever waits, also where the wait is given up.
pub(super) async fn counted<T>(waiting: &AtomicI64, wait: impl Future<Output = T>) -> T {
    struct Counted<'a>(&'a AtomicI64);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    waiting.fetch_add(1, Ordering::Relaxed);
    let _counted = Counted(waiting);
    wait.await
}
