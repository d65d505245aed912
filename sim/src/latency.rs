//! How long a simulated provider takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::chance::Chance;

/// The time between a request and its answer, drawn again for each call.
///
/// As JSON: `"none"`, `{"fixed_ms":200}`, `{"uniform":{"low_ms":50,"high_ms":400}}`,
/// `{"log_normal":{"median_ms":200,"sigma":0.5}}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// Answers as fast as it can.
    #[default]
    None,
    /// Always the same.
    #[serde(rename = "fixed_ms")]
    Fixed(#[serde(with = "milliseconds")] Duration),
    /// Anything between two bounds, equally likely.
    Uniform {
        /// The shortest.
        #[serde(rename = "low_ms", with = "milliseconds")]
        low: Duration,
        /// The longest.
        #[serde(rename = "high_ms", with = "milliseconds")]
        high: Duration,
    },
    /// The long tail that real providers have.
    LogNormal {
        /// Half of the calls are faster.
        #[serde(rename = "median_ms", with = "milliseconds")]
        median: Duration,
        /// Standard deviation of the logarithm: 0.5 puts one call in 40 above 2.7 × the median.
        sigma: f64,
    },
}

impl Latency {
    pub(crate) fn draw(self, chance: &mut Chance) -> Duration {
        match self {
            Latency::None => Duration::ZERO,
            Latency::Fixed(time) => time,
            Latency::Uniform { low, high } => low + high.saturating_sub(low).mul_f64(chance.fraction()),
            Latency::LogNormal { median, sigma } => {
                let factor = (sigma * chance.normal()).exp();
                Duration::try_from_secs_f64(median.as_secs_f64() * factor).unwrap_or(median)
            }
        }
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(time.as_secs_f64() * 1_000.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)? / 1_000.0).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latency;
    use crate::chance::Chance;

    #[test]
    fn half_of_the_log_normal_draws_are_below_the_median() {
        let latency = Latency::LogNormal { median: Duration::from_millis(200), sigma: 0.5 };
        let mut chance = Chance::new(3);
        let below = (0..10_000).filter(|_| latency.draw(&mut chance) < Duration::from_millis(200)).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn latency_is_read_from_json_in_milliseconds() {
        let read = |json| serde_json::from_str::<Latency>(json).unwrap();
        assert_eq!(read(r#""none""#), Latency::None);
        assert_eq!(read(r#"{"fixed_ms":200}"#), Latency::Fixed(Duration::from_millis(200)));
    }
}
