//! When things happened, and who decided what.

use serde_json::Value;

use super::{
    NAME, SENTENCE, Table,
    number::{count, counted, span, time, usd},
    plain,
};
use crate::report::document::{Document, EventPart, GatePart, RetryPart};

pub(super) fn times(report: &Document) -> String {
    let timings = &report.timings;
    let mut table = Table::new(2, ["Event", "Time"]);
    table.row(["Made".to_owned(), time(Some(timings.created_at))]);
    table.row(["All probes queued".to_owned(), time(timings.queued_at)]);
    table.row(["First probe claimed".to_owned(), time(timings.started_at)]);
    table.row(["Over".to_owned(), time(timings.completed_at)]);
    table.row(["From the first claim to the end".to_owned(), span(timings.working_ms)]);
    table.row(["Of the whole time paused".to_owned(), span(Some(timings.paused_ms))]);
    table.row(["Of the whole time waiting for a person".to_owned(), span(Some(timings.at_gates_ms))]);
    let mut models =
        Table::new(1, ["Model", "Answers", "Median", "95th percentile", "Longest", "Waits asked for"]);
    for model in &timings.models {
        models.row([
            plain(&model.model, NAME),
            count(model.n),
            span(model.latency_p50_ms),
            span(model.latency_p95_ms),
            span(model.latency_max_ms),
            count(model.waits),
        ]);
    }
    format!(
        "## Time\n\n{}\n{}\nThe time a conversation took to be answered, without waits and earlier tries; percentiles by \
         nearest rank.\n",
        table.text(),
        models.text()
    )
}

pub(super) fn gates(report: &Document) -> String {
    if report.gates.is_empty() {
        return "## Approvals\n\nNo gate was opened: nobody had to approve anything.\n".into();
    }
    let parts: Vec<String> = report.gates.iter().map(gate).collect();
    format!("## Approvals\n\n{}", parts.concat())
}

fn gate(gate: &GatePart) -> String {
    let kind = match gate.kind {
        "approval" => "Approval before the start",
        "budget" => "Budget",
        _ => "Trouble with the providers",
    };
    let nth = if gate.attempt > 1 { format!(", time {}", gate.attempt) } else { String::new() };
    let waited = gate.closed_at.map(|closed| (closed - gate.opened_at).num_milliseconds().max(0));
    let outcome = match (&gate.decision, gate.state) {
        (Some(decision), _) => {
            let what = match decision.action {
                "approve" => "approved",
                "reject" => "rejected",
                _ => "sent back for changes",
            };
            let budget = decision
                .new_budget_usd
                .map_or(String::new(), |sum| format!(", with a budget of {} USD", usd(Some(sum))));
            let comment = decision.comment.as_ref().filter(|comment| !comment.trim().is_empty());
            let comment =
                comment.map_or(String::new(), |comment| format!(": “{}”", plain(comment, SENTENCE)));
            format!(
                "**{what}** by {} at {}{budget}, after {}{comment}",
                plain(&decision.by, NAME),
                time(Some(decision.at)),
                span(waited)
            )
        }
        (None, "aborted") => format!("closed without a decision after {}: the run had ended", span(waited)),
        (None, _) => "not decided".into(),
    };
    format!(
        "- **{kind}**{nth}, opened at {}: {} It was {outcome}.\n",
        time(Some(gate.opened_at)),
        plain(&gate.reason, SENTENCE)
    )
}

pub(super) fn history(report: &Document) -> String {
    let mut text = String::from("## History\n\n");
    for retry in &report.retries {
        text.push_str(&retried(retry));
    }
    if !report.retries.is_empty() {
        text.push('\n');
    }
    let mut table = Table::new(4, ["No.", "Time", "Event", "By"]);
    for event in &report.events.of_note {
        let what = format!("{}{}", event_name(&event.kind), detail(event));
        let by = event.by.as_deref().map_or_else(|| "Probity".to_owned(), |name| plain(name, NAME));
        table.row([count(event.seq), time(Some(event.at)), what, by]);
    }
    let left_out = match report.events.left_out {
        0 => String::new(),
        number => format!(" {} in the middle of the table are left out.", counted(number, "event")),
    };
    format!(
        "{text}{}\n{} in all; that single probes failed is not listed.{left_out}\n",
        table.text(),
        counted(report.events.total, "event")
    )
}

