//! A report as Markdown: what one attaches to a paper or a pull request.

mod decisions;
mod findings;
mod money;
mod number;
mod past;
mod table;
mod text;
mod work;

use super::document::Document;
use number::{count, counted, share, span, time, usd};
use table::Table;
use text::{code, plain};

/// Characters of a name that are shown.
const NAME: usize = 80;
/// Characters of a sentence that somebody wrote.
const SENTENCE: usize = 500;

/// The report as one document, in CommonMark with tables.
pub(super) fn write(report: &Document) -> String {
    let sections = [
        head(report),
        decisions::section(report),
        findings::section(report),
        asked(report),
        work::section(report),
        work::failures(report),
        money::section(report),
        past::times(report),
        past::gates(report),
        past::history(report),
        versions(report),
        findings::pictures(report),
    ];
    let mut text = sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n");
    text.push('\n');
    text.replace("\n\n\n", "\n\n").trim_end().to_owned() + "\n"
}

fn head(report: &Document) -> String {
    let run = &report.run;
    let name =
        report.asked.definition.as_ref().map_or("A run without a definition", |part| part.name.as_str());
    let ledger = &report.done.ledger;
    let mut lines = vec![format!("# {}", plain(name, NAME)), String::new()];
    let how = match (run.status, run.stop_reason) {
        ("cancelled", _) => "Cancelled",
        (_, Some("rejected")) => "Rejected at a gate",
        ("failed", Some("deadline")) => "Failed: its deadline passed",
        (_, Some("deadline")) => "Ended by its deadline",
        ("completed", _) => "Completed",
        ("failed", _) => "Failed",
        _ => "Completed with errors",
    };
    let again = match report.revision {
        1 => String::new(),
        number => format!(" · revision {number}: the run was reopened and has ended again"),
    };
    lines.push(format!(
        "**{how}** · run `{}` · {} · started by {}{again}",
        run.short_id,
        time(report.timings.completed_at),
        plain(&run.started_by, NAME)
    ));
    lines.push(String::new());
    lines.push(format!(
        "> {} of {} succeeded, {} failed, {} cancelled.",
        share(ledger.succeeded, ledger.planned),
        counted(ledger.planned, "planned probe"),
        count(ledger.failed),
        match ledger.cancelled {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            number => format!("{} were", count(number)),
        }
    ));
    lines.push(match ledger.succeeded {
        0 => "> There is no answer, and so no decision.".to_owned(),
        succeeded => format!(
            "> {} of {} state a decision.",
            share(ledger.decided, succeeded),
            counted(succeeded, "answer")
        ),
    });
    lines.push(format!("> {}", money::sentence(&report.cost)));
    lines.push(format!("> It took {} from its making to its end.", span(report.timings.total_ms)));
    lines.push(String::new());
    lines.join("\n")
}

