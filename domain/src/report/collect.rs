//! Reading what a report says.

use std::collections::HashMap;

use entity::{definition_version, provider, run, run_budget, run_model};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{
    cost::cost,
    design,
    document::{
        Asked, Choice, Decisions, DefinitionPart, Document, Done, EvidencePart, FORMAT, FORMAT_VERSION,
        FailurePart, FindingsPart, Held, LedgerPart, Limits, ModelCountPart, ModelDecisions, ModelDone,
        ModelPart, ModelTimings, NotSent, Parameters, RunPart, Timings, Versions, Warning,
    },
    drawing,
    figures::{self, ModelFigures},
    history::{History, millis},
    methods, usd,
};
use crate::{
    analysis::{self, ResampledAnalysis, RunAnalysis},
    budget,
    db::Db,
    definition::{DecisionSpec, DefinitionContent},
    diagnosis::{self, Group},
    error::{Error, Result},
    export::csv::short_id,
    findings::{self, ModelFindings},
    library,
    lifecycle::RunState,
    lookup, probe,
    run::{Ledger, ModelProgress, model_labels, progress_of},
};

const METHOD: &str = "Mean of the scenarios' means (repeats of a scenario are averaged first), with a 95 % interval that stays \
                      on the scale and whose standard error is clustered by scenario.";

/// A run's models with what they are called.
pub(super) struct Models {
    progress: Vec<ModelProgress>,
    labels: Vec<String>,
}

impl Models {
    pub(super) fn each(&self) -> impl Iterator<Item = (&ModelProgress, &String)> {
        self.progress.iter().zip(&self.labels)
    }

    fn label(&self, run_model_id: Uuid) -> String {
        let found = self.each().find(|(model, _)| model.row.id == run_model_id);
        found.map_or_else(|| "a model of the run".into(), |(_, label)| label.clone())
    }
}

/// Reads everything that a report of a run says.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn document(db: &Db, run: &run::Model) -> Result<Document> {
    let progress = progress_of(db, &[run.id]).await?.remove(&run.id).unwrap_or_default().models;
    let rows: Vec<&run_model::Model> = progress.iter().map(|model| &model.row).collect();
    let models = Models { labels: model_labels(&rows), progress };
    let version = match run.definition_version_id {
        Some(id) => lookup::versions(db, &[id]).await?.remove(&id),
        None => None,
    };
    let content = version.as_ref().map(library::content_of).transpose()?;
    let mut figures = figures::of_models(db, run.id).await?;
    let figures: Vec<ModelFigures> =
        models.progress.iter().map(|model| figures.remove(&model.row.id).unwrap_or_default()).collect();
    let analysed = match content {
        Some(_) => analysed(db, run.id).await?,
        None => None,
    };
    let found = match content {
        Some(_) => findings::of_run(db, run.id).await?,
        None => Vec::new(),
    };
    let groups = diagnosis::of_runs(db, &[run.id]).await?.remove(&run.id).unwrap_or_default();
    let budget = budget::of_runs(db, &[run.id]).await?.remove(&run.id);
    let history = History::of(db, run).await?;
    let asked =
        asked(db, run, version.as_ref(), content.as_ref(), &models, &figures, budget.as_ref()).await?;
    let done = done(&models, &figures);
    let findings = analysed.map(|(analysis, resampled)| FindingsPart {
        figures: drawing::figures(&analysis, &resampled),
        methods: methods::paragraph(&asked, &done.ledger, &analysis, &resampled),
        analysis,
        resampled,
    });
    Ok(Document {
        format: FORMAT,
        format_version: FORMAT_VERSION,
        revision: run.ending_count,
        run: RunPart {
            id: run.id,
            short_id: short_id(run.id),
            run_type: run.run_type.as_str(),
            status: RunState::of(run).shown().as_str(),
            stop_reason: run.stop_reason.map(entity::StopReason::as_str),
            is_cancelled: run.cancelled_at.is_some(),
            started_by: history.started_by,
            parent_run_id: run.parent_run_id,
        },
        asked,
        done,
        decisions: decisions(content.as_ref(), found, &models),
        findings,
        failures: groups.into_iter().map(|group| failure(group, &models)).collect(),
        cost: cost(db, run, &models, &figures, budget.as_ref()).await?,
        timings: Timings {
            created_at: run.created_at,
            queued_at: run.queued_at,
            started_at: run.started_at,
            completed_at: run.completed_at,
            total_ms: run.completed_at.map(|ended| millis(run.created_at, ended)),
            working_ms: run.started_at.zip(run.completed_at).map(|(from, to)| millis(from, to)),
            paused_ms: history.paused_ms,
            at_gates_ms: history.at_gates_ms,
            models: models
                .labels
                .iter()
                .zip(&figures)
                .map(|(label, figures)| timings(label, figures))
                .collect(),
        },
        gates: history.gates,
        retries: history.retries,
        events: history.events,
        versions: Versions {
            probity: env!("CARGO_PKG_VERSION"),
            plan_algorithm: run.plan_hash.as_ref().and_then(|hash| hash.split('-').next()).map(Into::into),
            sampling: crate::sampling::ALGORITHM,
            diagnosis_rules: diagnosis::RULES_VERSION,
            readers: figures::readers(db, run.id).await?,
        },
    })
}

