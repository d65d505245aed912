//! Comparisons as CSV: a row per pair of models, or a row per scenario behind them.

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};

use super::csv::{BOM, number, safe, short_id, unwritable, writer};
use crate::{
    analysis::{
        compare::{Change, Compared, ComparedPair, Request, Verdict},
        inputs_of,
    },
    auth::{Action, Actor, Resource, authorize, sha256_hex},
    db::Db,
    error::Result,
    run as runs,
};

/// What a comparison's files are called, and when they change.
pub struct ComparisonExport {
    /// `compare_<short id>_<short id>` without what stands behind it; one id where it is one run.
    pub name: String,
    /// Changes when the content can have changed.
    pub etag: String,
}

impl ComparisonExport {
    /// Looks at the runs of a request, before anything is computed.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Unavailable` or `Database`.
    pub async fn of(db: &Db, actor: &Actor, request: &Request) -> Result<Self> {
        let baseline = runs::find(db, request.baseline.run_id).await?;
        let candidate = runs::find(db, request.candidate.run_id).await?;
        for run in [&baseline, &candidate] {
            authorize(actor, Action::Export, Resource::Run(Some(run.created_by)))?;
        }
        let inputs = inputs_of(db.read(), &[baseline.id, candidate.id]).await?;
        let states = [&baseline, &candidate].map(|run| (inputs.get(&run.id), run.status.is_terminal()));
        let version = env!("CARGO_PKG_VERSION");
        let hash = sha256_hex(format!("{states:?} {request:?} {version}").as_bytes());
        let (a, b) = (short_id(baseline.id), short_id(candidate.id));
        let name = if a == b { format!("compare_{a}") } else { format!("compare_{a}_{b}") };
        Ok(Self { name, etag: format!("\"{}\"", &hash[..32]) })
    }
}

/// A row per pair of models.
///
/// # Errors
/// `Internal` where a row cannot be written.
pub fn pairs_csv(compared: &Compared, for_excel: bool) -> Result<Bytes> {
    const COLUMNS: [&str; 41] = [
        "baseline_run_id",
        "baseline_model",
        "baseline_run_model_id",
        "candidate_run_id",
        "candidate_model",
        "candidate_run_model_id",
        "measure",
        "verdict",
        "shared_scenarios",
        "baseline_mean",
        "candidate_mean",
        "mean_difference",
        "standard_error",
        "interval_low",
        "interval_high",
        "confidence",
        "d_z",
        "g_z",
        "improved",
        "regressed",
        "equal",
        "only_baseline",
        "only_candidate",
        "permutation_p",
        "permutation_p_adjusted",
        "permutation_method",
        "permutation_rounds",
        "permutation_seed",
        "t",
        "t_p",
        "t_p_adjusted",
        "mcnemar_only_baseline",
        "mcnemar_only_candidate",
        "mcnemar_p",
        "mcnemar_p_adjusted",
        "adjustment",
        "detectable_difference",
        "detectable_alpha",
        "detectable_power",
        "warnings",
        "words",
    ];
    let mut bytes = BOM.to_vec();
    let mut out = writer(&mut bytes);
    out.write_record(COLUMNS).map_err(unwritable)?;
    for pair in &compared.pairs {
        out.write_record(pair_row(compared, pair, for_excel)).map_err(unwritable)?;
    }
    out.flush().map_err(|error| unwritable(error.into()))?;
    drop(out);
    Ok(bytes.into())
}

