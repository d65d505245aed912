//! Orthogonal arrays of strength 2, where one of exactly the wanted size is known.
//!
//! The rows of a linear array over a prime p are all vectors of n digits. A factor of p levels reads
//! a linear form of them, one of p^a levels a forms; two factors meet in every pair of levels equally often
//! where the forms of both together are independent. A factor of several primes reads forms over each,
//! and the rows are all combinations. Where all even factors have two levels, the even part may also
//! be a Hadamard matrix.

use std::collections::HashSet;

use super::coding::Space;
use super::hadamard::{hadamard_columns, is_hadamard_order};
use crate::sampling::SplitMix64;

/// Relabellings to try where rules forbid rows.
const RELABELLINGS_MAX: usize = 200;
/// Arrays above this size are not looked for: any large sample is nearly orthogonal.
const SIZE_MAX: u64 = 20_000;
/// Steps of the search for independent forms.
const STEPS_MAX: usize = 50_000;

/// Rows of an orthogonal array of this size, ascending, levels relabelled at random. `None` = not known, or
/// the rules forbid it.
pub(super) fn array(
    space: &Space,
    size: u64,
    generator: &mut SplitMix64,
    is_allowed: &impl Fn(u64) -> bool,
) -> Option<Vec<u64>> {
    let plain = construct(&space.levels, size)?;
    for _ in 0..RELABELLINGS_MAX {
        let labels: Vec<Vec<u64>> = space.levels.iter().map(|count| shuffled(*count, generator)).collect();
        let place = |row: &Vec<u32>| -> u64 {
            let moved = row.iter().zip(&labels).map(|(level, labels)| labels.get(*level as usize).copied());
            moved.zip(&space.strides).map(|(level, stride)| level.unwrap_or(0) * stride).sum()
        };
        let mut rows: Vec<u64> = plain.iter().map(place).collect();
        if rows.iter().all(|row| is_allowed(*row)) {
            rows.sort_unstable();
            return Some(rows);
        }
    }
    None
}

/// The smallest larger size, below the full product, that an array is known for.
pub(super) fn next_size(space: &Space, size: u64) -> Option<u64> {
    let mut step = 1;
    for (index, a) in space.levels.iter().enumerate() {
        for b in space.levels.iter().skip(index + 1) {
            let pair = u64::from(*a) * u64::from(*b);
            step = step / gcd(step, pair) * pair;
        }
    }
    let last = space.total().min(SIZE_MAX).min(size.saturating_mul(8));
    ((size / step + 1)..=last / step)
        .map(|times| times * step)
        .find(|size| *size < space.total() && construct(&space.levels, *size).is_some())
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn shuffled(count: u32, generator: &mut SplitMix64) -> Vec<u64> {
    let mut labels: Vec<u64> = (0..u64::from(count)).collect();
    for step in 0..labels.len() {
        let chosen = step + generator.below((labels.len() - step) as u64) as usize;
        labels.swap(step, chosen);
    }
    labels
}

/// Levels of each factor, row by row, all rows different.
fn construct(levels: &[u32], size: u64) -> Option<Vec<Vec<u32>>> {
    if size > SIZE_MAX {
        return None;
    }
    let linear = linear_parts(levels, size).and_then(|parts| combine(levels, &parts));
    let even_are_binary = levels.iter().all(|count| count % 2 == 1 || count % 4 == 2);
    linear.or_else(|| {
        // Smaller Hadamard matrices leave more of the size to the odd primes.
        (8..=size)
            .step_by(4)
            .filter(|order| size.is_multiple_of(*order) && even_are_binary && is_hadamard_order(*order))
            .find_map(|order| {
                let even = levels.iter().filter(|count| **count % 2 == 0).count();
                let columns = hadamard_columns(order, even)?;
                let odd: Vec<u32> =
                    levels.iter().map(|count| if count % 2 == 0 { count / 2 } else { *count }).collect();
                let mut parts = linear_parts(&odd, size / order)?;
                let mut next = columns.into_iter();
                let columns =
                    levels.iter().map(|count| if count % 2 == 0 { next.next() } else { None }).collect();
                parts.push(Part { rows: order as usize, base: 2, columns });
                combine(levels, &parts)
            })
    })
}

/// What each factor reads of one part of a row's number.
struct Part {
    rows: usize,
    /// Its prime.
    base: u32,
    /// Per factor what it reads in each row: the base to the power that its level count holds. `None` =
    /// nothing of this part.
    columns: Vec<Option<Vec<u32>>>,
}

/// One linear part per prime of the size. `None` = the factors need more room, or other primes.
fn linear_parts(levels: &[u32], size: u64) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = size;
    let mut prime = 2;
    while rest > 1 {
        let mut digits = 0;
        while rest.is_multiple_of(u64::from(prime)) {
            rest /= u64::from(prime);
            digits += 1;
        }
        if digits > 0 {
            parts.push(linear_part(levels, prime, digits)?);
        }
        prime += 1;
    }
    Some(parts)
}

