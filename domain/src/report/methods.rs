//! How the findings came about, as a paragraph for a paper.

use super::document::{Asked, LedgerPart};
use crate::{
    analysis::{Measure, ResampledAnalysis, RunAnalysis},
    stats::Alpha,
};

/// The paragraph; it names every number that a reader needs to judge the others.
pub(super) fn paragraph(
    asked: &Asked,
    ledger: &LedgerPart,
    found: &RunAnalysis,
    drawn: &ResampledAnalysis,
) -> String {
    let models: Vec<&str> = asked.models.iter().map(|model| model.label.as_str()).collect();
    let of_all = match (asked.scenarios_in_version, &asked.design) {
        (Some(all), Some(design)) => format!(
            ", a fraction of {all} from which {} main effects can be estimated ({}, D-efficiency {:.3}, seed {}),",
            design.effects, design.method, design.d_efficiency, asked.sample_seed
        ),
        (Some(all), None) if all != asked.scenarios => {
            format!(", drawn at random (seed {}) from {all},", asked.sample_seed)
        }
        _ => String::new(),
    };
    let mut sentences = vec![format!(
        "{}{of_all} {} put to {} ({}), {} each, which makes {} conversations; {} were answered, and a decision was read from \
         {} of them.",
        counted(asked.scenarios, "scenario"),
        if asked.scenarios == 1 { "was" } else { "were" },
        counted(models.len() as i64, "model").to_lowercase(),
        models.join(", "),
        match asked.samples_per_scenario {
            1 => "once".to_owned(),
            samples => format!("{samples} times"),
        },
        asked.probes,
        ledger.succeeded,
        ledger.decided,
    )];
    if let Some(method) = &asked.option_orders {
        sentences.push(format!(
            "The options were listed in an order that changed from scenario to scenario and sample to sample, the same for \
             every model: choices in the orders of a Williams square (Williams 1949), a scale upwards or downwards \
             ({method}). The order is one of the factors in the effects."
        ));
    }
    if let Some(temperature) = asked.parameters.temperature {
        sentences.push(format!("The temperature was {temperature}."));
    }
    sentences.push("Scenarios are the units of analysis: samples of a scenario were averaged first, or kept together as a cluster.".into());
    sentences.push(match found.measure {
        Measure::None => "Decisions are named choices without an order; their shares have Wilson 95 % intervals (Wilson 1927) with the \
             effective number of trials under clustering (Korn & Graubard 1998)."
            .into(),
        Measure::Correct => "A decision counts as 1 where it is the right one, else as 0; means have 95 % score intervals within 0 and 1 whose \
             errors are clustered by scenario (Wilson 1927; Korn & Graubard 1998)."
            .into(),
        Measure::Scale | Measure::ChoiceScore => "Means have 95 % intervals that stay on the scale, after Wilson (1927) with the effective number of trials that \
             has the error clustered by scenario (Korn & Graubard 1998)."
            .into(),
    });
    if found.models.iter().any(|model| model.retest.is_some()) {
        sentences.push("Test–retest agreement is the share of pairs of samples of a scenario that decided the same (Fleiss 1971).".into());
    }
    if let Some(agreement) = &found.agreement {
        let alpha = drawn.alpha.as_ref().unwrap_or(&agreement.alpha);
        sentences.push(format!(
            "Agreement of pairs is Cohen's kappa{} and, where decisions have numbers, Spearman's rank correlation of scenario \
             means; agreement of all models is Krippendorff's alpha ({}){}.",
            if found.measure == Measure::Scale { " with quadratic weights (Cohen 1968)" } else { "" },
            alpha.method.name.rsplit(", ").next().unwrap_or_default(),
            bootstrap(alpha),
        ));
    }
    if !found.effects.is_empty() {
        sentences.push(
            "Effects of dimensions are differences to their first level from least squares on all dimensions (average marginal \
             component effects where levels are crossed; Hainmueller, Hopkins & Yamamoto 2014), with CR2 errors \
             clustered by scenario and Bell & McCaffrey's (2002) degrees of freedom."
                .into(),
        );
    }
    sentences.push(format!(
        "All was computed by Probity {} from the version of the definition with SHA-256 {}.",
        env!("CARGO_PKG_VERSION"),
        asked.definition.as_ref().map_or("unknown", |definition| definition.sha256.as_str()),
    ));
    sentences.join(" ")
}

fn bootstrap(alpha: &Alpha) -> String {
    match (alpha.interval, alpha.method.rounds, alpha.method.seed) {
        (Some(_), Some(rounds), Some(seed)) => {
            format!(", its interval by a percentile bootstrap of scenarios ({rounds} rounds, seed {seed})")
        }
        _ => String::new(),
    }
}

fn counted(number: i64, noun: &str) -> String {
    if number == 1 { format!("One {noun}") } else { format!("{number} {noun}s") }
}
