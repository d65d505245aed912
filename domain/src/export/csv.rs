//! A run as CSV: one row per probe that has a transcript, in stable order, with flat memory.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{run, score};
use futures::{Stream, StreamExt, stream};
use sea_orm::FromQueryResult;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::{Db, rows},
    definition::{csv_columns, field_column},
    error::{Error, Result},
    run::{FrozenRun, combination_of},
    scoring,
};

/// How a run is to be written.
#[derive(Copy, Clone, Debug, Default)]
pub struct CsvOptions {
    /// Also conversations that broke off; adds a column `is_complete`.
    pub with_partial: bool,
    /// Cells that a spreadsheet would run as a formula are prefixed with an apostrophe.
    pub for_excel: bool,
}

/// A download that is ready to be streamed.
pub struct CsvExport {
    /// `run_<short id>_<date>.csv`, with `_partial` while the run goes on.
    pub file_name: String,
    /// True while the run goes on: only what is complete so far is in it.
    pub is_partial: bool,
    /// Changes when the content can have changed; None while the run goes on.
    pub etag: Option<String>,
    frozen: FrozenRun,
    /// The names of what was scored, in the order of their columns.
    scorers: Vec<String>,
    options: CsvOptions,
}

/// Bytes of text that one read should bring at most, as far as can be foreseen.
const PAGE_BYTES: usize = 2 << 20;
const PAGE_ROWS_MAX: i64 = 2_000;
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

impl CsvExport {
    /// Prepares the download of a run.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Unavailable` or `Database`.
    pub async fn of(db: &Db, actor: &Actor, run_id: Uuid, options: CsvOptions) -> Result<Self> {
        let frozen = FrozenRun::load(db, run_id).await?;
        authorize(actor, Action::Export, Resource::Run(Some(frozen.run.created_by)))?;
        let run = &frozen.run;
        let is_partial = !run.status.is_terminal();
        let date = run.completed_at.unwrap_or_else(crate::db::now).format("%Y-%m-%d");
        let partial = if is_partial { "_partial" } else { "" };
        let etag = run.completed_at.map(|at| {
            let CsvOptions { with_partial, for_excel } = options;
            // A run that is over changes where somebody corrects or a reader reads again: by an event.
            let (at, seq) = (at.timestamp_millis(), run.event_seq);
            format!("\"{}-{at}-{seq}-{with_partial}-{for_excel}\"", run.id.simple())
        });
        let file_name = format!("run_{}_{date}{partial}.csv", short_id(run.id));
        let scorers = scoring::scorers_of_runs(db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
        Ok(Self { file_name, is_partial, etag, frozen, scorers, options })
    }

    /// The file's bytes, read by key in short reads: memory does not grow with the run, and a
    /// slow reader holds no connection. An error ends the stream before the file's end.
    pub fn into_stream(self, db: Db) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let start = State { after: (-1, Uuid::nil()), page_rows: 200, is_done: false };
        let header = self.header();
        stream::once(std::future::ready(header)).chain(stream::try_unfold(
            (self, db, start),
            |(export, db, state)| async move {
                if state.is_done {
                    return Ok(None);
                }
                let (bytes, state) = export.page(&db, state).await?;
                Ok(if bytes.is_empty() { None } else { Some((bytes, (export, db, state))) })
            },
        ))
    }

    /// The run's row.
    pub fn run(&self) -> &run::Model {
        &self.frozen.run
    }

    fn header(&self) -> Result<Bytes> {
        let mut columns: Vec<String> = [
            "run_id",
            "scenario_id",
            "scenario_key",
            "model_id",
            "model_version",
            "sample_index",
            "decision",
            "score",
            "timestamp",
        ]
        .map(str::to_owned)
        .to_vec();
        for dimension in &self.frozen.content.dimensions {
            columns.extend(csv_columns(&dimension.name));
        }
        columns.extend(self.frozen.expansion.field_names().iter().map(|name| field_column(name)));
        columns.extend(
            [
                "outcome",
                "input_tokens",
                "output_tokens",
                "cost_usd",
                "latency_ms",
                "turn_count",
                "response",
                "provider_id",
                "transcript_id",
            ]
            .map(str::to_owned),
        );
        if self.options.with_partial {
            columns.push("is_complete".into());
        }
        columns.extend(["omitted".into(), "decided_by".into()]);
        columns.extend(self.scorers.iter().map(|name| format!("score_{name}")));
        columns.push("option_order".into());
        let mut bytes = BOM.to_vec();
        let mut writer = writer(&mut bytes);
        writer.write_record(&columns).and_then(|()| Ok(writer.flush()?)).map_err(unwritable)?;
        drop(writer);
        Ok(bytes.into())
    }

