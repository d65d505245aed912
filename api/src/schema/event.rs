//! A run's history.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::run_event;
use serde_json::Value;
use uuid::Uuid;

use super::{
    connection::connection,
    user::{User, user_of},
};

/// One line of a run's append-only history.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct RunEvent {
    /// 1, 2, 3 … within the run, without a gap.
    seq: i64,
    /// What happened, e.g. `run.paused`.
    kind: String,
    /// What there is to say beside the kind.
    payload: Value,
    /// When it happened.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    actor_id: Option<Uuid>,
}

#[ComplexObject]
impl RunEvent {
    /// Who did it; null where Probity did.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.actor_id {
            Some(id) => Ok(Some(user_of(ctx, id).await?)),
            None => Ok(None),
        }
    }
}

impl From<run_event::Model> for RunEvent {
    fn from(row: run_event::Model) -> Self {
        Self {
            seq: row.seq,
            kind: row.kind,
            payload: row.payload,
            created_at: row.created_at,
            actor_id: row.actor_id,
        }
    }
}

connection! {
    /// A page of a run's events, oldest first.
    RunEventConnection,
    /// An event with its place in the list.
    RunEventEdge of RunEvent
}
