//! Whether runs and their gates agree.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    db::{Db, rows},
    error::Result,
};

/// Compares what runs say of their gate with the gates. Returns what disagrees, in words.
pub(crate) async fn disagreements(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT runs.id FROM runs LEFT JOIN gates ON gates.run_id = runs.id AND gates.state = 'open' AND gates.kind <> 'judge'
        WHERE (runs.status = 'awaiting_approval') <> (gates.id IS NOT NULL)
           OR (runs.gate_actions IS NOT NULL) <> (gates.id IS NOT NULL)";
    let wrong: Vec<Id> = rows(db.read(), sql, []).await?;
    Ok(wrong.into_iter().map(|Id { id }| format!("run {id}: its status and its gates disagree")).collect())
}
