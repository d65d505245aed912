//! The columns that factors become, and the values collapsed to one mean per cell.

use super::{Coding, Factor, Observations};
use crate::stats::StatsError;

/// Where a column comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Constant,
    Score { factor: usize },
    Level { factor: usize, level: usize, n: u64 },
}

/// A cell with at least one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// Its position among the cells given.
    pub(super) given: usize,
    pub(super) cluster: u64,
    pub(super) count: f64,
    pub(super) mean: f64,
}

/// What is regressed on what. A cell's values share all columns, so its mean and count are enough for
/// the effects, and the spread within cells for the residuals.
pub(super) struct Design<'a> {
    factors: &'a [Factor],
    levels: &'a [u32],
    columns: Vec<Source>,
    /// Values at each level of each factor.
    seen: Vec<Vec<u64>>,
    /// In the clusters' order, so that a cluster's cells are neighbours.
    pub(super) cells: Vec<Cell>,
    /// Sum of squares of the values around their cell's mean.
    pub(super) within_squares: f64,
    clusters: u64,
    n: u64,
}

impl<'a> Design<'a> {
    pub(super) fn new(factors: &'a [Factor], given: Observations<'a>) -> Result<Self, StatsError> {
        if given.levels.len() != given.clusters.len() * factors.len() {
            return Err(StatsError::Lengths("levels and clusters of the cells"));
        }
        let mut sums = vec![(0.0_f64, 0_u64); given.clusters.len()];
        for (cell, value) in given.values {
            if !value.is_finite() {
                return Err(StatsError::NotFinite);
            }
            let sum = sums.get_mut(*cell as usize).ok_or(StatsError::Lengths("cells and values"))?;
            *sum = (sum.0 + value, sum.1 + 1);
        }
        let used = sums.iter().zip(given.clusters).enumerate().filter(|(_, ((_, count), _))| *count > 0);
        let mut cells: Vec<Cell> = used
            .map(|(given, ((sum, count), cluster))| Cell {
                given,
                cluster: *cluster,
                count: *count as f64,
                mean: sum / *count as f64,
            })
            .collect();
        // Cells are found through `sums` below, before they are sorted.
        let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / *count as f64).collect();
        let around =
            |(cell, value): &(u32, f64)| means.get(*cell as usize).map(|mean| (value - mean).powi(2));
        let within_squares = given.values.iter().filter_map(around).sum();
        cells.sort_by_key(|cell| (cell.cluster, cell.given));
        let clusters = cells.chunk_by(|a, b| a.cluster == b.cluster).count() as u64;
        let mut design = Self {
            factors,
            levels: given.levels,
            columns: vec![Source::Constant],
            seen: factors.iter().map(|factor| vec![0; factor.levels.len()]).collect(),
            cells,
            within_squares,
            clusters,
            n: given.values.len() as u64,
        };
        design.count_levels()?;
        design.add_columns()?;
        Ok(design)
    }

    fn count_levels(&mut self) -> Result<(), StatsError> {
        for cell in &self.cells {
            let row = self.levels.get(cell.given * self.factors.len()..).unwrap_or_default();
            for (level, seen) in row.iter().zip(&mut self.seen) {
                *seen.get_mut(*level as usize).ok_or(StatsError::Lengths("levels and their labels"))? +=
                    cell.count as u64;
            }
        }
        Ok(())
    }

    fn add_columns(&mut self) -> Result<(), StatsError> {
        for (factor, (known, seen)) in self.factors.iter().zip(&self.seen).enumerate() {
            let occurring = seen.iter().enumerate().filter(|(_, n)| **n > 0);
            match &known.coding {
                Coding::Score(scores) => {
                    if scores.len() != seen.len() {
                        return Err(StatsError::Lengths("levels and their scores"));
                    }
                    if scores.iter().any(|score| !score.is_finite()) {
                        return Err(StatsError::NotFinite);
                    }
                    self.columns.push(Source::Score { factor });
                }
                Coding::Levels => {
                    let but_first = occurring.skip(1);
                    self.columns.extend(but_first.map(|(level, n)| Source::Level { factor, level, n: *n }));
                }
            }
            if self.columns_of(factor).is_empty() {
                return Err(StatsError::Collinear(vec![known.name.clone(), "the constant".into()]));
            }
        }
        Ok(())
    }

    /// The value of a column in a cell.
    pub(super) fn value(&self, column: usize, cell: &Cell) -> f64 {
        let level_of = |factor| self.levels.get(cell.given * self.factors.len() + factor).copied();
        match self.source(column) {
            Source::Constant => 1.0,
            Source::Level { factor, level, .. } => {
                f64::from(u8::from(level_of(factor).is_some_and(|own| own as usize == level)))
            }
            Source::Score { factor } => {
                let scores = self.factors.get(factor).map(|factor| &factor.coding);
                let Some(Coding::Score(scores)) = scores else { return 0.0 };
                level_of(factor).and_then(|level| scores.get(level as usize)).copied().unwrap_or(0.0)
            }
        }
    }

    pub(super) fn source(&self, column: usize) -> Source {
        self.columns.get(column).copied().unwrap_or(Source::Constant)
    }

    pub(super) fn columns_of(&self, wanted: usize) -> Vec<usize> {
        let is_of = |source: &Source| match source {
            Source::Constant => false,
            Source::Score { factor } | Source::Level { factor, .. } => *factor == wanted,
        };
        self.columns.iter().enumerate().filter(|(_, source)| is_of(source)).map(|(index, _)| index).collect()
    }

    /// The name of a column's factor, for an error.
    pub(super) fn name(&self, column: usize) -> String {
        match self.source(column) {
            Source::Constant => "the constant".into(),
            Source::Score { factor } | Source::Level { factor, .. } => {
                self.factors.get(factor).map(|factor| factor.name.clone()).unwrap_or_default()
            }
        }
    }

    /// The level that the others of a factor are compared with. `None` = it enters by its score.
    pub(super) fn reference(&self, factor: usize) -> Option<usize> {
        let is_by_level = self.factors.get(factor).is_some_and(|known| known.coding == Coding::Levels);
        self.seen.get(factor).filter(|_| is_by_level)?.iter().position(|n| *n > 0)
    }

    pub(super) fn unseen(&self, factor: usize) -> impl Iterator<Item = usize> {
        self.seen
            .get(factor)
            .into_iter()
            .flatten()
            .enumerate()
            .filter(|(_, n)| **n == 0)
            .map(|(level, _)| level)
    }

    /// Values at each level that occurs.
    pub(super) fn seen_counts(&self, factor: usize) -> impl Iterator<Item = u64> {
        self.seen.get(factor).into_iter().flatten().copied().filter(|n| *n > 0)
    }

    pub(super) fn column_count(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn cluster_count(&self) -> u64 {
        self.clusters
    }

    pub(super) fn n(&self) -> u64 {
        self.n
    }
}
