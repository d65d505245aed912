//! How scores are written: whole numbers without a decimal point, as people write them.

use serde::Serializer;

/// Above this, not every whole number has a double of its own (2^53).
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Serializes `2.0` as `2` and `0.5` as `0.5`, so that a file reads back as it was written.
pub(super) fn write<S: Serializer>(score: &Option<f64>, out: S) -> Result<S::Ok, S::Error> {
    match score {
        None => out.serialize_none(),
        // -0.0 has no whole-number spelling of its own.
        Some(score)
            if score.fract() == 0.0
                && score.abs() < EXACT_MAX
                && !(*score == 0.0 && score.is_sign_negative()) =>
        {
            // Exact: the value is whole and below 2^53.
            out.serialize_i64(*score as i64)
        }
        Some(score) => out.serialize_f64(*score),
    }
}

/// A score as text, e.g. `2` or `0.5`.
pub(super) fn display(score: f64) -> String {
    format!("{score}")
}

#[cfg(test)]
mod tests {
    use crate::definition::{fixture::two_dimensions, to_json};

    #[test]
    fn scores_are_written_as_people_write_them() {
        for (score, spelled) in [(2.0, "2"), (-3.0, "-3"), (0.5, "0.5"), (-0.0, "-0.0"), (1e300, "1e+300")] {
            let mut content = two_dimensions();
            content.dimensions[0].levels[0].score = Some(score);
            let json = to_json(&content);
            assert!(json.contains(&format!("\"score\": {spelled},")), "{spelled}: {json}");
        }
    }
}
