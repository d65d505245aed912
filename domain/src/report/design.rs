//! What a report says of the fraction of the scenarios that a run asks.

use serde::Serialize;
use uuid::Uuid;

use crate::{db::Db, error::Result, run::designs_of};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DesignPart {
    /// `full`, `orthogonal_array` or `d_optimal`.
    pub(crate) kind: &'static str,
    pub(crate) d_efficiency: f64,
    /// Effects that can be estimated, the constant included.
    pub(crate) effects: i64,
    pub(crate) method: String,
    pub(crate) method_version: i32,
}

/// None: the run asks all scenarios, or a random share.
pub(super) async fn of(db: &Db, run_id: Uuid) -> Result<Option<DesignPart>> {
    Ok(designs_of(db, &[run_id]).await?.remove(&run_id).map(|row| DesignPart {
        kind: row.kind.as_str(),
        d_efficiency: row.d_efficiency,
        effects: row.parameter_count,
        method: row.method,
        method_version: row.method_version,
    }))
}
