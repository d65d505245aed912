//! Counters beside a count over what they count.

use std::fmt;

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    db::{execute, rows},
    error::Result,
};

/// Where probes end, and what becomes of those that succeed: each has a counter.
const PLACES: [(&str, &str); 9] = [
    ("status", "succeeded"),
    ("status", "failed"),
    ("status", "cancelled"),
    ("outcome", "decided"),
    ("outcome", "unreadable"),
    ("outcome", "refused"),
    ("outcome", "content_filter"),
    ("outcome", "truncated"),
    ("outcome", "empty"),
];

/// A model of a run whose counters are not what is there.
#[derive(Clone, Debug)]
pub(super) struct WrongModel {
    pub(super) run_id: Uuid,
    pub(super) run_model_id: Uuid,
    model_id: String,
    /// Counter, as stored, as counted; only those that differ. None: the cost is not known.
    pub(super) counters: Vec<(&'static str, Option<i64>, Option<i64>)>,
}

impl fmt::Display for WrongModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |number: &Option<i64>| number.map_or("nothing".to_owned(), |number| number.to_string());
        let counters: Vec<String> = self
            .counters
            .iter()
            .map(|(name, stored, counted)| {
                format!("{name} is {}, a count gives {}", shown(stored), shown(counted))
            })
            .collect();
        write!(f, "run {}, {}: {}", self.run_id, self.model_id, counters.join("; "))
    }
}

#[derive(FromQueryResult)]
struct Line {
    run_id: Uuid,
    id: Uuid,
    model_id: String,
    stored: String,
    counted: String,
    input_tokens: i64,
    output_tokens: i64,
    cost_usd_micros: Option<i64>,
    turns_input: i64,
    turns_output: i64,
    turns_cost: Option<i64>,
    late_count: i64,
}

/// Models whose counters are wrong, of one run or of all.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn wrong_models(
    connection: &impl ConnectionTrait,
    run_id: Option<Uuid>,
) -> Result<Vec<WrongModel>> {
    let counted: Vec<String> = PLACES
        .iter()
        .map(|(column, word)| {
            format!("CAST(CAST(SUM(CASE WHEN {column} = '{word}' THEN 1 ELSE 0 END) AS bigint) AS text)")
        })
        .collect();
    let stored: Vec<String> =
        PLACES.iter().map(|(_, word)| format!("CAST(m.{word}_count AS text)")).collect();
    let nothing = vec!["0"; PLACES.len()].join(" ");
    let of_run = |column: &str| run_id.map_or(String::new(), |_| format!(" WHERE {column} = $1"));
    // What came too late is booked with its attempt, which counts turns that are stored as well: then
    // the counters lie above the turns, and how far cannot be said.
    let sql = format!(
        "SELECT * FROM (
             SELECT m.run_id, m.id, m.model_id, {stored} AS stored, COALESCE(p.counted, '{nothing}') AS counted,
                 m.input_tokens, m.output_tokens, m.cost_usd_micros,
                 COALESCE(t.input_tokens, 0) AS turns_input, COALESCE(t.output_tokens, 0) AS turns_output,
                 t.cost_usd_micros AS turns_cost, COALESCE(l.late_count, 0) AS late_count
             FROM run_models AS m
             LEFT JOIN (SELECT run_model_id, {counted} AS counted FROM probes{of_probes} GROUP BY run_model_id) AS p
                 ON p.run_model_id = m.id
             LEFT JOIN (SELECT probes.run_model_id, CAST(SUM(turns.input_tokens) AS bigint) AS input_tokens,
                               CAST(SUM(turns.output_tokens) AS bigint) AS output_tokens,
                               CAST(SUM(turns.cost_usd_micros) AS bigint) AS cost_usd_micros
                        FROM probes JOIN turns ON turns.probe_id = probes.id{of_turns}
                        GROUP BY probes.run_model_id) AS t ON t.run_model_id = m.id
             LEFT JOIN (SELECT probes.run_model_id, COUNT(*) AS late_count
                        FROM probes JOIN attempts ON attempts.probe_id = probes.id AND attempts.result = 'late'{of_turns}
                        GROUP BY probes.run_model_id) AS l ON l.run_model_id = m.id{of_models}) AS lines
         WHERE counted <> stored
            OR late_count = 0 AND (input_tokens <> turns_input OR output_tokens <> turns_output
                OR COALESCE(cost_usd_micros, -1) <> COALESCE(turns_cost, -1))
            OR input_tokens < turns_input OR output_tokens < turns_output
            OR COALESCE(cost_usd_micros, -1) < COALESCE(turns_cost, -1)
         ORDER BY run_id, id",
        stored = stored.join(" || ' ' || "),
        counted = counted.join(" || ' ' || "),
        of_probes = of_run("run_id"),
        of_turns = of_run("probes.run_id"),
        of_models = of_run("m.run_id"),
    );
    let lines: Vec<Line> = rows(connection, sql, run_id.map(Into::into)).await?;
    Ok(lines.into_iter().map(wrong_model).collect())
}

