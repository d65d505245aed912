//! What is said of many models, of dimensions and of designs.

use domain::stats::{
    AlphaMetric, Coding, Coefficient, Comparison, Distance, Draws, Factor, Observations, PairOutcome, Rating,
    design_efficiency, krippendorff_alpha, regress,
};
use serde_json::Value;

use super::compare::{Check, numbers, values};

pub(crate) fn alpha(given: &Value, check: &mut Check<'_>) {
    let metric = match given["metric"].as_str().unwrap() {
        "nominal" => AlphaMetric::Nominal,
        "ordinal" => AlphaMetric::Ordinal,
        _ => AlphaMetric::Interval,
    };
    let found = krippendorff_alpha(&values(&given["values"]), metric, 0.95, None).unwrap();
    check.is("alpha", found.alpha);
}

pub(crate) fn disagreement(given: &Value, check: &mut Check<'_>) {
    let rating = |row: &Value| Rating {
        scenario: row[0].as_u64().unwrap(),
        model: row[1].as_u64().unwrap() as u32,
        value: row[2].as_f64().unwrap(),
    };
    let ratings: Vec<Rating> = given["ratings"].as_array().unwrap().iter().map(rating).collect();
    let distance = if given["distance"] == "scale" { Distance::Scale } else { Distance::Choice };
    let found = domain::stats::disagreement(&ratings, distance).unwrap();
    let mut scenarios: Vec<(u64, f64)> =
        found.scenarios.iter().map(|scenario| (scenario.scenario, scenario.disagreement)).collect();
    assert!(scenarios.is_sorted_by(|a, b| a.1 >= b.1));
    scenarios.sort_by_key(|scenario| scenario.0);
    let mut models: Vec<(u64, f64)> =
        found.models.iter().map(|model| (u64::from(model.model), model.distance)).collect();
    models.sort_by_key(|model| model.0);
    for (key, found) in [("scenarios", scenarios), ("models", models)] {
        let expected = values(check.part(key));
        assert_eq!(expected.len(), found.len());
        for ((id, expected), (own, found)) in expected.into_iter().zip(found) {
            assert_eq!(id, own);
            assert!((expected - found).abs() < 1e-9, "{key} {id}: {found} is not {expected}");
        }
    }
}

pub(crate) fn regression(given: &Value, check: &mut Check<'_>) {
    let counts: Vec<usize> = numbers(&given["counts"]).into_iter().map(|count| count as usize).collect();
    let factors: Vec<Factor> = counts
        .iter()
        .zip(given["scores"].as_array().unwrap())
        .enumerate()
        .map(|(index, (count, scores))| Factor {
            name: index.to_string(),
            levels: (0..*count).map(|level| level.to_string()).collect(),
            coding: if scores.is_null() { Coding::Levels } else { Coding::Score(numbers(scores)) },
        })
        .collect();
    let levels: Vec<u32> = numbers(&given["levels"]).into_iter().map(|level| level as u32).collect();
    let clusters: Vec<u64> = numbers(&given["clusters"]).into_iter().map(|cluster| cluster as u64).collect();
    let values: Vec<(u32, f64)> =
        values(&given["values"]).into_iter().map(|(cell, value)| (cell as u32, value)).collect();
    let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
    let found = regress(&factors, observations, 0.95).unwrap();
    check.is("r_squared", found.r_squared);
    check.is("residual_sd", found.residual_sd);
    let mut constant = Check::new("constant".into(), check.part("constant"));
    coefficient(&found.constant, &mut constant);
    check.add(constant);
    for (index, expected) in check.part("effects").as_array().unwrap().iter().enumerate() {
        let name = index.to_string();
        let effect = found.factors.iter().find(|factor| factor.name == name).unwrap();
        let mut part = Check::new(format!("factor {index}"), expected);
        part.is("f", effect.f);
        part.is("p_value", effect.p_value);
        part.is("partial", effect.partial_r_squared);
        part.is("explained", effect.variance_explained);
        let expected = part.part("coefficients").as_array().unwrap();
        assert_eq!(expected.len(), effect.coefficients.len());
        for (expected, found) in expected.iter().zip(&effect.coefficients) {
            let mut own = Check::new(format!("factor {index} {:?}", found.level), expected);
            coefficient(found, &mut own);
            part.add(own);
        }
        check.add(part);
    }
}

fn coefficient(found: &Coefficient, check: &mut Check<'_>) {
    check.is("estimate", found.estimate);
    check.is("cr1", found.cr1_standard_error);
    check.is("cr1_p", found.cr1_p_value);
    check.is("cr2", found.standard_error);
    check.is("freedom", found.freedom);
    check.is("p_value", found.p_value);
    check.interval("interval", Some(found.interval));
}

pub(crate) fn bradley_terry(given: &Value, check: &mut Check<'_>) {
    let names: Vec<String> = (0..given["size"].as_u64().unwrap()).map(|index| index.to_string()).collect();
    let comparison = |row: &Value| Comparison {
        cluster: row[0].as_u64().unwrap(),
        first: row[1].as_u64().unwrap() as u32,
        second: row[2].as_u64().unwrap() as u32,
        outcome: match row[3].as_str().unwrap() {
            "first" => PairOutcome::First,
            "second" => PairOutcome::Second,
            _ => PairOutcome::Tie,
        },
    };
    let comparisons: Vec<Comparison> = given["rows"].as_array().unwrap().iter().map(comparison).collect();
    let found = domain::stats::bradley_terry(&names, &comparisons, 0.95, Draws::new(1_000, 1)).unwrap();
    let strength =
        |name: &String| found.strengths.iter().find(|one| one.name == *name).map(|one| one.strength);
    check.list("strengths", names.iter().map(strength).collect());
}

pub(crate) fn design(given: &Value, check: &mut Check<'_>) {
    let levels: Vec<u32> = numbers(&given["levels"]).into_iter().map(|count| count as u32).collect();
    let rows: Vec<u64> = numbers(&given["rows"]).into_iter().map(|row| row as u64).collect();
    check.is("efficiency", design_efficiency(&levels, &rows).unwrap());
}
