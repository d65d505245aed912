//! Every statistic against scipy, statsmodels, scikit-learn, krippendorff and choix.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "oracle/compare.rs"]
mod compare;
#[path = "oracle/many.rs"]
mod many;
#[path = "oracle/pairs.rs"]
mod pairs;
#[path = "oracle/single.rs"]
mod single;

use std::collections::BTreeMap;
use std::process::Command;

use compare::Check;
use serde_json::Value;

/// Needs a Python with what `tests/python/requirements.txt` lists, named by `PROBITY_PYTHON`.
#[test]
fn every_statistic_is_what_published_packages_say() {
    let Some(python) = std::env::var_os("PROBITY_PYTHON") else {
        eprintln!("skipped: PROBITY_PYTHON names no Python with scipy, statsmodels, krippendorff and choix");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/python/stats_oracle.py");
    let output = Command::new(python).arg(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cases: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut figures = 0;
    for (index, case) in cases.iter().enumerate() {
        let kind = case["kind"].as_str().unwrap();
        let mut check = Check::new(format!("case {index}, {kind}"), &case["expected"]);
        let given = &case["input"];
        match kind {
            "mean" => single::mean(given, &mut check),
            "scale" => single::scale(given, &mut check),
            "rate" => single::rate(given, &mut check),
            "retest" => single::retest(given, &mut check),
            "pass_at_k" => single::pass_k(given, &mut check, domain::stats::pass_at_k),
            "pass_hat_k" => single::pass_k(given, &mut check, domain::stats::pass_hat_k),
            "paired" => pairs::paired(given, &mut check),
            "mcnemar" => pairs::mcnemar(given, &mut check),
            "adjust" => pairs::adjust(given, &mut check),
            "power" => pairs::power(given, &mut check),
            "spearman" => pairs::spearman(given, &mut check),
            "kappa" => pairs::kappa(given, &mut check),
            "alpha" => many::alpha(given, &mut check),
            "disagreement" => many::disagreement(given, &mut check),
            "regression" => many::regression(given, &mut check),
            "bradley_terry" => many::bradley_terry(given, &mut check),
            "design" => many::design(given, &mut check),
            other => panic!("there is no check of {other}"),
        }
        figures += check.finish();
        *seen.entry(kind.to_owned()).or_default() += 1;
    }
    eprintln!("{figures} figures in {} data sets are equal to 1e-9: {seen:?}", cases.len());
    // Each kind is there, so that none is lost from the script unnoticed.
    assert_eq!(seen.len(), 17, "{seen:?}");
}