/// What the decisions say. A report is written also where that cannot be computed.
async fn analysed(db: &Db, run_id: Uuid) -> Result<Option<(RunAnalysis, ResampledAnalysis)>> {
    match analysis::current(db, run_id).await {
        Ok(found) => Ok(Some(found)),
        Err(Error::Internal(reason)) => {
            tracing::warn!(%run_id, %reason, "a report is written without its analysis");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn asked(
    db: &Db,
    run: &run::Model,
    version: Option<&definition_version::Model>,
    content: Option<&DefinitionContent>,
    models: &Models,
    figures: &[ModelFigures],
    budget: Option<&run_budget::Model>,
) -> Result<Asked> {
    let providers: HashMap<String, provider::Model> = provider::Entity::find()
        .all(db.read())
        .await?
        .into_iter()
        .map(|provider| (provider.id.clone(), provider))
        .collect();
    let definition = version.zip(content).map(|(version, content)| DefinitionPart {
        name: content.name.clone(),
        version: version.number,
        sha256: version.sha256.clone(),
        decision: match content.decision {
            DecisionSpec::Scale { .. } => "scale",
            DecisionSpec::Choice { .. } => "choice",
            DecisionSpec::FreeText => "free_text",
        },
        turns: 1 + content.follow_ups.len(),
    });
    let model = |((model, label), figures): ((&ModelProgress, &String), &ModelFigures)| {
        let row = &model.row;
        let provider = providers.get(&row.provider_id);
        ModelPart {
            label: label.clone(),
            provider: provider.map_or_else(|| row.provider_id.clone(), |known| known.display_name.clone()),
            provider_id: row.provider_id.clone(),
            model_id: row.model_id.clone(),
            version: row.model_version.clone(),
            asked_for: row.asked_for.clone(),
            wire_model: row.wire_model.clone(),
            answered_by: figures.answered_by.clone(),
        }
    };
    let limits = lookup::run_limits(db, &[run.id]).await?.remove(&run.id);
    Ok(Asked {
        definition,
        plan_hash: run.plan_hash.clone(),
        models: models.each().zip(figures).map(model).collect(),
        scenarios_in_version: version.map(|version| version.scenario_count),
        scenarios: run.scenario_count,
        sample_plan: run.sample_plan.as_str(),
        design: design::of(db, run.id).await?,
        option_orders: run.option_orders.clone(),
        sample_percentage: run.sample_percentage,
        sample_seed: run.sample_seed,
        samples_per_scenario: run.samples_per_scenario,
        probes: run.planned_count,
        parameters: Parameters {
            temperature: run.temperature,
            top_p: run.top_p,
            stop: run.stop_texts(),
            reasoning_effort: run.reasoning_effort.map(entity::ReasoningEffort::as_str),
            max_tokens: run.max_tokens,
        },
        not_sent: probe::omitted_of(db, run.id)
            .await?
            .into_iter()
            .map(|omitted| NotSent {
                model: models.label(omitted.run_model_id),
                parameter: omitted.parameter,
                turns: omitted.turn_count,
            })
            .collect(),
        limits: Limits {
            budget_usd: budget.and_then(|budget| budget.limit_usd_micros).map(usd),
            deadline_at: limits.as_ref().and_then(|limits| limits.deadline_at),
            priority: limits.as_ref().map_or(0, |limits| limits.priority),
            parallel: limits.as_ref().and_then(|limits| limits.parallel),
        },
    })
}

fn done(models: &Models, figures: &[ModelFigures]) -> Done {
    let ledger: Ledger = models.progress.iter().map(|model| model.ledger).sum();
    let of_model = |((model, label), figures): ((&ModelProgress, &String), &ModelFigures)| ModelDone {
        model: label.clone(),
        ledger: ledger_part(&model.ledger),
        turns: figures.turns,
        attempts: figures.attempts.clone(),
        held: model.row.held_at.map(|at| Held {
            at,
            category: model.row.held_category.clone(),
            given_up_at: model.row.given_up_at,
        }),
    };
    Done {
        adds_up: models.progress.iter().all(|model| adds_up(&model.ledger)) && adds_up(&ledger),
        ledger: ledger_part(&ledger),
        models: models.each().zip(figures).map(of_model).collect(),
    }
}

fn adds_up(ledger: &Ledger) -> bool {
    let outcomes = ledger.decided
        + ledger.reading
        + ledger.unreadable
        + ledger.refused
        + ledger.content_filter
        + ledger.truncated
        + ledger.empty;
    let places =
        [ledger.queued, ledger.running, ledger.succeeded, ledger.failed, ledger.cancelled, ledger.reading];
    places.iter().all(|count| *count >= 0)
        && ledger.planned == places[..5].iter().sum::<i64>()
        && ledger.succeeded == outcomes
}

fn ledger_part(ledger: &Ledger) -> LedgerPart {
    LedgerPart {
        planned: ledger.planned,
        queued: ledger.queued,
        running: ledger.running,
        succeeded: ledger.succeeded,
        failed: ledger.failed,
        cancelled: ledger.cancelled,
        decided: ledger.decided,
        reading: ledger.reading,
        unreadable: ledger.unreadable,
        refused: ledger.refused,
        content_filter: ledger.content_filter,
        truncated: ledger.truncated,
        empty: ledger.empty,
    }
}

fn decisions(content: Option<&DefinitionContent>, found: Vec<ModelFindings>, models: &Models) -> Decisions {
    let is_free = content.is_some_and(|content| content.decision == DecisionSpec::FreeText);
    let of_model = |model: ModelFindings| ModelDecisions {
        model: models.label(model.row.id),
        decided: model.ledger.decided,
        n: model.score.n,
        scenarios: model.score.clusters,
        mean: model.score.mean,
        standard_deviation: model.score.sd,
        standard_error: model.score.standard_error,
        interval: model.interval.map(|interval| [interval.low, interval.high]),
        warnings: model
            .score
            .warnings
            .into_iter()
            .map(|warning| Warning { code: warning.code.as_str().into(), message: warning.message })
            .collect(),
        distribution: model
            .distribution
            .into_iter()
            .map(|choice| Choice { value: choice.value, label: choice.label, count: choice.count })
            .collect(),
        different_answers: model.distinct_count,
    };
    Decisions {
        method: METHOD,
        confidence: 0.95,
        measure: if is_free { "share correct" } else { "mean score" },
        models: found.into_iter().map(of_model).collect(),
    }
}

fn failure(group: Group, models: &Models) -> FailurePart {
    FailurePart {
        category: group.rule.category.as_str(),
        cause: group.rule.cause,
        title: group.rule.title,
        count: group.count,
        models: group
            .models
            .iter()
            .map(|model| ModelCountPart { model: models.label(model.run_model_id), count: model.count })
            .collect(),
        evidence: group
            .evidence
            .into_iter()
            .map(|said| EvidencePart { text: said.text, count: said.count })
            .collect(),
        what_to_do: group.what_to_do,
        is_retryable: group.rule.is_retryable,
        example_probe_ids: group.example_probe_ids,
    }
}

fn timings(label: &str, figures: &ModelFigures) -> ModelTimings {
    let is_wait = |attempts: &&super::document::Attempts| attempts.result == "waited";
    ModelTimings {
        model: label.to_owned(),
        n: figures.latency.n,
        latency_p50_ms: figures.latency.p50_ms,
        latency_p95_ms: figures.latency.p95_ms,
        latency_max_ms: figures.latency.max_ms,
        waits: figures.attempts.iter().filter(is_wait).map(|attempts| attempts.count).sum(),
    }
}
