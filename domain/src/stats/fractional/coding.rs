//! Combinations as numbers, and as rows of a model matrix.

use nalgebra::DMatrix;

use crate::stats::StatsError;

/// The product of all levels, with contrasts under which the full product is orthonormal.
pub(super) struct Space {
    pub(super) levels: Vec<u32>,
    /// How far one step of a factor's level moves the position.
    pub(super) strides: Vec<u64>,
    /// First column of each factor; column 0 is the constant.
    pub(super) starts: Vec<usize>,
    /// Per factor: levels × (levels − 1) contrasts, row after row.
    contrasts: Vec<Vec<f64>>,
    total: u64,
    parameters: usize,
}

impl Space {
    pub(super) fn new(levels: &[u32]) -> Result<Self, StatsError> {
        if levels.is_empty() {
            return Err(StatsError::Design("a design needs at least one dimension".into()));
        }
        if let Some(position) = levels.iter().position(|count| *count < 2) {
            let message =
                format!("dimension {} has fewer than two levels, so it has no effect", position + 1);
            return Err(StatsError::Design(message));
        }
        let mut total = 1_u64;
        let mut strides = vec![0; levels.len()];
        for (count, stride) in levels.iter().zip(&mut strides).rev() {
            *stride = total;
            total = total.checked_mul(u64::from(*count)).ok_or_else(|| {
                StatsError::Design("the dimensions have more combinations than can be counted".into())
            })?;
        }
        let mut starts = Vec::new();
        let mut parameters = 1;
        for count in levels {
            starts.push(parameters);
            parameters += *count as usize - 1;
        }
        let contrasts = levels.iter().map(|count| helmert(*count as usize)).collect();
        Ok(Self { levels: levels.to_vec(), strides, starts, contrasts, total, parameters })
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn parameters(&self) -> usize {
        self.parameters
    }

    pub(super) fn level(&self, row: u64, factor: usize) -> u32 {
        let stride = self.strides.get(factor).copied().unwrap_or(1);
        let count = self.levels.get(factor).copied().unwrap_or(1);
        ((row / stride) % u64::from(count)) as u32
    }

    /// The contrasts of one level of a factor: levels − 1 numbers.
    pub(super) fn contrast(&self, factor: usize, level: u32) -> &[f64] {
        let width = self.levels.get(factor).map_or(0, |count| *count as usize - 1);
        let all = self.contrasts.get(factor).map(Vec::as_slice).unwrap_or_default();
        all.get(level as usize * width..(level as usize + 1) * width).unwrap_or_default()
    }

    /// The row of the model matrix.
    pub(super) fn coded(&self, row: u64) -> Vec<f64> {
        let mut coded = vec![1.0];
        for factor in 0..self.levels.len() {
            coded.extend(self.contrast(factor, self.level(row, factor)));
        }
        coded
    }

    /// XᵀX of these rows.
    pub(super) fn information(&self, rows: &[u64]) -> DMatrix<f64> {
        let mut information = DMatrix::zeros(self.parameters, self.parameters);
        for row in rows {
            let coded = nalgebra::DVector::from_vec(self.coded(*row));
            information.syger(1.0, &coded, &coded, 1.0);
        }
        information.fill_upper_triangle_with_lower_triangle();
        information
    }
}

/// |XᵀX|^(1/p) / n. `None` = singular: some effect cannot be estimated.
pub(super) fn d_efficiency(space: &Space, rows: &[u64]) -> Option<f64> {
    let n = rows.len() as f64;
    let root = (space.information(rows) / n).cholesky()?;
    let diagonal = root.l_dirty().diagonal();
    // A pivot that rounding alone keeps above 0.
    if diagonal.iter().any(|value| *value < 1e-6) {
        return None;
    }
    let logarithm: f64 = diagonal.iter().map(|value| 2.0 * value.ln()).sum();
    Some((logarithm / space.parameters as f64).exp())
}

/// Helmert contrasts scaled so that over all levels each has mean 0, mean square 1 and is orthogonal to
/// the others.
fn helmert(levels: usize) -> Vec<f64> {
    let scale = |column: usize| (levels as f64 / ((column + 1) * (column + 2)) as f64).sqrt();
    (0..levels)
        .flat_map(|level| {
            (0..levels - 1).map(move |column| match level.cmp(&(column + 1)) {
                std::cmp::Ordering::Less => -scale(column),
                std::cmp::Ordering::Equal => (column + 1) as f64 * scale(column),
                std::cmp::Ordering::Greater => 0.0,
            })
        })
        .collect()
}
