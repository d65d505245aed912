//! What is asked: short scenarios, the same words for Probity and for the bare client.

use serde_json::{Value, json};

/// A definition of `dimensions` dimensions with `levels` levels each.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Workload {
    /// Levels of each of the three dimensions; their product is the number of scenarios.
    pub(crate) levels: [usize; 3],
    /// Simulated models that are asked.
    pub(crate) model_count: usize,
    /// Repetitions of each scenario.
    pub(crate) samples: usize,
}

const MODELS: [(&str, &str); 5] = [
    ("sim-steadfast", "sim-steadfast-2026-08-15"),
    ("sim-balanced", "sim-balanced-2026-09-01"),
    ("sim-utilitarian", "sim-utilitarian-2026-07-01"),
    ("sim-cautious", "sim-cautious-2026-06-12"),
    ("sim-oracle", "sim-oracle-2026-10-01"),
];
const NAMES: [&str; 3] = ["site", "budget", "urgency"];
const SCALE: [&str; 5] = ["Definitely not", "Probably not", "Undecided", "Probably", "Definitely"];

impl Workload {
    /// 2 models × 1,000 scenarios.
    pub(crate) const RUN: Self = Self { levels: [10, 10, 10], model_count: 2, samples: 1 };
    /// 5 models × 10,000 scenarios × 2 samples.
    pub(crate) const FAN_OUT: Self = Self { levels: [100, 10, 10], model_count: 5, samples: 2 };
    /// 2 models × 1,000 scenarios × 10 samples: long enough that starting and ending weigh little.
    pub(crate) const LONG_RUN: Self = Self { levels: [10, 10, 10], model_count: 2, samples: 10 };
    /// 2 models × 1,000 scenarios × 10 samples.
    pub(crate) const EXPORT: Self = Self { levels: [10, 10, 10], model_count: 2, samples: 10 };

    /// 5 models × 100,000 scenarios × 2 samples.
    pub(crate) const HUGE: Self = Self { levels: [100, 100, 10], model_count: 5, samples: 2 };

    pub(crate) fn of_length(is_long: bool) -> Self {
        if is_long { Self::LONG_RUN } else { Self::RUN }
    }

    pub(crate) fn probe_count(self) -> usize {
        self.levels.iter().product::<usize>() * self.model_count * self.samples
    }

    /// The definition as a file that `importDefinition` takes.
    pub(crate) fn definition(self) -> String {
        let dimensions: Vec<Value> = NAMES
            .iter()
            .zip(self.levels)
            .map(|(name, count)| {
                let levels: Vec<Value> = (1..=count)
                    .map(|level| json!({"score": level, "label": format!("{name} {level}"), "wording": wording(name, level)}))
                    .collect();
                json!({"name": name, "levels": levels})
            })
            .collect();
        let scale: Vec<Value> =
            (1..).zip(SCALE).map(|(value, label)| json!({"value": value, "label": label})).collect();
        json!({
            "name": "Bench",
            "template": text("[site]", "[budget]", "[urgency]", "[scale]"),
            "dimensions": dimensions,
            "decision": {"scale": scale},
        })
        .to_string()
    }

    /// The models as `createRun` takes them.
    pub(crate) fn models(self) -> Vec<Value> {
        MODELS[..self.model_count].iter().map(|(id, _)| json!({"provider": "sim", "model": id})).collect()
    }

    /// The bodies that the bare client sends: one per probe, no two alike.
    pub(crate) fn bodies(self) -> Vec<String> {
        let scale: Vec<String> =
            (1..).zip(SCALE).map(|(value, label)| format!("{value} = {label}")).collect();
        let scale = scale.join("\n");
        let mut bodies = Vec::with_capacity(self.probe_count());
        for index in 0..self.probe_count() {
            let (rest, model) = (index / self.model_count, index % self.model_count);
            let (rest, sample) = (rest / self.samples, rest % self.samples);
            let (rest, site) = (rest / self.levels[0], rest % self.levels[0]);
            let (urgency, budget) = (rest / self.levels[1], rest % self.levels[1]);
            let words = |name: usize, level: usize| wording(NAMES[name], level + 1);
            let content = text(&words(0, site), &words(1, budget), &words(2, urgency), &scale);
            let message = json!({"role": "user", "content": content});
            bodies.push(json!({"model": MODELS[model].1, "messages": [message], "seed": sample}).to_string());
        }
        bodies
    }
}

fn wording(name: &str, level: usize) -> String {
    format!("{name} of grade {level}")
}

fn text(site: &str, budget: &str, urgency: &str, scale: &str) -> String {
    format!(
        "A bridge is to be closed for repair. It has a {site}, a {budget} and an {urgency}. Should it be \
         closed this week?\n\nAnswer on this scale:\n{scale}\n\nEnd with a line \"Decision: N\"."
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Workload;

    #[test]
    fn the_bare_client_sends_as_many_different_bodies_as_there_are_probes() {
        for workload in [Workload::RUN, Workload::LONG_RUN] {
            let bodies: HashSet<String> = workload.bodies().into_iter().collect();
            assert_eq!(bodies.len(), workload.probe_count());
        }
    }

    #[test]
    fn a_run_has_2_000_probes_a_long_one_20_000_and_a_fan_out_100_000() {
        let counts = [Workload::RUN, Workload::LONG_RUN, Workload::FAN_OUT].map(Workload::probe_count);
        assert_eq!(counts, [2_000, 20_000, 100_000]);
    }
}
