//! A registry of metrics that knows their names.

use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::{MetricType, TypedMetric},
    registry::{Metric, Registry},
};

/// What every name begins with.
const PREFIX: &str = "probity";

/// The media type of `text`.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A registry that remembers the names under which its metrics are shown.
pub struct Book {
    registry: Registry,
    names: Vec<String>,
}

impl Default for Book {
    fn default() -> Self {
        Self { registry: Registry::with_prefix(PREFIX), names: Vec::new() }
    }
}

impl Book {
    /// Registers a metric and gives it back. `name`: without prefix, and for a counter without
    /// `_total`.
    pub fn add<M: Metric + TypedMetric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        // The library puts the full stop.
        self.registry.register(name, help.trim_end_matches('.'), metric.clone());
        let suffixes: &[&str] = match M::TYPE {
            MetricType::Counter => &["_total"],
            MetricType::Histogram => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        self.names.extend(suffixes.iter().map(|suffix| format!("{PREFIX}_{name}{suffix}")));
        metric
    }

    /// The names of all metrics, as they are shown.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Books as text for Prometheus, in the OpenMetrics format.
///
/// # Errors
/// Where a metric cannot be written, which none of ours does.
pub fn text(books: &[&Book]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for book in books {
        encode_registry(&mut text, &book.registry)?;
    }
    encode_eof(&mut text)?;
    Ok(text)
}