fn asked(report: &Document) -> String {
    let asked = &report.asked;
    let mut facts = Table::new(2, ["Setting", "Value"]);
    if let Some(definition) = &asked.definition {
        facts.row([
            "Definition",
            &format!("{}, version {}", plain(&definition.name, NAME), definition.version),
        ]);
        facts.row(["SHA-256 of the version", &code(&definition.sha256, 100)]);
        let decision = match definition.decision {
            "scale" => "a point of a scale",
            "choice" => "one of named choices",
            _ => "free text, compared with the target",
        };
        facts.row(["Decision", decision]);
        facts.row(["Turns per conversation", &definition.turns.to_string()]);
    }
    let of_all = asked
        .scenarios_in_version
        .map_or(String::new(), |all| format!(" of {} ({} % sampled)", count(all), asked.sample_percentage));
    facts.row(["Scenarios", &format!("{}{of_all}", count(asked.scenarios))]);
    let plan = match (asked.sample_plan, &asked.design) {
        ("fractional", Some(design)) => format!(
            "a fraction ({}, version {}; D-efficiency {:.3}) from which {} main effects can be estimated",
            design.method,
            design.method_version,
            design.d_efficiency,
            count(design.effects)
        ),
        ("random", _) => "a random share, the same for every model".to_owned(),
        _ => "all of them".to_owned(),
    };
    facts.row(["Which scenarios", &plan]);
    let orders = asked.option_orders.as_deref().map_or_else(
        || "as the definition lists them".to_owned(),
        |method| format!("counterbalanced from probe to probe ({method})"),
    );
    facts.row(["Order of the options", &orders]);
    facts.row(["Repetitions of each", &count(asked.samples_per_scenario)]);
    facts.row(["Models", &count(asked.models.len() as i64)]);
    facts.row(["Probes", &count(asked.probes)]);
    facts.row(["Sample seed", &code(&asked.sample_seed.to_string(), 100)]);
    let parameters = &asked.parameters;
    let default = || "the provider's default".to_owned();
    let number = |value: Option<f64>| value.map_or_else(default, |value| value.to_string());
    facts.row(["Temperature", &number(parameters.temperature)]);
    facts.row(["Top-p", &number(parameters.top_p)]);
    let tokens = parameters.max_tokens.map_or_else(default, count);
    facts.row(["Output tokens, at most", &tokens]);
    facts.row(["Reasoning effort", parameters.reasoning_effort.unwrap_or("the model's default")]);
    if !parameters.stop.is_empty() {
        let stops: Vec<String> = parameters.stop.iter().map(|stop| code(stop, NAME)).collect();
        facts.row(["Stop texts", &stops.join(", ")]);
    }
    let limits = &asked.limits;
    let budget = limits.budget_usd.map_or("none".to_owned(), |sum| format!("{} USD", usd(Some(sum))));
    facts.row(["Budget", &budget]);
    facts.row(["Deadline", &time(limits.deadline_at)]);
    if let Some(parallel) = limits.parallel {
        facts.row(["Calls at once, at most", &count(parallel)]);
    }
    if let Some(hash) = &asked.plan_hash {
        facts.row(["Hash of the plan", &code(hash, 120)]);
    }
    if let Some(parent) = report.run.parent_run_id {
        facts.row(["Repeats the run", &code(&parent.to_string(), 100)]);
    }
    let mut text = format!("## What was asked\n\n{}\n{}", facts.text(), models(report));
    for omitted in &asked.not_sent {
        text.push_str(&format!(
            "- Not sent to {}, which does not take it: {} ({}).\n",
            plain(&omitted.model, NAME),
            code(&omitted.parameter, NAME),
            counted(omitted.turns, "turn")
        ));
    }
    text
}

fn models(report: &Document) -> String {
    let mut table = Table::new(5, ["Model", "Provider", "Asked for as", "Version", "Answered by"]);
    for model in &report.asked.models {
        let answered: Vec<String> = model
            .answered_by
            .iter()
            .take(3)
            .map(|by| match &by.version {
                Some(version) => format!("{} × {}", count(by.transcripts), plain(version, NAME)),
                None => format!("{} × not said", count(by.transcripts)),
            })
            .collect();
        let more = model.answered_by.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        table.row([
            plain(&model.label, NAME),
            plain(&model.provider, NAME),
            plain(&model.wire_model, NAME),
            model.version.as_ref().map_or_else(|| number::MISSING.into(), |version| plain(version, NAME)),
            if answered.is_empty() { number::MISSING.into() } else { answered.join(", ") + &more },
        ]);
    }
    table.text() + "\n"
}

fn versions(report: &Document) -> String {
    let versions = &report.versions;
    let mut table = Table::new(2, ["Part", "Version"]);
    table.row(["Probity", versions.probity]);
    table.row(["Sampling", versions.sampling]);
    if let Some(plan) = &versions.plan_algorithm {
        table.row(["Plan", &plain(plan, NAME)]);
    }
    table.row(["Rules of diagnosis", versions.diagnosis_rules]);
    for reader in &versions.readers {
        let readings = counted(reader.readings, "reading");
        table.row([
            format!("Reader {}", plain(&reader.reader, NAME)),
            format!("{} ({readings})", plain(&reader.version, NAME)),
        ]);
    }
    table.row(["Format of this report".to_owned(), format!("{} {}", report.format, report.format_version)]);
    format!(
        "## Versions and ids\n\n{}\nRun {}. Percentages name their denominator in the text or the head of the column; \
         {} stands for what is not known or does not exist, which is not 0.\n",
        table.text(),
        code(&report.run.id.to_string(), 100),
        number::MISSING,
    )
}
