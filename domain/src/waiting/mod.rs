//! What waits, and why: one reason for a probe, for a model of a run, and for a run that stands
//! still as a whole.
//!
//! The precedence is pure (`reason`). What it needs to know is read in a fixed number of
//! statements, however many probes ask (`scene`), and put into words by `explain`.

mod explain;
mod reason;
mod scene;

use std::{collections::HashMap, time::Duration};

use entity::{QueueStatus, probe};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use reason::{Obstacle, Reason, WAIT_BRIEF, Waiting, WaitingKind, run_waits_because, waiting_because};
pub(crate) use scene::{LaneScene, ModelScene, Scene};

use crate::{db::Db, error::Result};

/// Why queued probes wait, by probe; those that are not queued are left out. `beat`: the time
/// between beats of workers.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_probes(db: &Db, beat: Duration, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, Reason>> {
    let queued = probe::Entity::find()
        .filter(probe::Column::Id.is_in(probe_ids.iter().copied()))
        .filter(probe::Column::Status.eq(QueueStatus::Queued))
        .all(db.read())
        .await?;
    if queued.is_empty() {
        return Ok(HashMap::new());
    }
    let mut models: Vec<Uuid> = queued.iter().map(|probe| probe.run_model_id).collect();
    models.sort_unstable();
    models.dedup();
    let scene = Scene::of_models(db, beat, &models).await?;
    let of = |probe: &probe::Model| Some((probe.id, scene.probe_waits_because(probe)?));
    Ok(queued.iter().filter_map(of).collect())
}

/// Why what is queued of models of runs waits, by model; those that have nothing queued, or that
/// nothing stands in the way of, are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_models(db: &Db, beat: Duration, run_model_ids: &[Uuid]) -> Result<HashMap<Uuid, Reason>> {
    let scene = Scene::of_models(db, beat, run_model_ids).await?;
    let of = |model: &ModelScene| Some((model.id, scene.model_waits_because(model)?));
    Ok(scene.models.iter().filter_map(of).collect())
}

/// Why runs stand still as a whole, by run; those that are over or that move are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, beat: Duration, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Reason>> {
    let scene = Scene::of_runs(db, beat, run_ids).await?;
    let of = |id: &Uuid| Some((*id, scene.run_waits_because(*id)?));
    Ok(run_ids.iter().filter_map(of).collect())
}