fn power_in(mut count: u32, prime: u32) -> u32 {
    let mut power = 0;
    while count.is_multiple_of(prime) {
        count /= prime;
        power += 1;
    }
    power
}

fn linear_part(levels: &[u32], prime: u32, digits: u32) -> Option<Part> {
    let rows = prime.checked_pow(digits)? as usize;
    let mut needs: Vec<(usize, u32)> =
        levels.iter().enumerate().map(|(factor, count)| (factor, power_in(*count, prime))).collect();
    needs.retain(|(_, power)| *power > 0);
    needs.sort_by_key(|(factor, power)| (std::cmp::Reverse(*power), *factor));
    // Each factor occupies its forms, two of them share none: there must be room at all.
    let wanted: usize = needs.iter().map(|(_, power)| prime.pow(*power) as usize - 1).sum();
    if wanted > rows - 1 || needs.iter().any(|(_, power)| *power > digits) {
        return None;
    }
    let field = Field { prime, digits };
    let order = field.forms();
    let mut occupied = vec![false; rows];
    let mut chosen: Vec<Vec<usize>> = Vec::new();
    let mut steps = 0;
    let powers: Vec<u32> = needs.iter().map(|(_, power)| *power).collect();
    if !choose(&field, &order, &powers, &mut occupied, &mut chosen, &mut steps) {
        return None;
    }
    let mut columns = vec![None; levels.len()];
    for ((factor, _), forms) in needs.iter().zip(&chosen) {
        let column =
            (0..rows).map(|row| forms.iter().fold(0, |level, form| level * prime + field.read(*form, row)));
        if let Some(place) = columns.get_mut(*factor) {
            *place = Some(column.collect());
        }
    }
    Some(Part { rows, base: prime, columns })
}

/// Chooses as many independent forms as each factor needs, none occupied, by trying and going back.
fn choose(
    field: &Field,
    order: &[usize],
    powers: &[u32],
    occupied: &mut Vec<bool>,
    chosen: &mut Vec<Vec<usize>>,
    steps: &mut usize,
) -> bool {
    let factor = chosen.len().saturating_sub(1);
    let is_open =
        chosen.last().zip(powers.get(factor)).is_some_and(|(forms, power)| forms.len() < *power as usize);
    if !is_open {
        if chosen.len() == powers.len() {
            return true;
        }
        chosen.push(Vec::new());
        let found = choose(field, order, powers, occupied, chosen, steps);
        if !found {
            chosen.pop();
        }
        return found;
    }
    for form in order {
        *steps += 1;
        if *steps > STEPS_MAX {
            return false;
        }
        let forms = chosen.last().cloned().unwrap_or_default();
        // All combinations of the forms so far with this one, which must be free.
        let added = field.span_with(&forms, *form);
        let is_free = |form: &usize| *form != 0 && occupied.get(*form) == Some(&false);
        if !added.iter().all(is_free) {
            continue;
        }
        set(occupied, &added, true);
        if let Some(forms) = chosen.last_mut() {
            forms.push(*form);
        }
        if choose(field, order, powers, occupied, chosen, steps) {
            return true;
        }
        if let Some(forms) = chosen.last_mut() {
            forms.pop();
        }
        set(occupied, &added, false);
    }
    false
}

