//! The strengths under which the comparisons were likeliest.

use nalgebra::{DMatrix, DVector};

use crate::stats::StatsError;

/// Steps of Newton's method before giving up; from a good start five are enough.
const STEPS_MAX: usize = 200;

/// Log strengths with mean 0. `wins` holds, row after row, how often each beat each; a chain of wins
/// must lead from each to each. Errors: `NotConverged`.
pub(super) fn strengths(size: usize, wins: &[f64], start: &[f64]) -> Result<Vec<f64>, StatsError> {
    const FAILED: StatsError = StatsError::NotConverged("Bradley-Terry");
    let mut theta = DVector::from_column_slice(start);
    let mut likelihood = log_likelihood(wins, &theta);
    for _ in 0..STEPS_MAX {
        let mut gradient = DVector::zeros(size);
        // Strengths have no origin: 1/size everywhere makes the curvature invertible and keeps the mean.
        let mut curvature = DMatrix::from_element(size, size, 1.0 / size as f64);
        for a in 0..size {
            for b in a + 1..size {
                let (to_a, to_b) = (wins[a * size + b], wins[b * size + a]);
                if to_a + to_b == 0.0 {
                    continue;
                }
                let chance = logistic(theta[a] - theta[b]);
                // Not n·chance − wins: where one side is sure to win, that would cancel.
                let slope = to_a * logistic(theta[b] - theta[a]) - to_b * chance;
                gradient[a] += slope;
                gradient[b] -= slope;
                let weight = (to_a + to_b) * chance * logistic(theta[b] - theta[a]);
                curvature[(a, a)] += weight;
                curvature[(b, b)] += weight;
                curvature[(a, b)] -= weight;
                curvature[(b, a)] -= weight;
            }
        }
        let mut step = curvature.cholesky().ok_or(FAILED)?.solve(&gradient);
        if step.amax() < 1e-13 * (1.0 + theta.amax()) {
            return Ok(centred(&theta));
        }
        // Far from the maximum a whole step may overshoot it.
        for halvings in 0.. {
            let next = &theta + &step;
            let reached = log_likelihood(wins, &next);
            // Near the maximum the likelihood no longer tells steps apart, and they are safe.
            if reached >= likelihood - 1e-12 * likelihood.abs() {
                (theta, likelihood) = (next, reached);
                break;
            }
            if halvings == 60 {
                return Err(FAILED);
            }
            step *= 0.5;
        }
        if step.amax() < 1e-13 * (1.0 + theta.amax()) {
            return Ok(centred(&theta));
        }
    }
    Err(FAILED)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn log_likelihood(wins: &[f64], theta: &DVector<f64>) -> f64 {
    let size = theta.len();
    let of = |(index, won): (usize, &f64)| {
        let difference = theta[index / size] - theta[index % size];
        // ln logistic(x), without overflow at either end.
        won * (difference.min(0.0) - (-difference.abs()).exp().ln_1p())
    };
    wins.iter().enumerate().filter(|(_, won)| **won > 0.0).map(of).sum()
}

fn centred(theta: &DVector<f64>) -> Vec<f64> {
    let mean = theta.mean();
    theta.iter().map(|value| value - mean).collect()
}
