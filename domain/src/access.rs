//! When runs, transcripts and definitions were last looked at, written in batches so that
//! reads stay reads.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    db::{Db, execute, now, placeholders},
    error::Result,
};

/// What was looked at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Accessed {
    /// A run, by its page or an export.
    Run(Uuid),
    /// A transcript.
    Transcript(Uuid),
    /// A definition, when a run of it starts.
    Definition(Uuid),
}

/// Collects accesses until they are flushed. Clones share one collection.
#[derive(Clone, Debug, Default)]
pub struct AccessLog(Arc<Mutex<HashMap<Accessed, DateTime<Utc>>>>);

/// Rows of one statement.
const CHUNK: usize = 500;

impl AccessLog {
    /// Notes an access; cheap, and writes nothing.
    pub fn note(&self, accessed: Accessed) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(accessed, now());
    }

    /// Writes what has been noted. What cannot be written is kept for the next time.
    ///
    /// # Errors
    /// `Unavailable` or `Database`.
    pub async fn flush(&self, db: &Db) -> Result<()> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let written = write(db, &noted).await;
        if written.is_err() {
            let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (accessed, at) in noted {
                log.entry(accessed).or_insert(at);
            }
        }
        written
    }
}

async fn write(db: &Db, noted: &HashMap<Accessed, DateTime<Utc>>) -> Result<()> {
    let Some(latest) = noted.values().max() else { return Ok(()) };
    let (mut runs, mut transcripts, mut definitions) = (Vec::new(), Vec::new(), Vec::new());
    for accessed in noted.keys() {
        match accessed {
            Accessed::Run(id) => runs.push(*id),
            Accessed::Transcript(id) => transcripts.push(*id),
            Accessed::Definition(id) => definitions.push(*id),
        }
    }
    for (table, ids) in [("runs", runs), ("transcripts", transcripts), ("definitions", definitions)] {
        for ids in ids.chunks(CHUNK) {
            // One time for the whole batch: it is seconds wide, and nobody needs it finer.
            let sql = format!(
                "UPDATE {table} SET last_accessed_at = $1 WHERE id IN ({})",
                placeholders(2, ids.len())
            );
            let values = std::iter::once((*latest).into()).chain(ids.iter().map(|id| (*id).into()));
            execute(db.write(), sql, values).await?;
        }
    }
    Ok(())
}