fn pair_row(compared: &Compared, pair: &ComparedPair, for_excel: bool) -> Vec<String> {
    let text = |text: &str| safe(text, for_excel).into_owned();
    let found = &pair.findings;
    let (paired, difference) = (&found.paired, &found.paired.difference);
    let permutation = found.permutation.as_ref();
    let mcnemar = found.mcnemar.as_ref();
    let warnings = difference.warnings.iter().chain(&found.deciding().warnings);
    let mut codes: Vec<&str> = warnings.map(|warning| warning.code.as_str()).collect();
    codes.extend(compared.cautions.iter().map(|caution| caution.code));
    codes.sort_unstable();
    codes.dedup();
    vec![
        compared.baseline_run.id.to_string(),
        text(&pair.baseline_label),
        pair.baseline.id.to_string(),
        compared.candidate_run.id.to_string(),
        text(&pair.candidate_label),
        pair.candidate.id.to_string(),
        text(&compared.measure.to_string()),
        verdict(found.verdict).into(),
        difference.clusters.to_string(),
        number(found.baseline.mean),
        number(found.candidate.mean),
        number(difference.mean),
        number(difference.standard_error),
        number(difference.interval.map(|(low, _)| low)),
        number(difference.interval.map(|(_, high)| high)),
        compared.confidence.to_string(),
        number(paired.d_z),
        number(paired.g_z),
        paired.improved.to_string(),
        paired.regressed.to_string(),
        paired.equal.to_string(),
        paired.only_baseline.to_string(),
        paired.only_candidate.to_string(),
        number(permutation.and_then(|test| test.p_value)),
        number(permutation.and_then(|test| test.p_adjusted)),
        permutation.map(|test| test.method.name.clone()).unwrap_or_default(),
        number(permutation.and_then(|test| test.method.rounds)),
        number(permutation.and_then(|test| test.method.seed)),
        number(paired.t),
        number(found.t_test.p_value),
        number(found.t_test.p_adjusted),
        number(mcnemar.map(|test| test.only_baseline)),
        number(mcnemar.map(|test| test.only_candidate)),
        number(mcnemar.and_then(|test| test.p_value)),
        number(found.mcnemar_p_adjusted),
        compared.adjustment.label().into(),
        number(found.detectable.as_ref().and_then(|found| found.difference)),
        number(found.detectable.as_ref().map(|found| found.alpha)),
        number(found.detectable.as_ref().map(|found| found.power)),
        codes.join(";"),
        found.words(),
    ]
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::CandidateHigher => "candidate_higher",
        Verdict::CandidateLower => "candidate_lower",
        Verdict::NoDetectableDifference => "no_detectable_difference",
        Verdict::NotTestable => "not_testable",
    }
}

/// Scenarios of one piece: a millisecond of work.
const CHUNK: usize = 500;

/// A row per pair and scenario, the largest differences of a pair first; scenarios are named a chunk
/// at a time, so that memory does not grow with their texts.
pub fn scenario_pairs_csv(
    compared: Arc<Compared>,
    for_excel: bool,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let header = stream::once(std::future::ready(header()));
    let rows = stream::iter(0..compared.pairs.len()).then(move |place| {
        let compared = Arc::clone(&compared);
        async move { pair_chunks(compared, place, for_excel) }
    });
    header.chain(rows.flatten())
}

fn header() -> Result<Bytes> {
    let mut bytes = BOM.to_vec();
    let mut out = writer(&mut bytes);
    let columns = [
        "baseline_run_id",
        "baseline_model",
        "candidate_run_id",
        "candidate_model",
        "scenario_key",
        "change",
        "baseline_value",
        "candidate_value",
        "difference",
        "baseline_samples",
        "candidate_samples",
        "baseline_scenario_id",
        "candidate_scenario_id",
    ];
    out.write_record(columns).map_err(unwritable)?;
    out.flush().map_err(|error| unwritable(error.into()))?;
    drop(out);
    Ok(bytes.into())
}

fn pair_chunks(
    compared: Arc<Compared>,
    place: usize,
    for_excel: bool,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    stream::try_unfold(None, move |state: Option<std::vec::IntoIter<_>>| {
        let compared = Arc::clone(&compared);
        async move {
            let Some(pair) = compared.pairs.get(place) else { return Ok(None) };
            let mut rest = match state {
                Some(rest) => rest,
                None => compared.rows(pair)?.into_iter(),
            };
            let page: Vec<_> = rest.by_ref().take(CHUNK).collect();
            if page.is_empty() {
                return Ok(None);
            }
            let mut bytes = Vec::with_capacity(64 << 10);
            let mut out = writer(&mut bytes);
            for row in compared.named(&page) {
                let record = [
                    compared.baseline_run.id.to_string(),
                    safe(&pair.baseline_label, for_excel).into_owned(),
                    compared.candidate_run.id.to_string(),
                    safe(&pair.candidate_label, for_excel).into_owned(),
                    safe(&row.key, for_excel).into_owned(),
                    change(row.change).into(),
                    number(row.baseline),
                    number(row.candidate),
                    number(row.difference),
                    row.baseline_samples.to_string(),
                    row.candidate_samples.to_string(),
                    number(row.baseline_scenario_id),
                    number(row.candidate_scenario_id),
                ];
                out.write_record(record).map_err(unwritable)?;
            }
            out.flush().map_err(|error| unwritable(error.into()))?;
            drop(out);
            Ok(Some((Bytes::from(bytes), Some(rest))))
        }
    })
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Improved => "improved",
        Change::Regressed => "regressed",
        Change::Equal => "equal",
        Change::Unpaired => "unpaired",
    }
}
