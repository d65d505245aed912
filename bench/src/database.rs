//! Databases for one measurement each.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::Context;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use url::Url;

use crate::process;

/// Where databases are made.
#[derive(Debug)]
pub(crate) struct Databases {
    postgres: Option<Url>,
    /// The server's data directory, where it is on this machine.
    postgres_data: Option<PathBuf>,
    made_count: AtomicU32,
}

/// An empty database and a folder, which goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) dir: TempDir,
    /// None: SQLite in the folder.
    pub(crate) url: Option<Url>,
}

impl Databases {
    pub(crate) fn from_environment() -> anyhow::Result<Self> {
        let url = std::env::var("PROBITY_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
        let postgres = url.map(|url| url.parse()).transpose().context("PROBITY_TEST_POSTGRES is no URL")?;
        let postgres_data = std::env::var_os("PROBITY_TEST_POSTGRES_DATA").map(PathBuf::from);
        Ok(Self { postgres, postgres_data, made_count: AtomicU32::new(0) })
    }

    pub(crate) fn has_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    pub(crate) async fn make(&self, on_postgres: bool) -> anyhow::Result<Store> {
        let dir = tempfile::Builder::new().prefix("probity-bench.").tempdir()?;
        let server = self.postgres.as_ref().filter(|_| on_postgres);
        let Some(server) = server else { return Ok(Store { dir, url: None }) };
        let name = name(self.made_count.fetch_add(1, Ordering::Relaxed));
        execute(server, format!("CREATE DATABASE {name}")).await?;
        let mut url = server.clone();
        url.set_path(&name);
        Ok(Store { dir, url: Some(url) })
    }

    /// Drops every database that was made, also those that are still in use.
    pub(crate) async fn drop_all(&self) -> anyhow::Result<()> {
        let Some(server) = &self.postgres else { return Ok(()) };
        for number in 0..self.made_count.load(Ordering::Relaxed) {
            execute(server, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name(number))).await?;
        }
        Ok(())
    }

    /// CPU time of PostgreSQL so far; None where it is on another machine.
    pub(crate) fn postgres_cpu(&self) -> Option<Duration> {
        process::postgres_cpu(self.postgres_data.as_deref()?)
    }
}

fn name(number: u32) -> String {
    format!("probity_bench_{}_{number}", std::process::id())
}

async fn execute(server: &Url, sql: String) -> anyhow::Result<()> {
    let mut connection =
        PgConnection::connect(server.as_str()).await.context("PROBITY_TEST_POSTGRES cannot be reached")?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