    async fn page(&self, db: &Db, state: State) -> Result<(Bytes, State)> {
        let complete = if self.options.with_partial { "" } else { "AND is_complete" };
        let sql = format!(
            "SELECT t.id, t.seq, t.run_model_id, t.scenario_id, s.key, t.model_version, p.sample_index, d.value, d.score, d.reader,
                    t.finished_at, p.outcome, t.outcome AS ending, t.input_tokens, t.output_tokens, t.cost_usd_micros,
                    t.latency_ms, t.turn_count, t.is_complete, u.answer, u.omitted
             FROM (SELECT * FROM transcripts WHERE run_id = $1 AND (seq, id) > ($2, $3) {complete}
                   ORDER BY seq, id LIMIT $4) AS t
             JOIN probes AS p ON p.id = t.probe_id
             JOIN scenarios AS s ON s.id = t.scenario_id
             LEFT JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
             JOIN turns AS u ON u.probe_id = t.probe_id AND u.turn_index < t.turn_count
             ORDER BY t.seq, t.id, u.turn_index"
        );
        let (seq, id) = state.after;
        let values = [self.frozen.run.id.into(), seq.into(), id.into(), state.page_rows.into()];
        let found: Vec<Row> = rows(db.read(), sql, values).await?;
        let scores = self.scores(db, &found).await?;
        let mut bytes = Vec::with_capacity(64 << 10);
        let mut after = state.after;
        let mut transcript_count = 0;
        let mut writer = writer(&mut bytes);
        for turns in found.chunk_by(|a, b| a.id == b.id) {
            let Some(row) = turns.first() else { continue };
            let scores = scores.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            self.write_row(&mut writer, row, turns, scores).map_err(unwritable)?;
            after = (row.seq, row.id);
            transcript_count += 1;
        }
        writer.flush().map_err(|error| unwritable(error.into()))?;
        drop(writer);
        let is_done = transcript_count < state.page_rows;
        let row_bytes = bytes.len() / usize::try_from(transcript_count.max(1)).unwrap_or(1);
        let page_rows = i64::try_from(PAGE_BYTES / row_bytes.max(1)).unwrap_or(1).clamp(1, PAGE_ROWS_MAX);
        Ok((bytes.into(), State { after, page_rows, is_done }))
    }

    /// The scores of a page, of which most runs have none.
    async fn scores(&self, db: &Db, page: &[Row]) -> Result<HashMap<Uuid, Vec<score::Model>>> {
        if self.scorers.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Uuid> =
            page.chunk_by(|a, b| a.id == b.id).filter_map(|turns| Some(turns.first()?.id)).collect();
        scoring::scores_of(db, &ids).await
    }

