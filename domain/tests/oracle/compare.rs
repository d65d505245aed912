//! Figures beside what they should be.

use std::collections::BTreeSet;

use domain::stats::Interval;
use serde_json::Value;

/// Absolute or relative, whichever is larger.
const TOLERANCE: f64 = 1e-9;

/// Compares what was found with what is expected, and knows what was not looked at.
pub(crate) struct Check<'a> {
    name: String,
    expected: &'a Value,
    looked_at: BTreeSet<String>,
    figures: usize,
}

impl<'a> Check<'a> {
    pub(crate) fn new(name: String, expected: &'a Value) -> Self {
        Self { name, expected, looked_at: BTreeSet::new(), figures: 0 }
    }

    /// The expected figure `key` is `found`, or both are missing.
    pub(crate) fn is(&mut self, key: &str, found: impl Into<Option<f64>>) {
        self.looked_at.insert(key.to_owned());
        self.figure(key, &self.expected[key].clone(), found.into());
    }

    /// Both ends of an interval.
    pub(crate) fn interval(&mut self, key: &str, found: Option<Interval>) {
        self.list(key, found.map(|interval| vec![interval.low, interval.high]));
    }

    /// A list of figures.
    pub(crate) fn list(&mut self, key: &str, found: Option<Vec<f64>>) {
        self.looked_at.insert(key.to_owned());
        let expected = self.expected[key].clone();
        let Some(found) = found else {
            assert!(expected.is_null(), "{} {key}: nothing found, expected {expected}", self.name);
            return;
        };
        let expected =
            expected.as_array().unwrap_or_else(|| panic!("{} {key}: {found:?} is not nothing", self.name));
        assert_eq!(expected.len(), found.len(), "{} {key}", self.name);
        for (expected, found) in expected.iter().zip(found) {
            self.figure(key, expected, Some(found));
        }
    }

    /// A part of what is expected, for a check of its own.
    pub(crate) fn part(&mut self, key: &str) -> &'a Value {
        self.looked_at.insert(key.to_owned());
        &self.expected[key]
    }

    /// Counts the figures of a part.
    pub(crate) fn add(&mut self, part: Check<'_>) {
        self.figures += part.finish();
    }

    /// How many figures were compared. Everything expected must have been.
    pub(crate) fn finish(self) -> usize {
        let all: BTreeSet<String> = self.expected.as_object().unwrap().keys().cloned().collect();
        assert_eq!(all, self.looked_at, "{}", self.name);
        self.figures
    }

    fn figure(&mut self, key: &str, expected: &Value, found: Option<f64>) {
        self.figures += 1;
        let (Some(found), Some(expected)) = (found, expected.as_f64()) else {
            assert!(
                found.is_none() && expected.is_null(),
                "{} {key}: {found:?} is not {expected}",
                self.name
            );
            return;
        };
        let allowed = TOLERANCE * expected.abs().max(1.0);
        let is_close = (found - expected).abs() <= allowed;
        assert!(
            is_close,
            "{} {key}: {found:e} is not {expected:e}, off by {:e}",
            self.name,
            found - expected
        );
    }
}

/// (cluster, value) of JSON pairs.
pub(crate) fn values(given: &Value) -> Vec<(u64, f64)> {
    let pair = |pair: &Value| (pair[0].as_u64().unwrap(), pair[1].as_f64().unwrap());
    given.as_array().unwrap().iter().map(pair).collect()
}

/// (cluster, passed) of JSON pairs.
pub(crate) fn trials(given: &Value) -> Vec<(u64, bool)> {
    let pair = |pair: &Value| (pair[0].as_u64().unwrap(), pair[1].as_bool().unwrap());
    given.as_array().unwrap().iter().map(pair).collect()
}

/// Numbers of a JSON list.
pub(crate) fn numbers(given: &Value) -> Vec<f64> {
    given.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
