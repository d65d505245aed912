//! The database itself.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{
    db::{Db, row},
    error::{Error, Result},
};

/// How a database's schema stands to this program.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// As this program needs it.
    UpToDate,
    /// So many migrations are to be applied.
    Behind(usize),
    /// Nothing was ever written.
    Empty,
}

/// How the schema stands.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn schema(db: &Db) -> Result<Schema> {
    #[derive(FromQueryResult)]
    struct Tables {
        count: i64,
    }
    let sql = if db.is_postgres() {
        "SELECT COUNT(*) AS count FROM pg_tables WHERE tablename = 'seaql_migrations' AND schemaname = ANY (current_schemas(false))"
    } else {
        "SELECT COUNT(*) AS count FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
    };
    if row::<Tables>(db.read(), sql, []).await?.is_none_or(|tables| tables.count == 0) {
        return Ok(Schema::Empty);
    }
    Ok(match db.pending_migration_count().await? {
        0 => Schema::UpToDate,
        pending => Schema::Behind(pending),
    })
}

/// How a database is.
#[derive(Clone, Debug)]
pub struct DatabaseState {
    /// E.g. `PostgreSQL 15.18`.
    pub version: String,
    /// Why nothing can be written; None: it can.
    pub read_only_because: Option<String>,
    /// What SQLite finds wrong with its file; empty where all is well. PostgreSQL is not asked.
    pub damage: Vec<String>,
}

/// Asks a database how it is. On SQLite the whole file is read.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn database(db: &Db) -> Result<DatabaseState> {
    #[derive(FromQueryResult)]
    struct Text {
        text: String,
    }
    #[derive(FromQueryResult)]
    struct Check {
        quick_check: String,
    }
    let sql = if db.is_postgres() {
        "SELECT 'PostgreSQL ' || current_setting('server_version') AS text"
    } else {
        "SELECT 'SQLite ' || sqlite_version() AS text"
    };
    let version = row::<Text>(db.read(), sql, []).await?.map_or_else(String::new, |row| row.text);
    let mut damage = Vec::new();
    if !db.is_postgres() {
        let found: Vec<Check> = crate::db::rows(db.read(), "PRAGMA quick_check(20)", []).await?;
        damage.extend(found.into_iter().map(|row| row.quick_check).filter(|text| text != "ok"));
    }
    Ok(DatabaseState { version, damage, read_only_because: read_only_because(db).await? })
}

async fn read_only_because(db: &Db) -> Result<Option<String>> {
    // Written to a table that nobody reads for it, and rolled back: only that shows it.
    let tried = async {
        let tx = db.begin().await?;
        tx.execute_unprepared("UPDATE runs SET event_seq = event_seq WHERE 1 = 0").await?;
        tx.rollback().await?;
        Ok::<_, Error>(())
    };
    match tried.await {
        Ok(()) => Ok(None),
        Err(Error::Unavailable(why)) => Ok(Some(why)),
        Err(error) => Err(error),
    }
}
