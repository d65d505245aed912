//! Commands on a run that exists: `retry`, `rerun`, `limits`, `approve`, `reject`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use domain::{
    gate::{self, Decision},
    run::{self, Commanded, LimitChanges, Rerun},
};
use entity::{GateAction, GateState};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    embedded::{Opened, add_sim, open},
    findings::{self, find_run},
    flags::{ApproveFlags, GateFlags, LimitsFlags, RerunFlags, RetryFlags, Store, WaitFlags},
    progress, report,
    run::{exit_code, model_choice, usd_micros, wait_until_online},
};

/// `probity retry`.
pub(crate) async fn retry(store: Store, flags: RetryFlags) -> anyhow::Result<ExitCode> {
    let (opened, _sim) = opened(store, &flags.wait).await?;
    let run_id = find_run(&opened.db, &flags.run).await?;
    let commanded = Commanded { actor: &opened.actor, run_id, client_token: None };
    run::retry_failed(&opened.db, &opened.config, commanded, &flags.categories).await?;
    work(&opened, run_id, flags.wait.no_wait).await
}

/// `probity rerun`.
pub(crate) async fn rerun(store: Store, flags: RerunFlags) -> anyhow::Result<ExitCode> {
    let (opened, _sim) = opened(store, &flags.wait).await?;
    let models: Vec<_> = flags.models.iter().map(|text| model_choice(text)).collect();
    let again = Rerun {
        run_id: find_run(&opened.db, &flags.run).await?,
        models: (!models.is_empty()).then_some(models),
        version: flags.version,
        sample_plan: flags.sample_plan.map(Into::into),
        sample_scenarios: flags.sample_scenarios,
        sample_percentage: flags.sample,
        sample_seed: flags.seed,
        counterbalance: flags.counterbalance,
        budget_usd_micros: flags.budget.map(usd_micros).transpose()?,
        ..Rerun::default()
    };
    let made = run::rerun(&opened.db, &opened.config, &opened.access, &opened.actor, &again).await?;
    for warning in &made.warnings {
        eprintln!("{warning}");
    }
    eprintln!("Run {}: {} probes", made.run.id, made.run.planned_count);
    work(&opened, made.run.id, flags.wait.no_wait).await
}

/// `probity limits`.
pub(crate) async fn limits(store: Store, flags: LimitsFlags) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    let run_id = find_run(&opened.db, &flags.run).await?;
    let deadline = |hours: f64| {
        let is_time = hours.is_finite() && (0.0..1e6).contains(&hours);
        let span = is_time.then(|| Duration::from_secs_f64(hours * 3_600.0));
        let span =
            span.with_context(|| format!("{hours} hours from now is no time; give a number above 0."))?;
        anyhow::Ok(domain::db::now() + span)
    };
    let changes = LimitChanges {
        budget_usd_micros: flags.budget.map(usd_micros).transpose()?,
        priority: flags.priority,
        deadline_at: flags.deadline_hours.map(deadline).transpose()?,
        parallel: flags.parallel.map(Some),
    };
    if changes == LimitChanges::default() {
        bail!("Say what is to change: --budget, --priority, --deadline-hours or --parallel.");
    }
    let commanded = Commanded { actor: &opened.actor, run_id, client_token: None };
    run::set_limits(&opened.db, &opened.config, commanded, changes).await?;
    eprintln!("The limits of run {run_id} are changed.");
    Ok(ExitCode::SUCCESS)
}

/// `probity approve`.
pub(crate) async fn approve(store: Store, flags: ApproveFlags) -> anyhow::Result<ExitCode> {
    let budget = flags.budget.map(usd_micros).transpose()?;
    decide(store, &flags.gate, GateAction::Approve, budget).await
}

/// `probity reject`.
pub(crate) async fn reject(store: Store, flags: GateFlags) -> anyhow::Result<ExitCode> {
    decide(store, &flags, GateAction::Reject, None).await
}

async fn decide(
    store: Store,
    flags: &GateFlags,
    action: GateAction,
    new_budget_usd_micros: Option<i64>,
) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    let run_id = find_run(&opened.db, &flags.run).await?;
    let comment = flags.comment.as_deref();
    if !pass_gate(&opened, run_id, action, new_budget_usd_micros, comment).await? {
        bail!("Run {run_id} waits at no gate.");
    }
    eprintln!("Run {run_id} {}.", if action == GateAction::Approve { "goes on" } else { "ends" });
    Ok(ExitCode::SUCCESS)
}

/// Decides about the open gate of a run; false where none is open.
pub(crate) async fn pass_gate(
    opened: &Opened,
    run_id: Uuid,
    action: GateAction,
    new_budget_usd_micros: Option<i64>,
    comment: Option<&str>,
) -> anyhow::Result<bool> {
    let gates = gate::of_runs(&opened.db, &[run_id]).await?.remove(&run_id).unwrap_or_default();
    let Some(open) = gates.into_iter().find(|gate| gate.state == GateState::Open) else { return Ok(false) };
    let actor = &opened.actor;
    let decision =
        Decision { actor, gate_id: open.id, action, new_budget_usd_micros, comment, client_token: None };
    gate::decide(&opened.db, &opened.config, decision).await?;
    Ok(true)
}

async fn opened(store: Store, wait: &WaitFlags) -> anyhow::Result<(Opened, Option<sim::Sim>)> {
    let mut config = store.config()?;
    let sim = match wait.sim {
        true => Some(add_sim(&mut config, None, Duration::from_millis(200)).await?),
        false => None,
    };
    Ok((open(config).await?, sim))
}

/// Works on a run in this process until it is over, and prints what it found.
async fn work(opened: &Opened, run_id: Uuid, no_wait: bool) -> anyhow::Result<ExitCode> {
    if no_wait {
        println!("{run_id}");
        return Ok(ExitCode::SUCCESS);
    }
    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    let worker = opened.start_worker(&stop);
    wait_until_online(opened).await?;
    let ended = tokio::select! {
        ended = progress::wait(&opened.db, &opened.config, run_id) => Some(ended?),
        () = stop.cancelled() => None,
    };
    stop.cancel();
    worker.await??;
    let Some(ended) = ended else { return Ok(ExitCode::FAILURE) };
    print!("{}", findings::text(&opened.db, run_id).await?);
    eprintln!("Run {run_id} {}", ended.as_str());
    report::mention(opened, run_id).await?;
    Ok(exit_code(ended))
}
