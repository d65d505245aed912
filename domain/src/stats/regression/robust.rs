//! Errors that allow any correlation within a cluster.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::design::Design;
use super::fit::Fit;

/// Above this much work the exact degrees of freedom give way to their limit for many clusters.
const EXACT_FREEDOM_WORK_MAX: f64 = 2e8;

/// Clustered variances of the coefficients.
pub(super) struct Robust {
    cr1: DMatrix<f64>,
    cr2: DMatrix<f64>,
    freedoms: Vec<f64>,
}

/// What a cluster adds to the degrees of freedom of one coefficient: |a|² and Xᵀa, where a is its
/// part of the estimator after the CR2 adjustment.
struct Share {
    length: f64,
    pulled: DVector<f64>,
}

impl Robust {
    /// In the notation of Bell & McCaffrey: X the rows of a cluster, H = X (XᵀX)⁻¹ Xᵀ, A = (I − H)^(−½).
    /// Values within a cell have the same row, so that all of it happens among the cells' means: what
    /// is orthogonal to them has no part in an estimate.
    pub(super) fn new(design: &Design, fit: &Fit) -> Self {
        let columns = design.column_count();
        let clusters = design.cluster_count() as f64;
        let n = design.n() as f64;
        // Row j: the combination of the basis' coefficients that is coefficient j.
        let readout = &fit.back * &fit.inverse;
        let is_exact = clusters * (columns as f64).powi(3) <= EXACT_FREEDOM_WORK_MAX;
        let mut plain = DMatrix::zeros(columns, columns);
        let mut adjusted = DMatrix::zeros(columns, columns);
        let mut traces = vec![Traces::new(if is_exact { columns } else { 0 }); columns];
        let mut from = 0;
        for cells in design.cells.chunk_by(|a, b| a.cluster == b.cluster) {
            let range = from..from + cells.len();
            from = range.end;
            let rows = fit.rows.get(range.start * columns..range.end * columns).unwrap_or_default();
            let rows = DMatrix::from_row_slice(cells.len(), columns, rows);
            let residuals = DVector::from_column_slice(fit.residuals.get(range).unwrap_or_default());
            let score = rows.tr_mul(&residuals);
            plain.syger(1.0, &score, &score, 1.0);
            let adjustment = inverse_root(&rows, &fit.inverse);
            let bent = rows.tr_mul(&adjustment);
            let score = &bent * &residuals;
            adjusted.syger(1.0, &score, &score, 1.0);
            // Column j: a of coefficient j.
            let parts = bent.transpose() * readout.transpose();
            for (traces, part) in traces.iter_mut().zip(parts.column_iter()) {
                let pulled = if is_exact { rows.tr_mul(&part) } else { DVector::zeros(0) };
                traces.add(&Share { length: part.norm_squared(), pulled }, &fit.inverse);
            }
        }
        // Only the lower triangles were summed.
        for matrix in [&mut plain, &mut adjusted] {
            matrix.fill_upper_triangle_with_lower_triangle();
        }
        let factor = clusters / (clusters - 1.0) * (n - 1.0) / fit.freedom;
        Self {
            cr1: &readout * plain * readout.transpose() * factor,
            cr2: &readout * adjusted * readout.transpose(),
            freedoms: traces.iter().map(|traces| traces.freedom(&fit.inverse, clusters)).collect(),
        }
    }

    pub(super) fn cr1(&self, column: usize) -> f64 {
        self.cr1[(column, column)].max(0.0).sqrt()
    }

    pub(super) fn cr2(&self, column: usize) -> f64 {
        self.cr2[(column, column)].max(0.0).sqrt()
    }

    pub(super) fn freedom(&self, column: usize) -> f64 {
        self.freedoms.get(column).copied().unwrap_or(1.0)
    }

    /// Wald's statistic of all these coefficients being 0, over their number, with CR1 variances.
    /// `None` where those are singular.
    pub(super) fn wald_f(&self, fit: &Fit, columns: &[usize]) -> Option<f64> {
        let own = self.cr1.select_rows(columns).select_columns(columns);
        let effects =
            DVector::from_iterator(columns.len(), columns.iter().map(|column| fit.estimate(*column)));
        let solved = own.cholesky()?.solve(&effects);
        Some(effects.dot(&solved) / columns.len() as f64)
    }
}

/// (I − H)^(−½) of a cluster. A direction that the cluster alone determines has no residual to
/// adjust and stays out, as in Moore–Penrose.
fn inverse_root(rows: &DMatrix<f64>, inverse: &DMatrix<f64>) -> DMatrix<f64> {
    let left = DMatrix::identity(rows.nrows(), rows.nrows()) - rows * inverse * rows.transpose();
    let root = |value: f64| if value > 1e-10 { 1.0 / value.sqrt() } else { 0.0 };
    if rows.nrows() == 1 {
        return left.map(root);
    }
    let eigen = SymmetricEigen::new(left);
    let scaled = DMatrix::from_diagonal(&eigen.eigenvalues.map(root));
    &eigen.eigenvectors * scaled * eigen.eigenvectors.transpose()
}

/// Sums that give trace(Ω) and trace(Ω²), where Ω is what the variance estimate is a quadratic form
/// in under independent errors: Ω(g, h) = [g = h]·|a(g)|² − w(g)ᵀ (XᵀX)⁻¹ w(h) with w = Xᵀa.
#[derive(Clone)]
struct Traces {
    lengths: f64,
    squares: f64,
    own: f64,
    mixed: f64,
    pulled: DMatrix<f64>,
}

impl Traces {
    fn new(columns: usize) -> Self {
        Self { lengths: 0.0, squares: 0.0, own: 0.0, mixed: 0.0, pulled: DMatrix::zeros(columns, columns) }
    }

    fn add(&mut self, share: &Share, inverse: &DMatrix<f64>) {
        self.lengths += share.length;
        self.squares += share.length * share.length;
        if self.pulled.nrows() > 0 {
            let own = share.pulled.dot(&(inverse * &share.pulled));
            self.own += own;
            self.mixed += share.length * own;
            self.pulled.syger(1.0, &share.pulled, &share.pulled, 1.0);
        }
    }

    /// Satterthwaite's degrees of freedom: trace(Ω)² / trace(Ω²).
    fn freedom(&self, inverse: &DMatrix<f64>, clusters: f64) -> f64 {
        let (mut first, mut second) = (self.lengths, self.squares);
        if self.pulled.nrows() > 0 {
            let mut pulled = self.pulled.clone();
            pulled.fill_upper_triangle_with_lower_triangle();
            let turned = inverse * pulled;
            first -= self.own;
            second += turned.dot(&turned.transpose()) - 2.0 * self.mixed;
        }
        // Rounding must not leave the range that is possible.
        (first * first / second).clamp(1.0, (clusters - 1.0).max(1.0))
    }
}
