//! From a conversation's answers to its transcript and decision. Pure.

use entity::{DecisionStatus, Finish, ProbeOutcome, TranscriptOutcome};

use crate::{
    definition::DecisionSpec,
    queue::{NewDecision, NewTranscript, NewTurn},
    reading::{DecisionValue, READER, READER_VERSION, Reader, Reading, is_same_answer},
    scoring::{CompiledScorer, Score, score_all},
    values::{ValueReader, ValueReading},
};

/// What a conversation amounts to once its last turn is answered.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The transcript.
    pub transcript: NewTranscript,
    /// The reading; None where there is nothing to read.
    pub decision: Option<NewDecision>,
    /// What the definition's scorers said; nothing where the model did not answer.
    pub scores: Vec<Score>,
    /// What the answers do with the definition's values; nothing where the model did not answer.
    pub values: Vec<ValueReading>,
    /// The line in the ledger.
    pub outcome: ProbeOutcome,
}

/// How a turn's answer ends a conversation before its last turn; None: it goes on.
pub fn outcome_of_turn(turn: &NewTurn) -> TranscriptOutcome {
    match turn.finish {
        Finish::Refusal => TranscriptOutcome::Refused,
        Finish::ContentFilter => TranscriptOutcome::ContentFilter,
        Finish::Length => TranscriptOutcome::Truncated,
        Finish::Stop | Finish::Other if turn.answer.trim().is_empty() => TranscriptOutcome::Empty,
        Finish::Stop | Finish::Other => TranscriptOutcome::Answered,
    }
}

/// The transcript of some answered turns. `turns` is not empty.
pub fn transcript_of(turns: &[NewTurn], outcome: TranscriptOutcome) -> NewTranscript {
    let sum = |of: fn(&NewTurn) -> Option<i64>| turns.iter().map(of).sum::<Option<i64>>();
    let words: usize = turns.iter().map(|turn| turn.answer.split_whitespace().count()).sum();
    let now = crate::db::now();
    NewTranscript {
        outcome,
        model_version: turns.iter().rev().find_map(|turn| turn.model_version.clone()),
        turn_count: i32::try_from(turns.len()).unwrap_or(i32::MAX),
        word_count: i64::try_from(words).unwrap_or(i64::MAX),
        input_tokens: sum(|turn| turn.input_tokens),
        output_tokens: sum(|turn| turn.output_tokens),
        cost_usd_micros: sum(|turn| turn.cost_usd_micros),
        latency: turns.iter().map(|turn| turn.latency).sum(),
        started_at: turns.first().map_or(now, |turn| turn.started_at),
        finished_at: turns.last().map_or(now, |turn| turn.finished_at),
    }
}

/// Concludes a conversation whose last turn is answered: reads the decision where the model
/// answered at all. `target`: the right choice of this scenario, where it has one.
pub fn conclude(
    turns: &[NewTurn],
    reader: &Reader,
    scorers: &[CompiledScorer],
    values: &ValueReader,
    spec: &DecisionSpec,
    target: Option<&str>,
) -> Conclusion {
    let ended = turns.last().map_or(TranscriptOutcome::Empty, outcome_of_turn);
    let transcript = transcript_of(turns, ended);
    let (mut scores, mut read_values) = (Vec::new(), Vec::new());
    let (decision, outcome) = match ended {
        TranscriptOutcome::Answered => {
            let answers: Vec<&str> = turns.iter().map(|turn| turn.answer.as_str()).collect();
            let decision = decision_of(reader.read_turns(&answers), spec, target);
            scores = score_all(scorers, &answers, target);
            read_values = values.read_turns(&answers);
            let outcome = match decision.status {
                DecisionStatus::Decided => ProbeOutcome::Decided,
                DecisionStatus::Unreadable => ProbeOutcome::Unreadable,
            };
            (Some(decision), outcome)
        }
        TranscriptOutcome::Refused => (None, ProbeOutcome::Refused),
        TranscriptOutcome::ContentFilter => (None, ProbeOutcome::ContentFilter),
        TranscriptOutcome::Truncated => (None, ProbeOutcome::Truncated),
        TranscriptOutcome::Empty | TranscriptOutcome::BrokenOff => (None, ProbeOutcome::Empty),
    };
    Conclusion { transcript, decision, scores, values: read_values, outcome }
}

/// The decision that the deterministic reader's reading is.
pub(crate) fn decision_of(reading: Reading, spec: &DecisionSpec, target: Option<&str>) -> NewDecision {
    let unread = NewDecision {
        status: DecisionStatus::Unreadable,
        value: None,
        score: None,
        reader: READER.into(),
        reader_version: READER_VERSION.into(),
        rule: None,
        reason: None,
        turn_index: None,
        quote: None,
    };
    match reading {
        Reading::Decided { value, quote, turn, rule } => NewDecision {
            status: DecisionStatus::Decided,
            score: score_of(&value, spec, target),
            value: Some(match value {
                DecisionValue::Point(point) => point.to_string(),
                DecisionValue::Choice(name) | DecisionValue::Text(name) => name,
            }),
            rule: Some(rule.into()),
            turn_index: i32::try_from(turn).ok(),
            quote: Some(quote),
            ..unread
        },
        Reading::Unreadable { reason } => NewDecision { reason: Some(reason), ..unread },
    }
}

/// The number statistics are made of: a scale's point is itself; a choice is right (1) or wrong
/// (0) where the scenario has a right one, else it has its own score; a free answer is right or
/// wrong where there is a right one. None: it has none.
pub fn score_of(value: &DecisionValue, spec: &DecisionSpec, target: Option<&str>) -> Option<f64> {
    match (value, spec) {
        #[expect(clippy::cast_precision_loss, reason = "scale points are small")]
        (DecisionValue::Point(point), _) => Some(*point as f64),
        (DecisionValue::Choice(name), _) if target.is_some() => {
            Some(f64::from(Some(name.as_str()) == target))
        }
        (DecisionValue::Choice(name), DecisionSpec::Choice { choices }) => {
            choices.iter().find(|choice| choice.name == *name).and_then(|choice| choice.score)
        }
        (DecisionValue::Text(answer), _) => target.map(|target| f64::from(is_same_answer(answer, target))),
        (DecisionValue::Choice(_), DecisionSpec::Scale { .. } | DecisionSpec::FreeText) => None,
    }
}
