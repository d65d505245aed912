//! What is asked: short scenarios, no two alike.

use serde_json::{Value, json};

/// Simulated models that all read the same prompt.
pub(crate) const MODELS: [&str; 5] =
    ["sim-steadfast", "sim-balanced", "sim-utilitarian", "sim-cautious", "sim-oracle"];

/// A definition with so many scenarios of one turn.
pub(crate) fn questions(count: usize) -> Value {
    definition(&format!("Drill with {count} scenarios"), count)
}

/// A definition with so many scenarios of four turns. `sim-oracle` answers each of them.
pub(crate) fn conversations(count: usize) -> Value {
    let mut definition = definition("Drill in four turns", count);
    definition["follow_ups"] = json!([
        "The inspector is away until next week. Does that change your mind?",
        "The mayor wants it open. Does that change your mind?",
        "Say it once more, on this scale:\n[scale]\n\nEnd with a line \"Decision: N\".",
    ]);
    definition["max_turns"] = json!(4);
    definition
}

fn definition(name: &str, count: usize) -> Value {
    let levels: Vec<Value> = (1..=count)
        .map(|level| json!({"score": level, "label": format!("Bridge {level}"), "wording": format!("bridge number {level}")}))
        .collect();
    let scale: Vec<Value> = ["Definitely not", "Probably not", "Undecided", "Probably", "Definitely"]
        .iter()
        .zip(1..)
        .map(|(label, value)| json!({"value": value, "label": label}))
        .collect();
    json!({
        "name": name,
        "template": "A town has to repair [bridge]. Should it be closed this week?\n\n\
            Answer on this scale:\n[scale]\n\nEnd with a line \"Decision: N\".",
        "dimensions": [{"name": "bridge", "levels": levels}],
        "decision": {"scale": scale},
    })
}
