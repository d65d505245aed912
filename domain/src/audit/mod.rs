//! Whether what is stored agrees with itself, and putting right what can be counted anew.

mod attention;
mod counts;
mod database;
mod repair;
mod rows;

use crate::{budget, db::Db, error::Result, gate, judging};

pub use attention::attention;
pub use database::{DatabaseState, Schema, database, schema};
pub use repair::{Repaired, repair};

/// Compares every counter with a count over what it counts: those of the runs' models with their
/// probes and turns, the numbers of events with the events, budgets with what was held and paid;
/// and the status of runs and probes with what belongs to it. Returns what disagrees, in words;
/// nothing when all is well. Reads everything there is.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn counters(db: &Db) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for wrong in counts::wrong_models(db.read(), None).await? {
        faults.push(wrong.to_string());
    }
    for wrong in counts::wrong_events(db.read(), None).await? {
        faults.push(wrong.to_string());
    }
    faults.extend(rows::disagreements(db).await?);
    faults.extend(budget::disagreements(db).await?);
    faults.extend(gate::disagreements(db).await?);
    faults.extend(judging::disagreements(db).await?);
    Ok(faults)
}