    fn write_row(
        &self,
        writer: &mut ::csv::Writer<&mut Vec<u8>>,
        row: &Row,
        turns: &[Row],
        scores: &[score::Model],
    ) -> Result<(), ::csv::Error> {
        let model = self.frozen.models.get(&row.run_model_id).map(|model| &model.row);
        let model_id = model.map_or("", |model| model.model_id.as_str());
        let field = |writer: &mut ::csv::Writer<&mut Vec<u8>>, text: &str| {
            writer.write_field(safe(text, self.options.for_excel).as_bytes())
        };
        let mut buffer = uuid::Uuid::encode_buffer();
        writer.write_field(self.frozen.run.id.hyphenated().encode_lower(&mut buffer))?;
        writer.write_field(row.scenario_id.hyphenated().encode_lower(&mut buffer))?;
        field(writer, &row.key)?;
        field(writer, model_id)?;
        field(writer, row.model_version.as_deref().unwrap_or_default())?;
        writer.write_field(row.sample_index.to_string())?;
        // A scale's point is a number, also a negative one: only a choice's name is text.
        match row.value.as_deref() {
            Some(value) if value.parse::<i64>().is_err() => field(writer, value)?,
            value => writer.write_field(value.unwrap_or_default())?,
        }
        writer.write_field(number(row.score))?;
        writer.write_field(row.finished_at.to_rfc3339_opts(SecondsFormat::Millis, true))?;
        for choice in self.frozen.expansion.levels_of(combination_of(row.scenario_id)) {
            let level = &self.frozen.content.dimensions[choice.dimension].levels[choice.level];
            field(writer, &level.label)?;
            writer.write_field(number(level.score))?;
        }
        if let Some(listed) = self.frozen.expansion.listed(combination_of(row.scenario_id)) {
            for name in self.frozen.expansion.field_names() {
                match listed.field(name) {
                    // A negative number is no formula.
                    Some(value @ Value::Number(_)) => writer.write_field(value.to_string())?,
                    value => field(writer, &value.map(cell).unwrap_or_default())?,
                }
            }
        }
        writer.write_field(row.outcome.as_deref().unwrap_or(&row.ending))?;
        writer.write_field(number(row.input_tokens))?;
        writer.write_field(number(row.output_tokens))?;
        writer.write_field(usd(row.cost_usd_micros))?;
        writer.write_field(row.latency_ms.to_string())?;
        writer.write_field(row.turn_count.to_string())?;
        match turns {
            [only] => field(writer, &only.answer)?,
            several => {
                let answers: Vec<&str> = several.iter().map(|turn| turn.answer.as_str()).collect();
                field(writer, &answers.join("\n\n"))?;
            }
        }
        field(writer, model.map_or("", |model| model.provider_id.as_str()))?;
        writer.write_field(row.id.hyphenated().encode_lower(&mut buffer))?;
        if self.options.with_partial {
            writer.write_field(if row.is_complete { "true" } else { "false" })?;
        }
        let mut omitted: Vec<&str> = turns
            .iter()
            .filter_map(|turn| turn.omitted.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        omitted.sort_unstable();
        omitted.dedup();
        writer.write_field(omitted.join(";"))?;
        writer.write_field(row.reader.as_deref().unwrap_or_default())?;
        for name in &self.scorers {
            let score = scores.iter().find(|score| score.is_in_force && score.scorer == *name);
            writer.write_field(number(score.map(|score| score.value)))?;
        }
        // A scale that goes down from a negative point is no formula; a choice's name may look like one.
        match self.frozen.option_order(row.seq).map(|order| order.join(";")) {
            Some(order) if order.starts_with('-') && order[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                writer.write_field(order)?;
            }
            order => field(writer, &order.unwrap_or_default())?,
        }
        writer.write_record(None::<&[u8]>)
    }
}

#[derive(Copy, Clone)]
struct State {
    after: (i64, Uuid),
    page_rows: i64,
    is_done: bool,
}

/// A transcript with one of its turns.
#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    seq: i64,
    run_model_id: Uuid,
    scenario_id: Uuid,
    key: String,
    model_version: Option<String>,
    sample_index: i32,
    value: Option<String>,
    score: Option<f64>,
    reader: Option<String>,
    finished_at: DateTime<Utc>,
    outcome: Option<String>,
    ending: String,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    cost_usd_micros: Option<i64>,
    latency_ms: i64,
    turn_count: i32,
    is_complete: bool,
    answer: String,
    /// A list of parameters.
    omitted: Value,
}

/// The tail of an id, as people see it: the head of a v7 id is a clock.
pub fn short_id(id: Uuid) -> String {
    id.simple().to_string().split_off(24)
}

/// Micro-dollars as decimal dollars; None is empty.
pub fn usd(micros: Option<i64>) -> String {
    let Some(micros) = micros else { return String::new() };
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A value of any JSON type as a cell: a text as it is, null as an empty cell, others as JSON.
pub(super) fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Null => "".into(),
        other => other.to_string().into(),
    }
}

/// A text that no spreadsheet runs as a formula, where that is asked for.
pub(super) fn safe(text: &str, for_excel: bool) -> Cow<'_, str> {
    match for_excel && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

pub(super) fn writer(bytes: &mut Vec<u8>) -> ::csv::Writer<&mut Vec<u8>> {
    ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(bytes)
}

pub(super) fn unwritable(error: ::csv::Error) -> Error {
    Error::Internal(format!("a CSV row could not be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_decimal_dollars() {
        assert_eq!(usd(Some(1_234_500)), "1.2345");
        assert_eq!(usd(Some(7)), "0.000007");
        assert_eq!(usd(Some(0)), "0");
        assert_eq!(usd(None), "");
    }

    #[test]
    fn a_short_id_is_the_tail() {
        let id = Uuid::parse_str("0198c1d2-3456-7abc-8def-0123456789ab").unwrap();
        assert_eq!(short_id(id), "456789ab");
    }
}
