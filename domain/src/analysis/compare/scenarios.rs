//! The scenarios of one comparison, one by one, and the transcripts behind them.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{
    family::Samples,
    load::{key_of, version_of},
    of_runs::{Compared, ComparedPair},
};
use crate::{
    db::{Db, placeholders, rows},
    error::{Error, Result},
    page::{Page, PageRequest, number_cursor},
    run::scenario_id,
    stats::{ClusterMean, cluster_means},
};

/// What the candidate does beside the baseline on a scenario.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Higher; whether that is better is for whoever asks to say.
    Improved,
    /// Lower.
    Regressed,
    /// The same, up to rounding.
    Equal,
    /// Only one of the two has a value.
    Unpaired,
}

/// Scenarios by what became of them.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// The candidate is higher.
    pub improved: u64,
    /// The candidate is lower.
    pub regressed: u64,
    /// The same.
    pub equal: u64,
    /// Of one of the two alone.
    pub unpaired: u64,
}

/// One scenario of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioPair {
    /// The scenario's key.
    pub key: String,
    /// The scenario in the baseline's version. `None` = that has none of this key.
    pub baseline_scenario_id: Option<Uuid>,
    /// The scenario in the candidate's version. `None` = that has none of this key.
    pub candidate_scenario_id: Option<Uuid>,
    /// The mean of the baseline's samples. `None` = it has no value here.
    pub baseline: Option<f64>,
    /// The mean of the candidate's samples. `None` = it has no value here.
    pub candidate: Option<f64>,
    /// Samples that the baseline's mean is of.
    pub baseline_samples: u64,
    /// Samples that the candidate's mean is of.
    pub candidate_samples: u64,
    /// Candidate − baseline. `None` = one of them is missing.
    pub difference: Option<f64>,
    /// What that is.
    pub change: Change,
}

/// A scenario without its name.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(crate) struct Row {
    number: u64,
    baseline: Option<ClusterMean>,
    candidate: Option<ClusterMean>,
}

impl Row {
    /// Candidate − baseline; what only rounding tells from 0 is 0, as in the counts.
    fn difference(&self) -> Option<f64> {
        let (a, b) = (self.baseline?.mean, self.candidate?.mean);
        let noise = 1e-12 * a.abs().max(b.abs());
        Some(if (b - a).abs() <= noise { 0.0 } else { b - a })
    }

    fn change(&self) -> Change {
        match self.difference() {
            None => Change::Unpaired,
            Some(difference) if difference > 0.0 => Change::Improved,
            Some(difference) if difference < 0.0 => Change::Regressed,
            Some(_) => Change::Equal,
        }
    }
}

/// The scenarios of two models: the largest differences first, those without a partner last, and
/// else in the order of the definition.
fn rows_of(baseline: &Samples, candidate: &Samples) -> Result<Vec<Row>> {
    let means = |samples| cluster_means(samples).map_err(|error| Error::Internal(error.to_string()));
    let (first, second) = (means(baseline)?, means(candidate)?);
    let mut found = Vec::with_capacity(first.len().max(second.len()));
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    loop {
        let (baseline, candidate) = match (first.peek(), second.peek()) {
            (None, None) => break,
            (Some(a), Some(b)) if a.cluster == b.cluster => (first.next(), second.next()),
            (Some(a), Some(b)) if a.cluster > b.cluster => (None, second.next()),
            (None, Some(_)) => (None, second.next()),
            (Some(_), _) => (first.next(), None),
        };
        let Some(number) = baseline.or(candidate).map(|of| of.cluster) else { break };
        found.push(Row { number, baseline, candidate });
    }
    let size = |row: &Row| row.difference().map_or(-1.0, f64::abs);
    found.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.number.cmp(&b.number)));
    Ok(found)
}

