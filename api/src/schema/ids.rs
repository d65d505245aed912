//! Ids from outside.

use async_graphql::ID;
use domain::{Error, Result};
use uuid::Uuid;

/// Reads an id; `field` is what an error names.
pub(crate) fn parse_id(field: &str, id: &ID) -> Result<Uuid> {
    Uuid::parse_str(id)
        .map_err(|_| Error::invalid(field, format!("`{}` is no id of Probity.", shortened(id))))
}

/// Reads an id that may be missing.
pub(crate) fn parse_optional_id(field: &str, id: Option<&ID>) -> Result<Option<Uuid>> {
    id.map(|id| parse_id(field, id)).transpose()
}

/// Reads a number that may not be negative.
pub(crate) fn parse_count(field: &str, number: Option<i32>) -> Result<Option<u32>> {
    let parse = |number: i32| {
        u32::try_from(number)
            .map_err(|_| Error::invalid(field, format!("{number} is too small; give 0 or more.")))
    };
    number.map(parse).transpose()
}

/// Micro-dollars as decimal dollars, as they leave Probity.
pub(crate) fn usd(micros: i64) -> f64 {
    // Exact to the micro-dollar below nine billion dollars.
    micros as f64 / 1e6
}

/// Reads US dollars as micro-dollars; the domain says which sums it takes.
pub(crate) fn parse_usd(field: &str, usd: Option<f64>) -> Result<Option<i64>> {
    // Beyond this, a float has no micro-dollars any more.
    const MAX: f64 = 1e9;
    let parse = |usd: f64| match usd {
        #[expect(clippy::cast_possible_truncation, reason = "at most a billion dollars")]
        0.0..=MAX => Ok((usd * 1e6).round() as i64),
        _ => Err(Error::invalid(field, format!("{usd} is no sum; give US dollars from 0 to 1,000,000,000."))),
    };
    usd.map(parse).transpose()
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
