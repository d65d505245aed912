//! Which model judges a run.

use entity::run_judge;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::PROMPT_VERSION;
use crate::{
    auth::Actor,
    db::now,
    error::Result,
    run::{Chosen, ModelChoice},
};

/// A judge as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJudge {
    /// The model.
    pub model: ModelChoice,
    /// The most calls, repairs and repetitions among them, from 1; None: as many as are needed.
    pub calls_max: Option<u32>,
}

/// Sets a run's judge, in the transaction that asks for it. `is_reopened`: nothing of the run was
/// unreadable before.
pub(crate) async fn insert(
    tx: &impl ConnectionTrait,
    run_id: Uuid,
    actor: &Actor,
    chosen: &Chosen,
    calls_max: Option<u32>,
    is_reopened: bool,
) -> Result<run_judge::Model> {
    let before = of_run(tx, run_id).await?;
    let row = run_judge::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run_id),
        attempt: Set(before.map_or(0, |row| row.attempt) + 1),
        provider_id: Set(chosen.model.provider_id.clone()),
        model_id: Set(chosen.model.id.clone()),
        model_version: Set(chosen.version.clone()),
        wire_model: Set(chosen.version.clone().unwrap_or_else(|| chosen.model.id.clone())),
        calls_max: Set(calls_max.map(i64::from)),
        prompt_version: Set(PROMPT_VERSION.into()),
        requested_by: Set(actor.id),
        created_at: Set(now()),
        is_reopened: Set(is_reopened),
        reopened_seq: Set(-1),
        stopped_at: Set(None),
        stop_category: Set(None),
        stop_message: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// The judge of a run that counts; None: it has none.
pub(crate) async fn of_run(
    connection: &impl ConnectionTrait,
    run_id: Uuid,
) -> Result<Option<run_judge::Model>> {
    Ok(run_judge::Entity::find()
        .filter(run_judge::Column::RunId.eq(run_id))
        .order_by_desc(run_judge::Column::Attempt)
        .one(connection)
        .await?)
}
