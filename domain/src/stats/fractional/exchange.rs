//! The best rows that exchanging one level at a time finds.

use std::collections::HashSet;

use nalgebra::{DMatrix, DVector};

use super::coding::{Space, d_efficiency};
use crate::sampling::SplitMix64;
use crate::stats::StatsError;

/// Work of all starts together, in multiplications: well under a second.
const WORK_MAX: f64 = 1e8;
const STARTS_MAX: f64 = 20.0;
const PASSES_MAX: usize = 30;
/// Products up to this size are searched through where drawing finds too few allowed rows.
const SEARCHED_MAX: u64 = 10_000_000;

/// The best of several coordinate exchanges from random starts. Errors: `Design`.
pub(super) fn d_optimal(
    space: &Space,
    size: u64,
    generator: &mut SplitMix64,
    is_allowed: &impl Fn(u64) -> bool,
) -> Result<Vec<u64>, StatsError> {
    // About ten passes over each level of each row.
    let per_pass = (size * space.levels.len() as u64) as f64 * (space.parameters() as f64).powi(2);
    let per_start = per_pass * 10.0;
    let starts = (WORK_MAX / per_start).clamp(1.0, STARTS_MAX) as usize;
    let mut best: Option<(f64, Vec<u64>)> = None;
    // Found once, for all starts.
    let mut searched = None;
    for _ in 0..starts {
        let mut rows = start(space, size, generator, is_allowed, &mut searched)?;
        improve(space, &mut rows, is_allowed);
        rows.sort_unstable();
        let efficiency = d_efficiency(space, &rows).unwrap_or(0.0);
        if best.as_ref().is_none_or(|(reached, _)| efficiency > *reached + 1e-12) {
            best = Some((efficiency, rows));
        }
        // Balanced and orthogonal: no start can do better.
        if efficiency > 1.0 - 1e-9 {
            break;
        }
    }
    best.map(|(_, rows)| rows).ok_or(StatsError::NotConverged("the design"))
}

/// Different allowed rows, drawn.
fn start(
    space: &Space,
    size: u64,
    generator: &mut SplitMix64,
    is_allowed: &impl Fn(u64) -> bool,
    searched: &mut Option<Vec<u64>>,
) -> Result<Vec<u64>, StatsError> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    let draws = if searched.is_some() { 0 } else { size.saturating_mul(50).saturating_add(10_000) };
    for _ in 0..draws {
        let row = generator.below(space.total());
        if seen.insert(row) && is_allowed(row) {
            rows.push(row);
            if rows.len() as u64 == size {
                return Ok(rows);
            }
        }
    }
    if space.total() > SEARCHED_MAX {
        let message = format!("the rules leave so few scenarios that {size} were not found: loosen a rule");
        return Err(StatsError::Design(message));
    }
    let allowed = searched.get_or_insert_with(|| (0..space.total()).filter(|row| is_allowed(*row)).collect());
    if (allowed.len() as u64) < size {
        let message = format!("the rules leave {} scenarios: ask for as many at most", allowed.len());
        return Err(StatsError::Design(message));
    }
    for step in 0..size as usize {
        let chosen = step + generator.below((allowed.len() - step) as u64) as usize;
        allowed.swap(step, chosen);
    }
    Ok(allowed.iter().take(size as usize).copied().collect())
}

/// Changes one level of one row at a time, each time to where the determinant grows most, until none grows.
fn improve(space: &Space, rows: &mut [u64], is_allowed: &impl Fn(u64) -> bool) {
    let mut taken: HashSet<u64> = rows.iter().copied().collect();
    for _ in 0..PASSES_MAX {
        // Anew each pass, for rounding; a little added to the diagonal lets a singular start improve.
        let mut information = space.information(rows);
        for diagonal in 0..space.parameters() {
            information[(diagonal, diagonal)] += 1e-6 * rows.len() as f64;
        }
        let Some(root) = information.cholesky() else { return };
        let mut inverse = root.inverse();
        let mut has_changed = false;
        for row in rows.iter_mut() {
            for factor in 0..space.levels.len() {
                let Some(better) = best_change(space, *row, factor, &inverse, &taken, is_allowed) else {
                    continue;
                };
                taken.remove(row);
                taken.insert(better);
                exchange(&mut inverse, &space.coded(*row), &space.coded(better));
                *row = better;
                has_changed = true;
            }
        }
        if !has_changed {
            return;
        }
    }
}

/// The row with another level of this factor under which the determinant grows most, if any.
fn best_change(
    space: &Space,
    row: u64,
    factor: usize,
    inverse: &DMatrix<f64>,
    taken: &HashSet<u64>,
    is_allowed: &impl Fn(u64) -> bool,
) -> Option<u64> {
    let coded = DVector::from_vec(space.coded(row));
    let spread = inverse * &coded;
    let own = coded.dot(&spread);
    let level = space.level(row, factor);
    let start = *space.starts.get(factor)?;
    let now = space.contrast(factor, level);
    let mut best = (1.0 + 1e-9, None);
    for other in 0..*space.levels.get(factor)? {
        let moved = row - u64::from(level) * space.strides.get(factor)?
            + u64::from(other) * space.strides.get(factor)?;
        if other == level || taken.contains(&moved) || !is_allowed(moved) {
            continue;
        }
        // Only this factor's columns differ, so that a row's change costs no whole product.
        let change: Vec<f64> =
            space.contrast(factor, other).iter().zip(now).map(|(new, old)| new - old).collect();
        let along: f64 =
            change.iter().enumerate().map(|(column, value)| value * spread[start + column]).sum();
        let across: f64 = change
            .iter()
            .enumerate()
            .map(|(a, left)| {
                let right =
                    change.iter().enumerate().map(|(b, right)| inverse[(start + a, start + b)] * right);
                left * right.sum::<f64>()
            })
            .sum();
        let theirs = own + 2.0 * along + across;
        let growth = (1.0 + theirs) * (1.0 - own) + (own + along).powi(2);
        if growth > best.0 {
            best = (growth, Some(moved));
        }
    }
    best.1
}

/// The inverse after a row is exchanged for another, by Sherman & Morrison twice.
fn exchange(inverse: &mut DMatrix<f64>, old: &[f64], new: &[f64]) {
    for (row, sign) in [(new, 1.0), (old, -1.0)] {
        let row = DVector::from_column_slice(row);
        let spread = &*inverse * &row;
        let weight = -sign / (1.0 + sign * row.dot(&spread));
        inverse.ger(weight, &spread, &spread, 1.0);
    }
}