fn wrong_model(line: Line) -> WrongModel {
    let numbers =
        |text: &str| text.split(' ').map(|number| number.parse().ok()).collect::<Vec<Option<i64>>>();
    let (stored, counted) = (numbers(&line.stored), numbers(&line.counted));
    let places = PLACES.iter().zip(stored.into_iter().zip(counted)).map(|((_, word), (a, b))| (*word, a, b));
    let money = [
        ("input_tokens", Some(line.input_tokens), Some(line.turns_input)),
        ("output_tokens", Some(line.output_tokens), Some(line.turns_output)),
        ("cost_usd_micros", line.cost_usd_micros, line.turns_cost),
    ];
    let is_below = |stored: Option<i64>, counted: Option<i64>| stored.unwrap_or(-1) < counted.unwrap_or(-1);
    let wrong_money =
        money.into_iter().filter(|(_, stored, counted)| line.late_count == 0 || is_below(*stored, *counted));
    WrongModel {
        run_id: line.run_id,
        run_model_id: line.id,
        model_id: line.model_id,
        counters: places.chain(wrong_money).filter(|(_, stored, counted)| stored != counted).collect(),
    }
}

/// Sets the counters of a model to what was counted, under its lock.
///
/// # Errors
/// `Database`.
pub(super) async fn set_counters(connection: &impl ConnectionTrait, wrong: &WrongModel) -> Result<()> {
    let set: Vec<String> = wrong
        .counters
        .iter()
        .enumerate()
        .map(|(index, (name, _, _))| {
            let is_place = PLACES.iter().any(|(_, word)| word == name);
            format!("{name}{} = ${}", if is_place { "_count" } else { "" }, index + 2)
        })
        .collect();
    let sql = format!("UPDATE run_models SET {} WHERE id = $1", set.join(", "));
    let values = wrong.counters.iter().map(|(_, _, counted)| (*counted).into());
    execute(connection, sql, std::iter::once(wrong.run_model_id.into()).chain(values)).await.map(drop)
}

/// A run whose last event's number is not that of its events.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct WrongEvents {
    pub(super) id: Uuid,
    event_seq: i64,
    events: i64,
    last: i64,
}

impl WrongEvents {
    /// The right number; None where events are missing, which nobody can make up.
    pub(super) fn right(&self) -> Option<i64> {
        (self.events == self.last).then_some(self.last)
    }
}

impl fmt::Display for WrongEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, event_seq, events, last } = self;
        write!(f, "run {id}: {events} events are there, numbered up to {last}, and the run says {event_seq}")
    }
}

/// Runs whose events are not 1, 2, 3 … up to what the run says, of one run or of all.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn wrong_events(
    connection: &impl ConnectionTrait,
    run_id: Option<Uuid>,
) -> Result<Vec<WrongEvents>> {
    let of_run = run_id.map_or("", |_| " WHERE runs.id = $1");
    let sql = format!(
        "SELECT runs.id, runs.event_seq, COUNT(run_events.seq) AS events, COALESCE(MAX(run_events.seq), 0) AS last
         FROM runs LEFT JOIN run_events ON run_events.run_id = runs.id{of_run}
         GROUP BY runs.id, runs.event_seq
         HAVING COUNT(run_events.seq) <> runs.event_seq OR COALESCE(MAX(run_events.seq), 0) <> runs.event_seq"
    );
    rows(connection, sql, run_id.map(Into::into)).await
}
