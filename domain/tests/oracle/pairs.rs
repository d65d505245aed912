//! What is said of two models.

use domain::stats::{
    Draws, KappaWeights, benjamini_hochberg, compare_paired, detectable_difference, holm, mcnemar_exact,
    pair, permutation_test, weighted_kappa,
};
use serde_json::Value;

use super::compare::{Check, numbers, trials, values};
use super::single::estimate;

pub(crate) fn paired(given: &Value, check: &mut Check<'_>) {
    let pairs = pair(&values(&given["baseline"]), &values(&given["candidate"])).unwrap();
    let found = compare_paired(&pairs, 0.95).unwrap();
    estimate(&found.difference, check);
    check.is("t", found.t);
    check.is("p_value", found.p_value);
    check.is("d_z", found.d_z);
    check.is("g_z", found.g_z);
    for (key, count) in [
        ("improved", found.improved),
        ("regressed", found.regressed),
        ("equal", found.equal),
        ("only_baseline", found.only_baseline),
        ("only_candidate", found.only_candidate),
    ] {
        check.is(key, count as f64);
    }
    let is_tried = (2..=12).contains(&pairs.differences.len());
    let tested = permutation_test(&pairs.differences, Draws::new(999, 1)).unwrap();
    check.is("permutation", tested.p_value.filter(|_| is_tried));
}

pub(crate) fn mcnemar(given: &Value, check: &mut Check<'_>) {
    let found = mcnemar_exact(&trials(&given["baseline"]), &trials(&given["candidate"])).unwrap();
    check.is("p_value", found.p_value);
}

pub(crate) fn adjust(given: &Value, check: &mut Check<'_>) {
    let p: Vec<Option<f64>> = numbers(&given["p"]).into_iter().map(Some).collect();
    check.list("holm", holm(&p).unwrap().into_iter().collect());
    check.list("fdr_bh", benjamini_hochberg(&p).unwrap().into_iter().collect());
}

pub(crate) fn power(given: &Value, check: &mut Check<'_>) {
    let number = |key: &str| given[key].as_f64().unwrap();
    let found =
        detectable_difference(given["pairs"].as_u64().unwrap(), 1.0, number("alpha"), number("power"));
    check.is("effect_size", found.unwrap().effect_size);
}

pub(crate) fn spearman(given: &Value, check: &mut Check<'_>) {
    let found = domain::stats::spearman(&numbers(&given["first"]), &numbers(&given["second"]), 0.95).unwrap();
    check.is("rho", found.rho);
    check.is("p_value", found.p_value);
}

pub(crate) fn kappa(given: &Value, check: &mut Check<'_>) {
    let decisions: Vec<(usize, usize)> = values(&given["pairs"])
        .into_iter()
        .map(|(first, second)| (first as usize, second as usize))
        .collect();
    let weights = match given["weights"].as_str().unwrap() {
        "nominal" => KappaWeights::Nominal,
        "linear" => KappaWeights::Linear,
        _ => KappaWeights::Quadratic,
    };
    let size = given["size"].as_u64().unwrap() as usize;
    let found = weighted_kappa(&decisions, size, weights, 0.95).unwrap();
    check.is("kappa", found.kappa);
    check.is("standard_error", found.standard_error);
}
