//! What statistics need of a run, as columns: small values side by side instead of rows with their texts.

use std::collections::HashMap;

use entity::{run, run_model};
use futures::TryStreamExt;
use sea_orm::{DbErr, RuntimeErr};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    db::Db,
    definition::{DecisionSpec, DefinitionContent, Expansion, from_stored},
    error::{Error, Result},
    lookup,
    run::{self as runs, Ledger, combination_of, progress_of, sample_index_of},
    scoring,
};

/// A decision in force of a complete transcript.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Cell {
    /// The scenario, by its number among the definition's combinations.
    pub combination: u64,
    /// Which of the samples of that scenario, from 0.
    pub sample: u32,
    /// Into [`RunColumns::values`].
    pub value: u32,
    /// The decision's number; None where the definition gives it none.
    pub score: Option<f64>,
    /// The place of its probe in the run, by which its transcript is found.
    pub seq: i64,
}

/// What a scorer said of a complete transcript.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ScorerCell {
    /// The scenario, by its number among the definition's combinations.
    pub combination: u64,
    /// Which of the samples of that scenario, from 0.
    pub sample: u32,
    /// 1 = passed, 0 = not.
    pub value: f64,
}

/// One model of a run.
#[derive(Clone, Debug)]
pub struct ModelColumns {
    /// The model's row.
    pub row: run_model::Model,
    /// Its denominators.
    pub ledger: Ledger,
    /// Its decisions, by scenario and sample.
    pub cells: Vec<Cell>,
    /// What each scorer said, in the order of [`RunColumns::scorers`], by scenario and sample.
    pub scored: Vec<Vec<ScorerCell>>,
}

impl ModelColumns {
    /// Scenario and score of every decision that has one.
    pub fn scores(&self) -> impl Iterator<Item = (u64, f64)> {
        self.cells.iter().filter_map(|cell| Some((cell.combination, cell.score?)))
    }
}

/// A run as statistics need it; 40 bytes per decision.
#[derive(Debug)]
pub struct RunColumns {
    /// The run's row.
    pub run: run::Model,
    /// What was asked.
    pub content: DefinitionContent,
    /// Its scenarios: keys and levels of a combination.
    pub expansion: Expansion,
    /// In the order in which the run was asked for them.
    pub models: Vec<ModelColumns>,
    /// The different decisions: those of the definition in its order, also those that nobody made, then any
    /// others as they were met.
    pub values: Vec<String>,
    /// The names of the scorers, in their order.
    pub scorers: Vec<String>,
}

/// The kind of numbers that a run's decisions are.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum ScoreRange {
    /// Between these ends: a scale's, the scored choices', or 0 to 1 where there are right answers.
    Bounded {
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
    },
    /// No decision has a number.
    None,
}

impl RunColumns {
    /// Between which ends the decisions' scores lie.
    pub fn score_range(&self) -> ScoreRange {
        let found = self.models.iter().flat_map(ModelColumns::scores).map(|(_, score)| score);
        match range_of(&self.content.decision, found) {
            Some((low, high)) => ScoreRange::Bounded { low, high },
            None => ScoreRange::None,
        }
    }
}

/// The ends of a scale, the scored choices or 0 to 1 where there are right answers, with what was found
/// among them; None where nothing was.
pub(crate) fn range_of(decision: &DecisionSpec, mut found: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut own: Vec<f64> = match decision {
        DecisionSpec::Scale { points } => points.iter().map(|point| point.value as f64).collect(),
        DecisionSpec::Choice { choices } => choices.iter().filter_map(|choice| choice.score).collect(),
        DecisionSpec::FreeText => Vec::new(),
    };
    // Right or wrong, where the definition states no numbers of its own.
    if own.is_empty() {
        own.extend([0.0, 1.0]);
    }
    own.push(found.next()?);
    let ends = own.into_iter().chain(found);
    Some(
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), score| (low.min(score), high.max(score))),
    )
}

