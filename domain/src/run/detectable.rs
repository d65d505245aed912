//! How small a difference between two models a run would find.

use std::collections::HashMap;

use entity::run;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::combination_of;
use crate::{
    db::{Db, rows},
    definition::{DecisionSpec, DefinitionContent, from_stored},
    error::{Error, Result},
    lookup,
    stats::{self, DEFAULT_ALPHA, DEFAULT_POWER, Method, detectable_difference},
};

/// What is assumed; None: the default, or for `sd` what earlier runs showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumption {
    /// Standard deviation of the scenarios' differences, in the unit of the decisions; at least 0.
    pub sd: Option<f64>,
    /// Chance of finding the difference; 0.8.
    pub power: Option<f64>,
    /// Two-sided significance level; 0.05.
    pub alpha: Option<f64>,
}

/// Where the standard deviation comes from.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum SdSource {
    /// An earlier run of the definition, between its models.
    Measured(Uuid),
    /// An earlier run of one model: of its scenarios' means, as if another's were unrelated.
    MeasuredOfOne(Uuid),
    /// Whoever asked.
    Stated,
    /// Nobody: a usual spread is assumed.
    Assumed,
}

/// The smallest difference that a run would find.
#[derive(Clone, Debug, PartialEq)]
pub struct Detectable {
    /// Scenarios, each asked of both models.
    pub pairs: u64,
    /// In the unit of the decisions; None with fewer than two scenarios.
    pub difference: Option<f64>,
    /// In standard deviations of the differences; None with fewer than two scenarios.
    pub effect_size: Option<f64>,
    /// Standard deviation of the differences.
    pub sd: f64,
    /// Where that comes from.
    pub sd_source: SdSource,
    /// True: a share of answers (0 to 1); false: points of the decisions' numbers.
    pub is_share: bool,
    /// Two-sided significance level.
    pub alpha: f64,
    /// Chance of finding it.
    pub power: f64,
    /// How it was computed.
    pub method: Method,
}

/// Runs that are looked at for one that says how decisions spread.
const RUNS_LOOKED_AT: u64 = 5;
/// Places of a run that are read, from its start: enough to know a spread, whatever the run's size.
const PLACES_READ: i64 = 20_000;
/// Fewer shared scenarios say little about a spread.
const SHARED_LEAST: usize = 10;

impl Detectable {
    /// The finding as a sentence.
    pub fn sentence(&self) -> String {
        let unit = if self.is_share { "of the answers" } else { "in the decisions' numbers" };
        let source = match self.sd_source {
            SdSource::Measured(_) => "as an earlier run showed",
            SdSource::MeasuredOfOne(_) => "as an earlier run of one model suggests",
            SdSource::Stated => "as you stated",
            SdSource::Assumed => "assumed, for want of earlier runs",
        };
        let Some(difference) = self.difference else {
            return format!(
                "{} scenario(s) are too few to compare models; at least two are needed.",
                self.pairs
            );
        };
        let shown = match self.is_share {
            true => format!("{:.1} %", difference * 100.0),
            false => format!("{difference:.3}"),
        };
        format!(
            "Between two models a difference of {shown} {unit} or more is found in {:.0} % of such runs (n = {} \
             scenarios, two-sided level {}, standard deviation of the differences {:.3}, {source}).",
            self.power * 100.0,
            self.pairs,
            self.alpha,
            self.sd
        )
    }
}

/// The smallest difference that `pairs` scenarios would show; None where decisions are no numbers and
/// nothing says which are right.
///
/// # Errors
/// `Invalid` for an assumption that is none, `Unavailable` or `Database`.
pub(super) async fn find(
    db: &Db,
    definition_id: Uuid,
    content: &DefinitionContent,
    pairs: u64,
    assumed: &Assumption,
) -> Result<Option<Detectable>> {
    if content.decision == DecisionSpec::FreeText && !has_targets(content) {
        return Ok(None);
    }
    let spread = spread(content);
    let (sd, sd_source) = match assumed.sd {
        Some(sd) if sd.is_finite() && sd >= 0.0 => (sd, SdSource::Stated),
        Some(_) => return Err(Error::invalid("assumption.sd", "A standard deviation is a number from 0.")),
        None => match measured(db, definition_id, content).await? {
            Some(found) => found,
            // Of the difference of two unrelated answers.
            None => (spread.sd * 2_f64.sqrt(), SdSource::Assumed),
        },
    };
    let alpha = assumed.alpha.unwrap_or(DEFAULT_ALPHA);
    let power = assumed.power.unwrap_or(DEFAULT_POWER);
    let found = detectable_difference(pairs, sd, alpha, power).map_err(|error| {
        Error::invalid("assumption", format!("{error}. Usual are power 0.8 and alpha 0.05."))
    })?;
    Ok(Some(Detectable {
        pairs,
        difference: found.difference,
        effect_size: found.effect_size,
        sd,
        sd_source,
        is_share: spread.is_share,
        alpha,
        power,
        method: found.method,
    }))
}