fn set(occupied: &mut [bool], forms: &[usize], value: bool) {
    for form in forms {
        occupied.iter_mut().skip(*form).take(1).for_each(|place| *place = value);
    }
}

/// Vectors of digits modulo a prime, as numbers in that base.
struct Field {
    prime: u32,
    digits: u32,
}

impl Field {
    fn digit(&self, vector: usize, position: u32) -> u32 {
        (vector / self.prime.pow(position) as usize % self.prime as usize) as u32
    }

    /// Single digits first, so that all are read and no row occurs twice; then forms of many digits, which
    /// keep main effects clear of interactions for longest.
    fn forms(&self) -> Vec<usize> {
        let weight =
            |form: &usize| (0..self.digits).filter(|position| self.digit(*form, *position) > 0).count();
        let mut forms: Vec<usize> = (1..self.prime.pow(self.digits) as usize).collect();
        forms.sort_by_key(|form| match weight(form) {
            1 => (0, *form),
            weight => (self.digits as usize + 1 - weight, *form),
        });
        forms
    }

    fn read(&self, form: usize, row: usize) -> u32 {
        let products =
            (0..self.digits).map(|position| self.digit(form, position) * self.digit(row, position));
        products.sum::<u32>() % self.prime
    }

    fn combined(&self, a: usize, times: u32, b: usize) -> usize {
        (0..self.digits)
            .map(|position| {
                let digit = (self.digit(a, position) + times * self.digit(b, position)) % self.prime;
                digit as usize * self.prime.pow(position) as usize
            })
            .sum()
    }

    /// What the span of `forms` gains by `form`.
    fn span_with(&self, forms: &[usize], form: usize) -> Vec<usize> {
        let mut span = vec![0];
        for known in forms {
            let times = 1..self.prime;
            let more: Vec<usize> = times
                .flat_map(|times| span.iter().map(move |a| (times, *a)))
                .map(|(times, a)| self.combined(a, times, *known))
                .collect();
            span.extend(more);
        }
        (1..self.prime)
            .flat_map(|times| span.iter().map(move |a| (times, *a)))
            .map(|(times, a)| self.combined(a, times, form))
            .collect()
    }
}

/// All combinations of the parts' rows. `None` where a factor lacks a part or two rows are the same.
fn combine(levels: &[u32], parts: &[Part]) -> Option<Vec<Vec<u32>>> {
    let mut rows = vec![vec![0; levels.len()]];
    let mut reached = vec![1_u32; levels.len()];
    for part in parts {
        let mut next = Vec::with_capacity(rows.len() * part.rows);
        let width = |count: u32| part.base.pow(power_in(count, part.base));
        for row in &rows {
            for own in 0..part.rows {
                let read = |(factor, (level, count)): (usize, (&u32, &u32))| {
                    let column = part.columns.get(factor).and_then(Option::as_ref);
                    match column.and_then(|column| column.get(own)) {
                        Some(value) => level * width(*count) + value,
                        None => *level,
                    }
                };
                next.push(row.iter().zip(levels).enumerate().map(read).collect::<Vec<u32>>());
            }
        }
        for ((reached, column), count) in reached.iter_mut().zip(&part.columns).zip(levels) {
            if column.is_some() {
                *reached *= width(*count);
            }
        }
        rows = next;
    }
    let different: HashSet<&Vec<u32>> = rows.iter().collect();
    (reached == levels && different.len() == rows.len()).then_some(rows)
}