impl Compared {
    /// The scenarios of one of its pairs, the largest differences first.
    ///
    /// # Errors
    /// `Invalid` where the cursor is none of ours.
    pub fn scenarios(
        &self,
        pair: &ComparedPair,
        change: Option<Change>,
        request: &PageRequest,
    ) -> Result<Page<ScenarioPair>> {
        let mut found = self.rows(pair)?;
        found.retain(|row| change.is_none_or(|change| row.change() == change));
        let total = found.len() as u64;
        let skipped = request.after_number()?.map_or(0, |at| usize::try_from(at).unwrap_or(0) + 1);
        let first = usize::try_from(request.first).unwrap_or(usize::MAX);
        let page: Vec<Row> = found.into_iter().skip(skipped).take(first).collect();
        let shown = self.named(&page);
        let has_next = (skipped + shown.len()) as u64 <= total.saturating_sub(1) && !shown.is_empty();
        let cursor = |at: usize| number_cursor(i64::try_from(skipped + at).unwrap_or(i64::MAX));
        let rows = shown.into_iter().enumerate().map(|(at, row)| (cursor(at), row)).collect();
        Ok(Page { rows, has_next, total })
    }

    /// All scenarios of one of its pairs, to be named a page at a time.
    pub(crate) fn rows(&self, pair: &ComparedPair) -> Result<Vec<Row>> {
        rows_of(&pair.baseline_samples, &pair.candidate_samples)
    }

    /// Rows with the names of their scenarios.
    pub(crate) fn named(&self, page: &[Row]) -> Vec<ScenarioPair> {
        let named = |row: &Row| {
            let (a, b) = (self.numbering.in_baseline(row.number), self.numbering.in_candidate(row.number));
            let key = match (a, b) {
                (Some(at), _) => key_of(&self.baseline.expansion, at),
                (None, Some(at)) => key_of(&self.candidate.expansion, at),
                (None, None) => String::new(),
            };
            ScenarioPair {
                key,
                baseline_scenario_id: a.map(|at| scenario_id(version_of(&self.baseline), at)),
                candidate_scenario_id: b.map(|at| scenario_id(version_of(&self.candidate), at)),
                baseline: row.baseline.map(|of| of.mean),
                candidate: row.candidate.map(|of| of.mean),
                baseline_samples: row.baseline.map_or(0, |of| of.count),
                candidate_samples: row.candidate.map_or(0, |of| of.count),
                difference: row.difference(),
                change: row.change(),
            }
        };
        page.iter().map(named).collect()
    }
}

/// The complete transcripts of a model of a run, by scenario, in the order of the samples.
pub type TranscriptsBehind = HashMap<Uuid, Vec<Uuid>>;

/// The ids of the complete transcripts of a model on some scenarios, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn transcripts_behind(
    db: &Db,
    run_model_id: Uuid,
    scenario_ids: &[Uuid],
) -> Result<TranscriptsBehind> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
        scenario_id: Uuid,
    }
    if scenario_ids.is_empty() {
        return Ok(TranscriptsBehind::new());
    }
    let sql = format!(
        "SELECT t.id, p.scenario_id FROM probes AS p JOIN transcripts AS t ON t.probe_id = p.id AND t.is_complete
         WHERE p.run_model_id = $1 AND p.scenario_id IN ({}) ORDER BY p.scenario_id, p.sample_index",
        placeholders(2, scenario_ids.len())
    );
    let values = std::iter::once(run_model_id.into()).chain(scenario_ids.iter().map(|id| (*id).into()));
    let mut behind = TranscriptsBehind::new();
    for row in rows::<Found>(db.read(), sql, values).await? {
        behind.entry(row.scenario_id).or_default().push(row.id);
    }
    Ok(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_differences_come_first_and_those_alone_last() {
        let baseline = [(1, 1.0), (1, 2.0), (2, 3.0), (3, 1.0), (5, 2.0)];
        let candidate = [(1, 1.5), (2, 1.0), (3, 2.0), (4, 1.0)];
        let rows = rows_of(&baseline, &candidate).unwrap();
        let shown: Vec<_> = rows.iter().map(|row| (row.number, row.change())).collect();
        let expected = [
            (2, Change::Regressed),
            (3, Change::Improved),
            (1, Change::Equal),
            (4, Change::Unpaired),
            (5, Change::Unpaired),
        ];
        assert_eq!(shown, expected);
        assert_eq!(rows[2].baseline.map(|of| (of.mean, of.count)), Some((1.5, 2)));
        assert!(rows_of(&[], &[]).unwrap().is_empty());
    }

    #[test]
    fn rounding_is_no_change() {
        let tenths = [(1, 0.1), (1, 0.2), (1, 0.3)];
        let backwards = [(1, 0.3), (1, 0.2), (1, 0.1)];
        assert_eq!(rows_of(&tenths, &backwards).unwrap()[0].change(), Change::Equal);
    }
}
