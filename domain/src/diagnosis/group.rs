//! Failures of a run, by cause and model.

use std::collections::{BTreeMap, HashMap};

use entity::provider;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Diagnosis, Failure, Rule, diagnose, evidence::shape, rule_named, what_to_do};

/// Kinds of evidence that are told apart per cause and model: more are counted and not shown.
const SHAPES_MAX: usize = 64;
/// Evidence that is kept and shown of a cause.
const EVIDENCE_MAX: usize = 3;
const EXAMPLES_MAX: usize = 5;
/// Different messages whose diagnosis is remembered: most failures of a run say the same.
const REMEMBERED_MAX: usize = 512;

/// What several failures say, but for numbers and ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// As the first of them said it.
    pub text: String,
    /// How many said so.
    pub count: i64,
}

/// How often a model of the run failed so.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ModelCount {
    /// The model's row.
    pub run_model_id: Uuid,
    /// Its failed probes of this cause.
    pub count: i64,
}

/// Failures of a run that have one cause.
#[derive(Clone, Debug)]
pub struct Group {
    /// The cause.
    pub rule: &'static Rule,
    /// Failed probes.
    pub count: i64,
    /// By model, in the order of the run.
    pub models: Vec<ModelCount>,
    /// What they say most often, most frequent first.
    pub evidence: Vec<Evidence>,
    /// Some of the probes.
    pub example_probe_ids: Vec<Uuid>,
    /// What to do; a sentence per provider where they differ.
    pub what_to_do: String,
}

/// Failures of one model of a run that have one cause.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) run_model_id: Uuid,
    pub(super) cause: String,
    pub(super) count: i64,
    pub(super) evidence: Vec<Evidence>,
    pub(super) example_probe_ids: Vec<Uuid>,
}

/// A failed probe.
pub(super) struct Failed {
    pub(super) probe_id: Uuid,
    pub(super) run_model_id: Uuid,
    pub(super) category: Option<String>,
    pub(super) message: String,
}

/// Counts failures one by one; what it holds does not grow with their number.
#[derive(Default)]
pub(super) struct Counting {
    cells: BTreeMap<(Uuid, &'static str), Counted>,
    remembered: HashMap<(Option<String>, String), (&'static Rule, String)>,
}

#[derive(Default)]
struct Counted {
    count: i64,
    shapes: Vec<(String, Evidence)>,
    examples: Vec<Uuid>,
}

impl Counting {
    pub(super) fn add(&mut self, failed: Failed) {
        let Failed { probe_id, run_model_id, category, message } = failed;
        let key = (category, message);
        let known = self.remembered.get(&key).cloned();
        let (rule, line) = known.unwrap_or_else(|| {
            let failure = Failure { category: key.0.as_deref(), message: &key.1 };
            let Diagnosis { rule, evidence, .. } = diagnose(failure, None);
            let said = (rule, evidence.join(" · "));
            if self.remembered.len() < REMEMBERED_MAX {
                self.remembered.insert(key, said.clone());
            }
            said
        });
        let counted = self.cells.entry((run_model_id, rule.cause)).or_default();
        counted.count += 1;
        if counted.examples.len() < EXAMPLES_MAX {
            counted.examples.push(probe_id);
        }
        if !line.is_empty() {
            add_evidence(&mut counted.shapes, Evidence { text: line, count: 1 });
        }
    }

    pub(super) fn cells(self) -> Vec<Cell> {
        let cell = |((run_model_id, cause), counted): ((Uuid, &'static str), Counted)| Cell {
            run_model_id,
            cause: cause.to_owned(),
            count: counted.count,
            evidence: most_frequent(counted.shapes),
            example_probe_ids: counted.examples,
        };
        self.cells.into_iter().map(cell).collect()
    }
}

fn add_evidence(shapes: &mut Vec<(String, Evidence)>, said: Evidence) {
    let key = shape(&said.text);
    if let Some((_, evidence)) = shapes.iter_mut().find(|(known, _)| *known == key) {
        evidence.count += said.count;
    } else if shapes.len() < SHAPES_MAX {
        shapes.push((key, said));
    }
}

fn most_frequent(mut shapes: Vec<(String, Evidence)>) -> Vec<Evidence> {
    // Stable: of equally frequent ones the first comes first.
    shapes.sort_by_key(|(_, evidence)| std::cmp::Reverse(evidence.count));
    shapes.into_iter().take(EVIDENCE_MAX).map(|(_, evidence)| evidence).collect()
}

/// The groups of a run, most frequent first. `models`: the run's, in its order, each with its provider.
pub(super) fn groups(cells: &[Cell], models: &[(Uuid, Option<&provider::Model>)]) -> Vec<Group> {
    let mut causes: Vec<&str> = cells.iter().map(|cell| cell.cause.as_str()).collect();
    causes.sort_unstable();
    causes.dedup();
    let mut groups: Vec<Group> = causes.into_iter().map(|cause| group(cause, cells, models)).collect();
    groups.sort_by(|a, b| b.count.cmp(&a.count).then(a.rule.cause.cmp(b.rule.cause)));
    groups
}

fn group(cause: &str, cells: &[Cell], models: &[(Uuid, Option<&provider::Model>)]) -> Group {
    let rule = rule_named(cause);
    let of_cause = || {
        models.iter().filter_map(|(id, provider)| {
            let cell = cells.iter().find(|cell| cell.cause == cause && cell.run_model_id == *id)?;
            Some((cell, *provider))
        })
    };
    let mut shapes = Vec::new();
    let mut advice: Vec<String> = Vec::new();
    for (cell, provider) in of_cause() {
        cell.evidence.iter().for_each(|said| add_evidence(&mut shapes, said.clone()));
        let said = what_to_do(rule, provider);
        if !advice.contains(&said) {
            advice.push(said);
        }
    }
    // In turn from each model, so that none hides the others.
    let examples = (0..EXAMPLES_MAX)
        .flat_map(|nth| of_cause().filter_map(move |(cell, _)| cell.example_probe_ids.get(nth).copied()))
        .take(EXAMPLES_MAX)
        .collect();
    Group {
        rule,
        count: of_cause().map(|(cell, _)| cell.count).sum(),
        models: of_cause()
            .map(|(cell, _)| ModelCount { run_model_id: cell.run_model_id, count: cell.count })
            .collect(),
        evidence: most_frequent(shapes),
        example_probe_ids: examples,
        what_to_do: advice.join(" "),
    }
}
