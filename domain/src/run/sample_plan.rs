//! Which scenarios a run asks: all, a seeded share, or a fraction from which main effects can be
//! estimated.

use std::collections::HashMap;

use entity::{DesignKind, SamplePlan, run, run_design};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::NewRun;
use crate::{
    db::Db,
    definition::{Expansion, LevelSpace},
    error::{Error, Fault, Result},
    sampling::{self, SplitMix64},
    stats::{self, StatsError, fractional_design},
};

/// The most scenarios of a fraction: as large a random sample is nearly as good.
const SCENARIOS_MAX: u64 = 20_000;
/// Scenarios × effects²: what a pass of a search costs.
const WORK_MAX: u64 = 20_000_000;
/// Sizes that are tried where the least that could do does not.
const SIZES_TRIED: u64 = 12;

/// The fraction of the scenarios that a run asks.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleDesign {
    /// Its scenarios, ascending.
    pub combinations: Vec<u64>,
    /// How it was found.
    pub kind: DesignKind,
    /// |XᵀX|^(1/p) / n in (0, 1]: 1 is balanced and orthogonal.
    pub d_efficiency: f64,
    /// Effects that can be estimated, the constant included: the least scenarios.
    pub parameter_count: u64,
    /// The nearest larger size with an orthogonal array; None: none is known.
    pub next_orthogonal_size: Option<u64>,
    /// How it was computed: a name for people.
    pub method: String,
    /// The method's version.
    pub method_version: u32,
    /// What its maker should know.
    pub warnings: Vec<String>,
}

/// The plan of what is asked; where none is named, the share says it.
pub(super) fn plan_of(new: &NewRun) -> SamplePlan {
    let by_share = if new.sample_percentage < 100.0 { SamplePlan::Random } else { SamplePlan::Full };
    new.sample_plan.unwrap_or(by_share)
}

/// What is wrong with how the sample is asked for.
pub(super) fn faults(new: &NewRun) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut refuse = |path: &str, message: &str| {
        if let Error::Invalid(found) = Error::invalid(path, message) {
            faults.extend(found);
        }
    };
    let plan = plan_of(new);
    if plan != SamplePlan::Random && new.sample_percentage < 100.0 {
        let message = "A share goes with the sample plan RANDOM; for FRACTIONAL give sampleScenarios, for FULL neither.";
        refuse("samplePercentage", message);
    }
    if plan != SamplePlan::Fractional && new.sample_scenarios.is_some() {
        let message =
            "A number of scenarios goes with the sample plan FRACTIONAL; for RANDOM give samplePercentage.";
        refuse("sampleScenarios", message);
    }
    if plan == SamplePlan::Fractional && new.is_test {
        refuse("samplePlan", "A test run has one scenario; make it without a sample plan.");
    }
    faults
}

/// Picks the fraction: levels by a design, each level's wordings in turn. The same arguments give the
/// same scenarios. `size`: how many; None: the least from which main effects can be estimated.
///
/// # Errors
/// `Invalid` where there can be no such fraction, with what to do instead.
pub(super) fn design(expansion: &Expansion, size: Option<u64>, seed: u32) -> Result<SampleDesign> {
    let Some(space) = LevelSpace::of(expansion) else {
        return Err(Error::invalid(
            "samplePlan",
            "This definition has no dimensions, so there are no effects to estimate; take FULL, or RANDOM with a share.",
        ));
    };
    let counts: Vec<u32> = space.level_counts().into_iter().filter(|count| *count > 1).collect();
    if counts.is_empty() {
        return Err(Error::invalid(
            "samplePlan",
            "No dimension has two levels, so there are no effects to estimate; take FULL, or RANDOM with a share.",
        ));
    }
    let parameters = 1 + counts.iter().map(|count| u64::from(*count) - 1).sum::<u64>();
    let wanted = size.unwrap_or(parameters);
    let allowed = space.allowed_count();
    let path = "sampleScenarios";
    if wanted > allowed {
        return Err(Error::invalid(
            path,
            format!(
                "There are {allowed} combinations of levels, and {wanted} scenarios were asked for; ask for fewer, or \
                 take FULL, which asks every wording too."
            ),
        ));
    }
    let work = parameters.saturating_mul(parameters).saturating_mul(wanted);
    if wanted > SCENARIOS_MAX || work > WORK_MAX {
        let most = SCENARIOS_MAX.min(WORK_MAX / (parameters * parameters));
        return Err(Error::invalid(
            path,
            format!(
                "A fraction of {wanted} scenarios with {parameters} effects takes too long to find (at most {most}); \
                 take RANDOM: so large a sample is nearly as good."
            ),
        ));
    }
    let tried = if size.is_some() { wanted..=wanted } else { wanted..=allowed.min(wanted + SIZES_TRIED) };
    let mut found = Err(StatsError::NotConverged("the design"));
    for size in tried {
        // Dimensions of one level do not move positions, so these are the positions of all levels.
        found = fractional_design(&counts, size, seed.into(), |position| space.allows(position));
        if found.is_ok() {
            break;
        }
    }
    let found = found.map_err(|error| {
        Error::invalid("samplePlan", format!("No fraction can be made: {error}. FULL or RANDOM can be run."))
    })?;
    let mut warnings: Vec<String> = found.warnings.into_iter().map(|warning| warning.message).collect();
    if found.rows.len() as u64 == parameters {
        warnings.push(format!(
            "As many scenarios as effects ({parameters}) leave nothing to tell errors from: the effects are estimated, \
             their intervals are not. Ask for more scenarios{}.",
            found.next_orthogonal_size.map(|size| format!(", e.g. {size}")).unwrap_or_default()
        ));
    }
    Ok(SampleDesign {
        combinations: worded(&space, &found.rows, seed),
        kind: match found.kind {
            stats::DesignKind::Full => DesignKind::Full,
            stats::DesignKind::OrthogonalArray => DesignKind::OrthogonalArray,
            stats::DesignKind::DOptimal => DesignKind::DOptimal,
        },
        d_efficiency: found.d_efficiency,
        parameter_count: found.parameters,
        next_orthogonal_size: found.next_orthogonal_size,
        method: found.method.name,
        method_version: found.method.version,
        warnings,
    })
}

