//! What transcripts decided.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::decision;
use uuid::Uuid;

use super::{
    access::rows,
    ai_call::AiCall,
    loaders::{AiCallKey, TurnsOf},
    user::{User, user_of},
    words::DecisionStatus,
};

/// One reading of a transcript: what it decided, and how that was read.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Decision {
    /// The decision's id.
    id: ID,
    /// 1, 2, 3 … per transcript, in the order in which it was read.
    revision: i32,
    /// True where it counts: in findings, counters and exports. One of a transcript's does.
    is_in_force: bool,
    /// Whether one was found.
    status: DecisionStatus,
    /// The scale's point or the choice's name; null where none was found.
    value: Option<String>,
    /// The number statistics are made of; null where it has none.
    score: Option<f64>,
    /// Who read it: `deterministic`, `judge` or `manual`.
    reader: String,
    /// In which version: another one may read differently.
    reader_version: String,
    /// By which of the reader's rules.
    rule: Option<String>,
    /// Why nothing could be read, or why somebody decided so by hand; null where a reader found it.
    reason: Option<String>,
    /// In which turn it was found, from 0.
    turn_index: Option<i32>,
    /// When it was read.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    quote: Option<(i32, i32)>,
    #[graphql(skip)]
    probe_id: Uuid,
    #[graphql(skip)]
    decided_by: Option<Uuid>,
    #[graphql(skip)]
    ai_call_id: Option<Uuid>,
}

#[ComplexObject]
impl Decision {
    /// The words of the answer that it was read from; null where nothing was read.
    async fn quote(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let (Some(index), Some((start, end))) = (self.turn_index, self.quote) else { return Ok(None) };
        let turns = rows(ctx).load_one(TurnsOf(self.probe_id)).await?.unwrap_or_default();
        let span = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
        let turn = turns.iter().find(|turn| turn.turn_index == index);
        Ok(turn.and_then(|turn| turn.answer.get(span)).map(str::to_owned))
    }

    /// The call in which a judge read it; null where no judge did.
    async fn ai_call(&self, ctx: &Context<'_>) -> Result<Option<AiCall>> {
        let Some(id) = self.ai_call_id else { return Ok(None) };
        Ok(rows(ctx).load_one(AiCallKey(id)).await?.map(AiCall::from))
    }

    /// Who decided by hand, or approved what a judge read; null where a reader did alone.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.decided_by {
            Some(id) => Ok(Some(user_of(ctx, id).await?)),
            None => Ok(None),
        }
    }
}

impl Decision {
    /// The reading of a transcript of this probe.
    pub(crate) fn of(row: decision::Model, probe_id: Uuid) -> Self {
        Self {
            id: row.id.into(),
            revision: row.revision,
            is_in_force: row.is_in_force,
            status: row.status.into(),
            value: row.value,
            score: row.score,
            reader: row.reader,
            reader_version: row.reader_version,
            rule: row.rule,
            reason: row.reason,
            turn_index: row.turn_index,
            created_at: row.created_at,
            quote: row.quote_start.zip(row.quote_end),
            probe_id,
            decided_by: row.decided_by,
            ai_call_id: row.ai_call_id,
        }
    }
}
