//! How often the values of a definition win, model by model.

use std::collections::{BTreeMap, HashMap};

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::outcome_of;
use crate::{
    db::{Db, placeholders, rows},
    error::{Error, Result},
    run::combination_of,
    stats::{StatsError, ValueOutcome, WinRate, win_rate},
};

/// The confidence of every interval here.
const CONFIDENCE: f64 = 0.95;

/// How often one value wins with one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueWinRate {
    /// The value's name.
    pub value: String,
    /// Transcripts that could have named it.
    pub transcripts: u64,
    /// prioritised / (prioritised + deprioritised + neutral) of those that name it.
    pub win_rate: WinRate,
}

/// One transcript that names a value.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedOutcome {
    /// The value's name.
    pub value: String,
    /// The scenario, as a number.
    pub scenario: u64,
    /// What came first.
    pub outcome: ValueOutcome,
}

/// The win rates of values among some transcripts (one model's), in the order of the names; values
/// that nobody names have no rate. `transcripts`: how many there are, named or not.
///
/// # Errors
/// None at the confidence used here.
pub fn win_rates(
    names: &[String],
    transcripts: u64,
    found: &[NamedOutcome],
) -> Result<Vec<ValueWinRate>, StatsError> {
    let mut by_value: BTreeMap<&str, Vec<(u64, ValueOutcome)>> = BTreeMap::new();
    for one in found {
        by_value.entry(one.value.as_str()).or_default().push((one.scenario, one.outcome));
    }
    let of_value = |name: &String| {
        let outcomes = by_value.remove(name.as_str()).unwrap_or_default();
        Ok(ValueWinRate { value: name.clone(), transcripts, win_rate: win_rate(&outcomes, CONFIDENCE)? })
    };
    names.iter().map(of_value).collect()
}

/// The win rates of several runs, by run and model of the run; runs whose definition has no values
/// are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, HashMap<Uuid, Vec<ValueWinRate>>>> {
    #[derive(FromQueryResult)]
    struct Answered {
        run_id: Uuid,
        run_model_id: Uuid,
        total: i64,
    }
    #[derive(FromQueryResult)]
    struct Found {
        run_model_id: Uuid,
        scenario_id: Uuid,
        value: String,
        outcome: entity::ValueOutcome,
    }
    let names = names_of_runs(db, run_ids).await?;
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = names.keys().copied().collect();
    let values = || ids.iter().map(|id| (*id).into());
    let sql = format!(
        "SELECT run_id, run_model_id, COUNT(*) AS total FROM transcripts
         WHERE run_id IN ({}) AND is_complete AND outcome = 'answered' GROUP BY run_id, run_model_id",
        placeholders(1, ids.len())
    );
    let answered: Vec<Answered> = rows(db.read(), sql, values()).await?;
    let sql = format!(
        "SELECT t.run_model_id, t.scenario_id, v.value, v.outcome
         FROM value_readings AS v JOIN transcripts AS t ON t.id = v.transcript_id
         WHERE v.run_id IN ({}) AND v.is_in_force AND v.outcome IS NOT NULL AND t.is_complete",
        placeholders(1, ids.len())
    );
    let mut of_model: HashMap<Uuid, Vec<NamedOutcome>> = HashMap::new();
    for row in rows::<Found>(db.read(), sql, values()).await? {
        of_model.entry(row.run_model_id).or_default().push(NamedOutcome {
            value: row.value,
            scenario: combination_of(row.scenario_id),
            outcome: outcome_of(row.outcome),
        });
    }
    let mut rates: HashMap<Uuid, HashMap<Uuid, Vec<ValueWinRate>>> = HashMap::new();
    for Answered { run_id, run_model_id, total } in answered {
        let Some(names) = names.get(&run_id) else { continue };
        let found = of_model.remove(&run_model_id).unwrap_or_default();
        let of_one = win_rates(names, total.unsigned_abs(), &found)
            .map_err(|error| Error::Internal(error.to_string()))?;
        rates.entry(run_id).or_default().insert(run_model_id, of_one);
    }
    Ok(rates)
}

/// The values of what runs asked, in their order; runs without any are left out.
async fn names_of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>> {
    let runs = crate::lookup::runs(db, run_ids).await?;
    let version_ids: Vec<Uuid> = runs.values().filter_map(|run| run.definition_version_id).collect();
    let versions = crate::lookup::versions(db, &version_ids).await?;
    let of_run = |run: &entity::run::Model| {
        let content = &versions.get(&run.definition_version_id?)?.content;
        let values = content.get("values")?.as_array()?;
        let names: Vec<String> =
            values.iter().filter_map(|value| value.get("name")?.as_str().map(str::to_owned)).collect();
        (!names.is_empty()).then_some((run.id, names))
    };
    Ok(runs.values().filter_map(of_run).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_wins_of_the_transcripts_that_name_it() {
        let one = |value: &str, scenario, outcome| NamedOutcome { value: value.into(), scenario, outcome };
        let found = [
            one("honesty", 1, ValueOutcome::Prioritised),
            one("honesty", 2, ValueOutcome::Neutral),
            one("honesty", 3, ValueOutcome::Deprioritised),
            one("honesty", 4, ValueOutcome::Prioritised),
        ];
        let names = ["loyalty".to_owned(), "honesty".to_owned()];
        let rates = win_rates(&names, 9, &found).unwrap();
        let seen: Vec<_> = rates
            .iter()
            .map(|rate| (rate.value.as_str(), rate.transcripts, rate.win_rate.rate.rate))
            .collect();
        assert_eq!(seen, [("loyalty", 9, None), ("honesty", 9, Some(0.5))]);
        assert!(rates[1].win_rate.rate.interval.is_some());
    }
}