/// Loads what statistics need of a run, in a few statements that stream.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn load(db: &Db, run_id: Uuid) -> Result<RunColumns> {
    let run = runs::find(db, run_id).await?;
    let versions = lookup::versions(db, run.definition_version_id.as_slice()).await?;
    let version = versions.into_values().next();
    let version = version.ok_or_else(|| Error::not_found("definition version of run", run_id))?;
    let content = from_stored(version.content)?;
    let expansion = Expansion::new(&content)
        .map_err(|_| Error::Internal(format!("the definition of run {run_id} cannot be expanded")))?;
    let scorers = scoring::scorers_of_runs(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
    let progress = progress_of(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
    let models: Vec<ModelColumns> = progress
        .models
        .into_iter()
        .map(|model| ModelColumns {
            row: model.row,
            ledger: model.ledger,
            cells: Vec::new(),
            scored: vec![Vec::new(); scorers.len()],
        })
        .collect();
    let values = values_of(&content.decision);
    let mut columns = RunColumns { run, content, expansion, models, values, scorers };
    read_decisions(db, &mut columns).await?;
    if !columns.scorers.is_empty() {
        read_scores(db, &mut columns).await?;
    }
    for model in &mut columns.models {
        model.cells.sort_unstable_by_key(|cell| (cell.combination, cell.sample));
        for scored in &mut model.scored {
            scored.sort_unstable_by_key(|cell| (cell.combination, cell.sample));
        }
    }
    Ok(columns)
}

/// The decisions that a definition allows, as they are stored.
fn values_of(decision: &DecisionSpec) -> Vec<String> {
    match decision {
        DecisionSpec::Scale { points } => points.iter().map(|point| point.value.to_string()).collect(),
        DecisionSpec::Choice { choices } => choices.iter().map(|choice| choice.name.clone()).collect(),
        DecisionSpec::FreeText => Vec::new(),
    }
}

/// Calls back for each row of a statement whose only parameter is the run, on either database. Entities
/// and sea-orm's rows cost several times what reading does.
macro_rules! each_row {
    ($db:expr, $sql:expr, $run_id:expr, |$row:ident| $body:expr) => {
        if $db.is_postgres() {
            let mut found = sqlx::query($sql).bind($run_id).fetch($db.read().get_postgres_connection_pool());
            while let Some($row) = found.try_next().await.map_err(failed)? {
                $body
            }
        } else {
            let mut found = sqlx::query($sql).bind($run_id).fetch($db.read().get_sqlite_connection_pool());
            while let Some($row) = found.try_next().await.map_err(failed)? {
                $body
            }
        }
    };
}

fn failed(error: sqlx::Error) -> Error {
    DbErr::Query(RuntimeErr::SqlxError(error.into())).into()
}

async fn read_decisions(db: &Db, columns: &mut RunColumns) -> Result<()> {
    let places = places_of(columns);
    let mut known: HashMap<String, u32> = columns.values.iter().cloned().zip(0..).collect();
    let (run, models, values) = (&columns.run, &mut columns.models, &mut columns.values);
    let model_count = models.len();
    each_row!(
        db,
        "SELECT t.run_model_id, t.scenario_id, t.seq, d.value, d.score
         FROM transcripts AS t JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
         WHERE t.run_id = $1 AND t.is_complete AND d.status = 'decided'",
        run.id,
        |row| {
            let run_model_id: Uuid = row.try_get(0).map_err(failed)?;
            let scenario_id: Uuid = row.try_get(1).map_err(failed)?;
            let seq: i64 = row.try_get(2).map_err(failed)?;
            let value: &str = row.try_get(3).map_err(failed)?;
            let score: Option<f64> = row.try_get(4).map_err(failed)?;
            let value = match known.get(value) {
                Some(value) => *value,
                None => {
                    let number = u32::try_from(values.len()).unwrap_or(u32::MAX);
                    values.push(value.to_owned());
                    known.insert(value.to_owned(), number);
                    number
                }
            };
            let combination = combination_of(scenario_id);
            let sample = sample_index_of(run, model_count, seq);
            let cell = Cell { combination, sample, value, score, seq };
            let model = places.get(&run_model_id).and_then(|place| models.get_mut(*place));
            model.into_iter().for_each(|model| model.cells.push(cell));
        }
    );
    Ok(())
}

async fn read_scores(db: &Db, columns: &mut RunColumns) -> Result<()> {
    let places = places_of(columns);
    let (run, models, names) = (&columns.run, &mut columns.models, &columns.scorers);
    let model_count = models.len();
    each_row!(
        db,
        "SELECT t.run_model_id, t.scenario_id, t.seq, s.scorer, s.value
         FROM transcripts AS t JOIN scores AS s ON s.transcript_id = t.id AND s.is_in_force
         WHERE t.run_id = $1 AND t.is_complete",
        run.id,
        |row| {
            let run_model_id: Uuid = row.try_get(0).map_err(failed)?;
            let scenario_id: Uuid = row.try_get(1).map_err(failed)?;
            let seq: i64 = row.try_get(2).map_err(failed)?;
            let scorer: &str = row.try_get(3).map_err(failed)?;
            let value: f64 = row.try_get(4).map_err(failed)?;
            let cell = ScorerCell {
                combination: combination_of(scenario_id),
                sample: sample_index_of(run, model_count, seq),
                value,
            };
            let model = places.get(&run_model_id).and_then(|place| models.get_mut(*place));
            let scorer = names.iter().position(|name| name == scorer);
            let scored = model.zip(scorer).and_then(|(model, scorer)| model.scored.get_mut(scorer));
            scored.into_iter().for_each(|scored| scored.push(cell));
        }
    );
    Ok(())
}

/// The place of each model by the id of its row.
fn places_of(columns: &RunColumns) -> HashMap<Uuid, usize> {
    columns.models.iter().enumerate().map(|(place, model)| (model.row.id, place)).collect()
}
