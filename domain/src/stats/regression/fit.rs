//! The least-squares fit itself.

use nalgebra::{DMatrix, DVector};

use super::design::Design;
use crate::stats::StatsError;

/// Below this share of a column's length, what the columns before it leave of it is rounding.
const COLLINEAR_BELOW: f64 = 1e-8;

/// Fitted in a basis of centred columns of length 1, where no unit of a score costs digits.
pub(super) struct Fit {
    /// Rows of that basis, one per cell, each times √count: cells × columns, row after row.
    pub(super) rows: Vec<f64>,
    /// Residual of each cell's mean, times √count.
    pub(super) residuals: Vec<f64>,
    /// (XᵀX)⁻¹ in that basis.
    pub(super) inverse: DMatrix<f64>,
    /// From coefficients of that basis to those of the columns.
    pub(super) back: DMatrix<f64>,
    estimates: DVector<f64>,
    pub(super) residual_squares: f64,
    pub(super) total_squares: f64,
    /// Values − coefficients.
    pub(super) freedom: f64,
}

impl Fit {
    pub(super) fn new(design: &Design) -> Result<Self, StatsError> {
        let columns = design.column_count();
        let clusters = design.cluster_count();
        if clusters <= columns as u64 {
            return Err(StatsError::TooFewObservations {
                what: "scenarios",
                given: clusters,
                parameters: columns as u64,
                least: columns as u64 + 1,
            });
        }
        let n = design.n() as f64;
        let mut back = DMatrix::zeros(columns, columns);
        back[(0, 0)] = 1.0 / n.sqrt();
        let mut rows = vec![0.0; design.cells.len() * columns];
        for (row, cell) in rows.chunks_mut(columns).zip(&design.cells) {
            row.iter_mut().take(1).for_each(|first| *first = (cell.count / n).sqrt());
        }
        for column in 1..columns {
            let raw: Vec<f64> = design.cells.iter().map(|cell| design.value(column, cell)).collect();
            let weighted = |call: &dyn Fn(f64) -> f64| -> f64 {
                raw.iter().zip(&design.cells).map(|(value, cell)| cell.count * call(*value)).sum()
            };
            let mean = weighted(&|value| value) / n;
            let length = weighted(&|value| (value - mean).powi(2)).sqrt();
            if length <= COLLINEAR_BELOW * weighted(&|value| value * value).sqrt() {
                return Err(StatsError::Collinear(vec![design.name(column), "the constant".into()]));
            }
            back[(column, column)] = 1.0 / length;
            back[(0, column)] = -mean / length;
            for ((row, value), cell) in rows.chunks_mut(columns).zip(&raw).zip(&design.cells) {
                row.iter_mut()
                    .skip(column)
                    .take(1)
                    .for_each(|place| *place = cell.count.sqrt() * (value - mean) / length);
            }
        }
        let centre = design.cells.iter().map(|cell| cell.count * cell.mean).sum::<f64>() / n;
        let centred = design.cells.iter().map(|cell| cell.count.sqrt() * (cell.mean - centre));
        let mut projected = DVector::from_iterator(design.cells.len(), centred);
        let between_squares = projected.norm_squared();
        let mut residuals: Vec<f64> = projected.iter().copied().collect();
        let qr = DMatrix::from_row_slice(design.cells.len(), columns, &rows).qr();
        let triangle = qr.r();
        refuse_collinear(design, &triangle)?;
        qr.q_tr_mul(&mut projected);
        let mut solution = projected.rows(0, columns).into_owned();
        let unsolvable = || StatsError::Collinear((1..columns).map(|column| design.name(column)).collect());
        if !triangle.solve_upper_triangular_mut(&mut solution) {
            return Err(unsolvable());
        }
        let inverse_root =
            triangle.solve_upper_triangular(&DMatrix::identity(columns, columns)).ok_or_else(unsolvable)?;
        for (residual, row) in residuals.iter_mut().zip(rows.chunks(columns)) {
            *residual -= row.iter().zip(solution.iter()).map(|(value, effect)| value * effect).sum::<f64>();
        }
        let mut estimates = &back * &solution;
        estimates[0] += centre;
        let mut total_squares = between_squares + design.within_squares;
        let mut residual_squares =
            residuals.iter().map(|value| value * value).sum::<f64>() + design.within_squares;
        // Equal values differ from their mean by rounding alone.
        if total_squares <= 1e-24 * n * centre * centre {
            (total_squares, residual_squares) = (0.0, 0.0);
            residuals.fill(0.0);
        }
        Ok(Self {
            inverse: &inverse_root * inverse_root.transpose(),
            rows,
            residuals,
            back,
            estimates,
            residual_squares,
            total_squares,
            freedom: n - columns as f64,
        })
    }

    pub(super) fn estimate(&self, column: usize) -> f64 {
        self.estimates[column]
    }

    /// By how much the residual sum of squares would rise without these columns.
    pub(super) fn explained_by(&self, columns: &[usize]) -> Result<f64, StatsError> {
        let spread = &self.back * &self.inverse * self.back.transpose();
        let own = spread.select_rows(columns).select_columns(columns);
        let effects =
            DVector::from_iterator(columns.len(), columns.iter().map(|column| self.estimate(*column)));
        let solved = own.cholesky().ok_or(StatsError::NotConverged("the regression"))?.solve(&effects);
        Ok(if self.total_squares > 0.0 { effects.dot(&solved).max(0.0) } else { 0.0 })
    }

    /// The variance inflation factor of a column, at least 1.
    pub(super) fn inflation(&self, column: usize) -> f64 {
        self.inverse[(column, column)]
    }
}

/// Errors: `Collinear`, naming the factors of the first column that the columns before it make up.
fn refuse_collinear(design: &Design, triangle: &DMatrix<f64>) -> Result<(), StatsError> {
    for column in 0..triangle.ncols() {
        if triangle[(column, column)].abs() > COLLINEAR_BELOW {
            continue;
        }
        let before = triangle.view((0, 0), (column, column)).into_owned();
        let shares = before.solve_upper_triangular(&triangle.view((0, column), (column, 1)).into_owned());
        let mut names: Vec<String> = shares
            .iter()
            .flat_map(|shares| shares.iter().enumerate())
            .filter(|(_, share)| share.abs() > 1e-6)
            .map(|(other, _)| design.name(other))
            .collect();
        names.push(design.name(column));
        let mut unique: Vec<String> = Vec::new();
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        return Err(StatsError::Collinear(unique));
    }
    Ok(())
}