/// As `find`, for a run that was made: what its scenarios would show.
///
/// # Errors
/// As `find`.
pub async fn detectable_of(db: &Db, run: &run::Model, assumed: &Assumption) -> Result<Option<Detectable>> {
    let Some(definition_id) = run.definition_id else { return Ok(None) };
    let content = super::frozen::content_of(db, run.definition_version_id).await?;
    find(db, definition_id, &content, run.scenario_count.unsigned_abs(), assumed).await
}

/// How one answer is assumed to spread.
struct Spread {
    sd: f64,
    is_share: bool,
}

/// Half of the range where there are two numbers (at its widest, half of the answers each), a quarter of
/// it on a longer scale.
fn spread(content: &DefinitionContent) -> Spread {
    let mut numbers: Vec<f64> = match &content.decision {
        DecisionSpec::Scale { points } => points.iter().map(|point| point.value as f64).collect(),
        DecisionSpec::Choice { choices } if !has_targets(content) => {
            choices.iter().filter_map(|choice| choice.score).collect()
        }
        _ => Vec::new(),
    };
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    match numbers[..] {
        [low, high] => Spread { sd: (high - low) / 2.0, is_share: false },
        [low, .., high] => Spread { sd: (high - low) / 4.0, is_share: false },
        _ => Spread { sd: 0.5, is_share: true },
    }
}

fn has_targets(content: &DefinitionContent) -> bool {
    let listed = content.scenarios.iter().any(|scenario| scenario.target.is_some());
    listed || content.dimensions.iter().flat_map(|of| &of.levels).any(|level| level.target.is_some())
}

/// The spread that the latest run with the same decisions shows.
async fn measured(
    db: &Db,
    definition_id: Uuid,
    content: &DefinitionContent,
) -> Result<Option<(f64, SdSource)>> {
    let found = run::Entity::find()
        .filter(run::Column::DefinitionId.eq(definition_id))
        .filter(run::Column::CompletedAt.is_not_null())
        .filter(run::Column::ScenarioCount.gte(SHARED_LEAST as i64))
        .order_by_desc(run::Column::CreatedAt)
        .limit(RUNS_LOOKED_AT)
        .all(db.read())
        .await?;
    let versions: Vec<Uuid> = found.iter().filter_map(|run| run.definition_version_id).collect();
    let versions = lookup::versions(db, &versions).await?;
    for run in found {
        let version = run.definition_version_id.and_then(|id| versions.get(&id)).cloned();
        let same = version.map(|version| from_stored(version.content)).transpose()?;
        if !same
            .is_some_and(|old| old.decision == content.decision && has_targets(&old) == has_targets(content))
        {
            continue;
        }
        if let Some((sd, models)) = spread_of(db, run.id).await? {
            let source =
                if models > 1 { SdSource::Measured(run.id) } else { SdSource::MeasuredOfOne(run.id) };
            return Ok(Some((sd, source)));
        }
    }
    Ok(None)
}

/// The standard deviation of the differences of a run's models, pooled over its pairs of models, and how
/// many models there are; None: it says nothing.
async fn spread_of(db: &Db, run_id: Uuid) -> Result<Option<(f64, usize)>> {
    #[derive(FromQueryResult)]
    struct Mean {
        run_model_id: Uuid,
        scenario_id: Uuid,
        mean: f64,
    }
    let sql = "SELECT t.run_model_id, t.scenario_id, AVG(d.score) AS mean
        FROM transcripts AS t JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
        WHERE t.run_id = $1 AND t.seq < $2 AND t.is_complete AND d.score IS NOT NULL
        GROUP BY t.run_model_id, t.scenario_id";
    let found: Vec<Mean> = rows(db.read(), sql, [run_id.into(), PLACES_READ.into()]).await?;
    let mut models: HashMap<Uuid, HashMap<u64, f64>> = HashMap::new();
    for row in found {
        models.entry(row.run_model_id).or_default().insert(combination_of(row.scenario_id), row.mean);
    }
    let mut models: Vec<_> = models.into_iter().collect();
    models.sort_by_key(|(id, _)| *id);
    let mut variances = Vec::new();
    for (place, (_, one)) in models.iter().enumerate() {
        for (_, other) in models.iter().skip(place + 1) {
            let shared = one.iter().filter_map(|(scenario, mean)| Some(other.get(scenario)? - mean));
            variances.extend(variance(shared.collect()));
        }
    }
    if let [(_, only)] = &models[..] {
        variances.extend(variance(only.values().copied().collect()).map(|of_one| 2.0 * of_one));
    }
    let pooled = (variances.iter().sum::<f64>() / variances.len().max(1) as f64).sqrt();
    // Models that all answered alike say nothing about others.
    Ok((pooled > 0.0).then_some((pooled, models.len())))
}

/// None: too few values.
fn variance(mut values: Vec<f64>) -> Option<f64> {
    if values.len() < SHARED_LEAST {
        return None;
    }
    // The order of a hash map must not show in the last digits.
    values.sort_by(f64::total_cmp);
    let clusters: Vec<(u64, f64)> = (0..).zip(values).collect();
    stats::mean_clustered(&clusters, 0.95).ok()?.sd.map(|sd| sd * sd)
}
