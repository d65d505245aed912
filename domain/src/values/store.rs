//! Readings of values as rows: appended, one of a transcript's and a value's in force.

use std::collections::HashMap;

use entity::value_reading;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{VALUE_READER, VALUE_READER_VERSION, ValueReading};
use crate::{
    db::{Db, execute, in_powers_of_two, insert_all, now, placeholders},
    error::Result,
    stats::ValueOutcome,
};

/// Who read values, and how.
#[derive(Copy, Clone, Debug)]
pub(crate) struct ReadBy<'a> {
    /// `deterministic` or `judge`.
    pub(crate) reader: &'a str,
    /// Of the rules, or of the prompt.
    pub(crate) version: &'a str,
    /// The judge's call.
    pub(crate) ai_call_id: Option<Uuid>,
}

impl ReadBy<'_> {
    /// The rules of today.
    pub(crate) const RULES: ReadBy<'static> =
        ReadBy { reader: VALUE_READER, version: VALUE_READER_VERSION, ai_call_id: None };
}

/// The rows of what a transcript does with values when it is written.
pub(crate) fn first_rows(
    transcript_id: Uuid,
    run_id: Uuid,
    readings: &[ValueReading],
) -> Vec<value_reading::ActiveModel> {
    readings
        .iter()
        .map(|reading| row_of(transcript_id, run_id, &reading.value, Some(reading), 1, ReadBy::RULES))
        .collect()
}

fn row_of(
    transcript_id: Uuid,
    run_id: Uuid,
    value: &str,
    reading: Option<&ValueReading>,
    revision: i32,
    by: ReadBy<'_>,
) -> value_reading::ActiveModel {
    value_reading::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run_id),
        transcript_id: Set(transcript_id),
        value: Set(value.to_owned()),
        revision: Set(revision),
        is_in_force: Set(true),
        outcome: Set(reading.map(|reading| stored(reading.outcome))),
        reader: Set(by.reader.into()),
        reader_version: Set(by.version.into()),
        turn_index: Set(reading
            .filter(|reading| !reading.quote.is_empty())
            .and_then(|reading| i32::try_from(reading.turn).ok())),
        quote: Set(reading
            .map(|reading| reading.quote.replace('\0', "\u{fffd}"))
            .filter(|quote| !quote.is_empty())),
        ai_call_id: Set(by.ai_call_id),
        created_at: Set(now()),
    }
}

fn stored(outcome: ValueOutcome) -> entity::ValueOutcome {
    match outcome {
        ValueOutcome::Prioritised => entity::ValueOutcome::Prioritised,
        ValueOutcome::Deprioritised => entity::ValueOutcome::Deprioritised,
        ValueOutcome::Neutral => entity::ValueOutcome::Neutral,
    }
}

/// The outcome of statistics.
pub(crate) fn outcome_of(stored: entity::ValueOutcome) -> ValueOutcome {
    match stored {
        entity::ValueOutcome::Prioritised => ValueOutcome::Prioritised,
        entity::ValueOutcome::Deprioritised => ValueOutcome::Deprioritised,
        entity::ValueOutcome::Neutral => ValueOutcome::Neutral,
    }
}

/// Appends what transcripts do with values by a later reading, where it differs from what is in
/// force or somebody else read that; what a judge read stands against the rules. Returns how many rows
/// were added.
pub(crate) async fn append(
    tx: &DatabaseTransaction,
    run_id: Uuid,
    readings: &HashMap<Uuid, Vec<ValueReading>>,
    by: ReadBy<'_>,
) -> Result<usize> {
    let known = value_reading::Entity::find()
        .filter(value_reading::Column::TranscriptId.is_in(readings.keys().copied()))
        .all(tx)
        .await?;
    let mut of_transcript: HashMap<Uuid, Vec<&value_reading::Model>> = HashMap::new();
    for row in &known {
        of_transcript.entry(row.transcript_id).or_default().push(row);
    }
    let (mut replaced, mut added) = (Vec::new(), Vec::new());
    for (transcript_id, readings) in readings {
        let known = of_transcript.get(transcript_id).map(Vec::as_slice).unwrap_or_default();
        let in_force = |value: &str| known.iter().find(|row| row.is_in_force && row.value == value);
        let is_judged = known.iter().any(|row| row.is_in_force && row.reader != VALUE_READER);
        if is_judged && by.reader == VALUE_READER {
            continue;
        }
        let named = readings.iter().map(|reading| (reading.value.as_str(), Some(reading)));
        let gone = known
            .iter()
            .filter(|row| row.is_in_force && row.outcome.is_some())
            .filter(|row| readings.iter().all(|reading| reading.value != row.value))
            .map(|row| (row.value.as_str(), None));
        for (value, reading) in named.chain(gone) {
            let before = in_force(value);
            let outcome = reading.map(|reading| stored(reading.outcome));
            // The same rules say the same of the same answer.
            let is_same = |row: &&&value_reading::Model| {
                row.reader == VALUE_READER
                    && (row.reader.as_str(), row.reader_version.as_str(), row.outcome)
                        == (by.reader, by.version, outcome)
            };
            if before.filter(is_same).is_some() {
                continue;
            }
            replaced.extend(before.map(|row| row.id));
            let of_value = known.iter().filter(|row| row.value == value);
            let revision = of_value.map(|row| row.revision).max().unwrap_or(0) + 1;
            added.push(row_of(*transcript_id, run_id, value, reading, revision, by));
        }
    }
    for chunk in in_powers_of_two(&replaced, 512) {
        let sql = format!(
            "UPDATE value_readings SET is_in_force = false WHERE id IN ({})",
            placeholders(1, chunk.len())
        );
        execute(tx, sql, chunk.iter().map(|id| (*id).into())).await?;
    }
    insert_all(tx, &added).await?;
    Ok(added.len())
}

/// What several transcripts do with values: all readings, by value and revision, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn readings_of(
    db: &Db,
    transcript_ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<value_reading::Model>>> {
    let found = value_reading::Entity::find()
        .filter(value_reading::Column::TranscriptId.is_in(transcript_ids.iter().copied()))
        .order_by_asc(value_reading::Column::Value)
        .order_by_asc(value_reading::Column::Revision)
        .all(db.read())
        .await?;
    let mut readings: HashMap<Uuid, Vec<value_reading::Model>> = HashMap::new();
    for row in found {
        readings.entry(row.transcript_id).or_default().push(row);
    }
    Ok(readings)
}
