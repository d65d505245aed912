//! The frozen runs of probes in flight, read once each.

use std::{collections::HashMap, sync::Arc};

use domain::{Result, db::Db, run::FrozenRun};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// Runs kept at once; the oldest makes room. A worker rarely serves more than a few.
const KEPT_MAX: usize = 64;

type Slot = Arc<OnceCell<Arc<FrozenRun>>>;

/// Reads each run once, however many of its probes ask at the same time.
#[derive(Clone)]
pub(crate) struct RunCache {
    db: Db,
    slots: Arc<Mutex<HashMap<Uuid, Slot>>>,
}

impl RunCache {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, slots: Arc::default() }
    }

    pub(crate) async fn get(&self, run_id: Uuid) -> Result<Arc<FrozenRun>> {
        let slot = {
            let mut slots = self.slots.lock().await;
            if !slots.contains_key(&run_id) && slots.len() >= KEPT_MAX {
                // v7 ids sort by age.
                let oldest = slots.keys().min().copied();
                oldest.and_then(|id| slots.remove(&id));
            }
            slots.entry(run_id).or_default().clone()
        };
        slot.get_or_try_init(|| async { FrozenRun::load(&self.db, run_id).await.map(Arc::new) })
            .await
            .cloned()
    }
}
