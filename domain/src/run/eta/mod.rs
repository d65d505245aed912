//! When a run will probably be over: a range, from what this run has shown lately and the limits
//! in force.
//!
//! The arithmetic is pure (`forecast`). What it needs are counters and a bounded look at the
//! latest tries, so that its cost is the same for ten probes and for a million.

mod facts;
mod forecast;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

pub use forecast::{Basis, Forecast, forecast};

use crate::{
    config::Config,
    db::{Db, now},
    error::Result,
    traffic,
    waiting::{Reason, Scene},
};

/// Tries of each model that are looked at.
const TRIES_MAX: u64 = 200;

/// When a run will probably be over.
#[derive(Clone, Debug, PartialEq)]
pub enum Eta {
    /// Probably then.
    Known {
        /// Where nothing gets in the way.
        low: DateTime<Utc>,
        /// As things go now.
        expected: DateTime<Utc>,
        /// Where it goes slower than it went.
        high: DateTime<Utc>,
        /// What it is made of.
        basis: Basis,
    },
    /// Nobody can say: time alone does not end it.
    Unknown(Reason),
}

impl Eta {
    /// How long from now, at best and at worst; None: nobody can say.
    pub fn left(&self) -> Option<(Duration, Duration)> {
        let Self::Known { low, high, .. } = self else { return None };
        let from_now = |at: &DateTime<Utc>| (*at - now()).to_std().unwrap_or_default();
        Some((from_now(low), from_now(high)))
    }
}

/// When runs will probably be over, by run; those that are over are left out. A fixed number of
/// statements for up to 250 models together.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn etas_of(db: &Db, config: &Config, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Eta>> {
    let scene = Scene::of_runs(db, config.beat(), run_ids).await?;
    let open = scene.models.iter().filter(|model| model.open_count > 0 && !model.status.is_terminal());
    let mut runs: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
    for model in open {
        runs.entry(model.run_id).or_default().push(model);
    }
    let model_ids: Vec<Uuid> = runs.values().flatten().map(|model| model.id).collect();
    let tries = traffic::latest(db, &model_ids, None, TRIES_MAX).await?;
    let at = now();
    let eta = |models: &[_]| match facts::stuck(&scene, models) {
        Some(reason) => Eta::Unknown(reason),
        None => {
            let Forecast { low, expected, high, basis } =
                forecast(&facts::facts(&scene, config, models, &tries, at));
            Eta::Known { low: later(at, low), expected: later(at, expected), high: later(at, high), basis }
        }
    };
    Ok(runs.into_iter().map(|(run_id, models)| (run_id, eta(&models))).collect())
}

fn later(at: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    let then = chrono::Duration::from_std(span).ok().and_then(|span| at.checked_add_signed(span));
    then.unwrap_or(at).trunc_subsecs(3)
}
