//! Values grouped by the scenario they belong to.

use super::StatsError;

/// What is left of a cluster's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClusterMean {
    pub(crate) cluster: u64,
    pub(crate) mean: f64,
    pub(crate) count: u64,
}

/// One mean per cluster, in the clusters' order. Values keep their order within a cluster, so that
/// sums are the same however clusters were interleaved.
pub(crate) fn cluster_means(values: &[(u64, f64)]) -> Result<Vec<ClusterMean>, StatsError> {
    if values.iter().any(|(_, value)| !value.is_finite()) {
        return Err(StatsError::NotFinite);
    }
    let mut means = Vec::new();
    for_each_cluster(values, |cluster, values| {
        let count = values.len() as u64;
        let mean = values.iter().map(|(_, value)| value).sum::<f64>() / count as f64;
        means.push(ClusterMean { cluster, mean, count });
    });
    Ok(means)
}

/// Calls with each cluster and its values, in the clusters' order.
pub(super) fn for_each_cluster<T: Copy>(values: &[(u64, T)], mut call: impl FnMut(u64, &[(u64, T)])) {
    let mut sorted = values.to_vec();
    if !sorted.is_sorted_by_key(|(cluster, _)| *cluster) {
        sorted.sort_by_key(|(cluster, _)| *cluster);
    }
    for values in sorted.chunk_by(|a, b| a.0 == b.0) {
        if let Some((cluster, _)) = values.first() {
            call(*cluster, values);
        }
    }
}

/// Mean and standard deviation (divisor n − 1) in two passes: subtracting the mean first keeps the
/// digits that a sum of squares would lose. The deviation is `None` below two values.
pub(super) fn mean_and_sd(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())))
}

/// Whether no two values differ.
pub(super) fn are_all_equal(values: &[f64]) -> bool {
    values.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::cluster_means;

    #[test]
    fn interleaved_clusters_give_the_same_means() {
        let sorted = cluster_means(&[(1, 0.1), (1, 0.2), (2, 0.3), (2, 0.4)]).unwrap();
        assert_eq!(sorted, cluster_means(&[(2, 0.3), (1, 0.1), (2, 0.4), (1, 0.2)]).unwrap());
        assert_eq!(sorted.iter().map(|mean| mean.count).collect::<Vec<_>>(), [2, 2]);
    }
}
