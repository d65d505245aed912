//! Models that answer as `sim`'s profiles do (docs/simulation.md): bias, a quirk per scenario and
//! noise per sample, cut to 0–1, laid over a scale from 1 to 5 and rounded.

use statrs::distribution::{ContinuousCDF, Normal};

/// SplitMix64, and normal values from it.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// In [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box & Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        (self.uniform() * bound as f64) as u64
    }
}

/// What a simulated model is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    pub(crate) bias: f64,
    pub(crate) quirk_sd: f64,
    pub(crate) noise_sd: f64,
}

/// Symmetric and skewed ones; of the last one three quarters of all decisions are at the low end.
pub(crate) const PROFILES: [Profile; 6] = [
    Profile { name: "middle", bias: 0.5, quirk_sd: 0.2, noise_sd: 0.15 },
    Profile { name: "wide", bias: 0.5, quirk_sd: 0.4, noise_sd: 0.2 },
    Profile { name: "leaning", bias: 0.2, quirk_sd: 0.25, noise_sd: 0.2 },
    Profile { name: "skewed", bias: 0.1, quirk_sd: 0.2, noise_sd: 0.15 },
    Profile { name: "very skewed", bias: 0.0, quirk_sd: 0.35, noise_sd: 0.1 },
    Profile { name: "nearly always 1", bias: -0.1, quirk_sd: 0.3, noise_sd: 0.05 },
];

impl Profile {
    /// A decision from 1 to 5 under a scenario's quirk, shifted by what its dimensions add.
    pub(crate) fn decide(&self, quirk: f64, shift: f64, dice: &mut Dice) -> f64 {
        let stance = self.bias + shift + self.quirk_sd * quirk + self.noise_sd * dice.normal();
        (stance.clamp(0.0, 1.0) * 4.0).round() + 1.0
    }

    /// The mean over all scenarios and samples there could be.
    pub(crate) fn truth(&self, shift: f64) -> f64 {
        let sd = self.quirk_sd.hypot(self.noise_sd);
        let normal = Normal::new(self.bias + shift, sd).unwrap();
        // A decision exceeds point k + 1 where the stance exceeds (k + ½)/4.
        1.0 + (0..4).map(|step| normal.sf((f64::from(step) + 0.5) / 4.0)).sum::<f64>()
    }

    /// A run's decisions: (scenario, decision), `samples` of each of `scenarios` drawn at random.
    pub(crate) fn run(&self, scenarios: u64, samples: u64, dice: &mut Dice) -> Vec<(u64, f64)> {
        let mut values = Vec::new();
        for scenario in 0..scenarios {
            let quirk = dice.normal();
            values.extend((0..samples).map(|_| (scenario, self.decide(quirk, 0.0, dice))));
        }
        values
    }
}
