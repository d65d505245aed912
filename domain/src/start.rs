//! What every process does with the database before it serves or works.

use crate::{config::Config, db::Db, error::Result, registry};

/// Opens the configured database, brings its schema up to date and writes the configured
/// providers and models into it. Safe when several processes start at once.
///
/// # Errors
/// `Unavailable` where the database cannot be reached, `Database` where a migration fails.
pub async fn open(config: &Config) -> Result<Db> {
    let db = Db::connect_with(&config.database_url()?, config.db_options()).await?;
    db.migrate().await?;
    registry::sync(&db, config).await?;
    Ok(db)
}