fn retried(retry: &RetryPart) -> String {
    let which = match retry.categories.is_empty() {
        true => "all that had failed".into(),
        false => format!("those that had failed with {}", plain(&retry.categories.join(", "), SENTENCE)),
    };
    format!(
        "- {} had {} tried again at {}: {which}.\n",
        plain(&retry.requested_by, NAME),
        counted(retry.requeued, "probe"),
        time(Some(retry.requested_at))
    )
}

fn event_name(kind: &str) -> String {
    let known = match kind {
        "run.created" => "made",
        "run.queued" => "all probes queued",
        "run.started" => "started",
        "run.paused" => "paused",
        "run.resumed" => "resumed",
        "run.cancelled" => "cancelled",
        "run.stopped" => "stopped",
        "run.reopened" => "reopened",
        "run.limits_changed" => "limits changed",
        "run.blocked" => "blocked: every model is held",
        "run.completed" => "completed",
        "run.failed" => "failed",
        "run.ended" => "ended",
        "gate.opened" => "gate opened",
        "gate.approved" => "gate approved",
        "gate.rejected" => "gate rejected",
        "gate.changes_requested" => "changes requested at the gate",
        "gate.aborted" => "gate closed undecided",
        "model.held" => "model held",
        "model.released" => "model released",
        "model.given_up" => "model given up",
        "retry.requested" => "retry asked for",
        "retry.queued" => "retry queued",
        "probes.failed" => "probes failed unasked",
        "run.repaired" => "counters put right",
        other => return plain(other, NAME),
    };
    known.into()
}

/// What of an event's payload is worth a few words.
fn detail(event: &EventPart) -> String {
    let payload = &event.payload;
    let text = |key: &str| payload.get(key).and_then(Value::as_str).map(|text| plain(text, NAME));
    let number = |key: &str| payload.get(key).and_then(Value::as_i64);
    let parts: Vec<String> = match event.kind.as_str() {
        "gate.opened" | "gate.aborted" => text("kind").into_iter().collect(),
        "model.held" => [text("model"), text("category")].into_iter().flatten().collect(),
        "model.released" | "model.given_up" => text("model").into_iter().collect(),
        "run.stopped" => text("reason").into_iter().collect(),
        "probes.failed" => [number("count").map(|number| counted(number, "probe")), text("category")]
            .into_iter()
            .flatten()
            .collect(),
        "run.queued" | "retry.queued" => {
            number("probes").map(|number| counted(number, "probe")).into_iter().collect()
        }
        "run.completed" | "run.failed" | "run.ended" => ["succeeded", "failed", "cancelled"]
            .iter()
            .filter_map(|key| Some(format!("{} {key}", count(number(key)?))))
            .collect(),
        "run.limits_changed" => payload.as_object().map_or(Vec::new(), |changes| {
            changes.iter().filter_map(|(key, change)| changed(key, change)).collect()
        }),
        _ => Vec::new(),
    };
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

fn changed(key: &str, change: &Value) -> Option<String> {
    let (from, to) = (change.get("from")?, change.get("to")?);
    let shown = |value: &Value| match (value, key) {
        (Value::Null, _) => "none".to_owned(),
        (Value::Number(number), "budgetUsdMicros") => {
            format!("{} USD", usd(number.as_i64().map(crate::report::usd)))
        }
        (Value::String(text), _) => plain(text, NAME),
        (other, _) => plain(&other.to_string(), NAME),
    };
    let name = match key {
        "budgetUsdMicros" => "budget".to_owned(),
        "deadlineAt" => "deadline".to_owned(),
        "parallel" => "calls at once".to_owned(),
        other => plain(other, NAME),
    };
    Some(format!("{name} from {} to {}", shown(from), shown(to)))
}