/// The scenarios of these combinations of levels: the wordings of a level take turns, in an order that
/// the seed says, so that each is asked equally often, give or take one.
fn worded(space: &LevelSpace, rows: &[u64], seed: u32) -> Vec<u64> {
    let mut chosen: Vec<Vec<(u32, u32)>> =
        rows.iter().map(|row| space.levels_at(*row).into_iter().map(|level| (level, 0)).collect()).collect();
    for (dimension, count) in space.level_counts().into_iter().enumerate() {
        for level in 0..count {
            let wordings = space.wording_count(dimension, level);
            if wordings < 2 {
                continue;
            }
            let round = ((dimension as u64) << 32) | u64::from(level);
            let mut generator = SplitMix64::of_round(seed.into(), round);
            let of_level = |row: &&mut Vec<(u32, u32)>| row.get(dimension).is_some_and(|of| of.0 == level);
            let mut places: Vec<&mut (u32, u32)> =
                chosen.iter_mut().filter(of_level).filter_map(|row| row.get_mut(dimension)).collect();
            // Which rows get which wording must not go with their order.
            for step in 0..places.len() {
                let other = step + generator.below((places.len() - step) as u64) as usize;
                places.swap(step, other);
            }
            let first = generator.below(wordings.into());
            for (place, turn) in places.into_iter().zip(first..) {
                place.1 = u32::try_from(turn % u64::from(wordings)).unwrap_or(0);
            }
        }
    }
    let mut combinations: Vec<u64> = chosen.iter().map(|row| space.combination_of(row)).collect();
    combinations.sort_unstable();
    combinations
}

/// The combinations of a run, in their order, found as they are asked for.
pub(super) fn combinations<'a>(
    expansion: &'a Expansion,
    run: &run::Model,
    design: Option<&'a [u64]>,
) -> Box<dyn Iterator<Item = u64> + 'a> {
    let (count, total) = (run.scenario_count.unsigned_abs(), expansion.scenario_count());
    match design {
        Some(rows) => Box::new(rows.iter().copied()),
        None if count == total => Box::new(expansion.iter()),
        None => {
            // Positions are ascending, so one walk over the scenarios meets them all.
            let positions = sampling::sample(total, count, run.sample_seed.unsigned_abs());
            let mut wanted = positions.into_iter().peekable();
            let met = (0..).zip(expansion.iter());
            Box::new(
                met.filter_map(move |(position, combination)| {
                    wanted.next_if_eq(&position).map(|_| combination)
                }),
            )
        }
    }
}

/// Keeps a design with its run, in the transaction that makes it.
pub(super) async fn insert(tx: &DatabaseTransaction, run_id: Uuid, design: &SampleDesign) -> Result<()> {
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    run_design::ActiveModel {
        run_id: Set(run_id),
        kind: Set(design.kind),
        d_efficiency: Set(design.d_efficiency),
        parameter_count: Set(signed(design.parameter_count)),
        next_orthogonal_size: Set(design.next_orthogonal_size.map(signed)),
        method: Set(design.method.clone()),
        method_version: Set(i32::try_from(design.method_version).unwrap_or(i32::MAX)),
        combinations: Set(json!(design.combinations)),
    }
    .insert(tx)
    .await?;
    Ok(())
}

/// The frozen fraction of a run; None: it asks all scenarios, or a share of them.
///
/// # Errors
/// `Unavailable`, `Database`, or `Internal` where it is missing or cannot be read.
pub(super) async fn stored(db: &Db, run: &run::Model) -> Result<Option<Vec<u64>>> {
    if run.sample_plan != SamplePlan::Fractional {
        return Ok(None);
    }
    let row = run_design::Entity::find_by_id(run.id).one(db.read()).await?;
    let rows = row.and_then(|row| serde_json::from_value(row.combinations).ok());
    rows.map(Some).ok_or_else(|| Error::Internal(format!("run {} has lost its design", run.id)))
}

/// The frozen fractions of several runs, for those that have one.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn designs_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, run_design::Model>> {
    let wanted = run_design::Column::RunId.is_in(run_ids.iter().copied());
    let found = run_design::Entity::find().filter(wanted).all(db.read()).await?;
    Ok(found.into_iter().map(|row| (row.run_id, row)).collect())
}

#[cfg(test)]
#[path = "sample_plan_tests.rs"]
mod tests;
