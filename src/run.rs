//! `probity run`.

use std::{process::ExitCode, time::Duration};

use domain::{
    export::csv::CsvOptions,
    judging::NewJudge,
    lifecycle::ShownStatus,
    limits,
    run::{self, Commanded, ModelChoice, NewRun},
};
use entity::GateAction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    control,
    embedded::{Opened, add_sim, open},
    findings,
    flags::{RunFlags, Store},
    plan, progress, report,
    transfer::{find_definition, write_csv},
    words::counted,
};

/// How often a held model is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Evaluates models on a definition, with a worker in this process.
pub(crate) async fn run(store: Store, flags: RunFlags) -> anyhow::Result<ExitCode> {
    let mut config = store.config()?;
    let _sim = match flags.sim {
        true => Some(add_sim(&mut config, None, Duration::from_millis(200)).await?),
        false => None,
    };
    let opened = open(config).await?;
    let definition =
        find_definition(&opened.db, &opened.actor, opened.config.import_max_bytes, &flags.definition).await?;
    let new = NewRun {
        definition_id: definition.id,
        version: None,
        models: flags.models.iter().map(|text| model_choice(text)).collect(),
        sample_plan: flags.sample_plan.map(Into::into),
        sample_scenarios: flags.sample_scenarios,
        sample_percentage: flags.sample,
        sample_seed: flags.seed,
        samples_per_scenario: flags.samples_per_scenario,
        counterbalance: flags.counterbalance,
        temperature: flags.temperature,
        top_p: flags.top_p,
        stop: flags.stop.clone(),
        reasoning_effort: flags.reasoning_effort.map(Into::into),
        max_tokens: flags.max_tokens,
        priority: 0,
        is_test: flags.test,
        allow_duplicate: flags.allow_duplicate,
        budget_usd_micros: flags.budget.map(usd_micros).transpose()?,
        judge: flags
            .judge
            .as_deref()
            .map(|name| NewJudge { model: model_choice(name), calls_max: flags.judge_max_calls }),
        plan_hash: flags.plan_hash.clone(),
        ..NewRun::default()
    };
    if flags.plan {
        return plan::print(&opened, &new, &(&flags.assumption).into()).await;
    }
    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    let mut worker = (!flags.no_wait).then(|| opened.start_worker(&stop));
    if let Some(worker) = &mut worker {
        tokio::select! {
            online = wait_until_online(&opened) => online?,
            // Where it cannot even register, its own words are the reason.
            ended = worker => {
                ended??;
                anyhow::bail!("The worker stopped before the run began.");
            }
        }
    }
    let outcome = tokio::select! {
        outcome = create_and_wait(&opened, &new, &flags) => outcome,
        () = stop.cancelled() => {
            eprintln!("Stopping: calls in flight finish. The run goes on as soon as a worker runs that can serve its models (`probity worker`, or `probity serve --sim` for simulated ones).");
            Ok(ExitCode::FAILURE)
        }
    };
    stop.cancel();
    if let Some(worker) = worker {
        worker.await??;
    }
    opened.access.flush(&opened.db).await?;
    outcome
}

async fn create_and_wait(opened: &Opened, new: &NewRun, flags: &RunFlags) -> anyhow::Result<ExitCode> {
    let created = run::create(&opened.db, &opened.config, &opened.access, &opened.actor, new).await?;
    let run_id = created.run.id;
    for warning in &created.warnings {
        eprintln!("{warning}");
    }
    if flags.yes {
        control::pass_gate(opened, run_id, GateAction::Approve, None, None).await?;
    }
    if flags.no_wait {
        println!("{run_id}");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("Run {run_id}: {}", counted(created.run.planned_count, "probe"));
    let found = run::detectable_of(&opened.db, &created.run, &(&flags.assumption).into()).await?;
    if let Some(found) = found {
        eprintln!("{}", found.sentence());
    }
    let ended = tokio::select! {
        ended = progress::wait(&opened.db, &opened.config, run_id) => ended?,
        failed = give_up_held_models(opened, run_id) => return Err(failed),
    };
    // Standard output belongs to the CSV where it is asked for there.
    let is_piped = flags.csv.as_ref().is_some_and(|out| out.as_os_str() == "-");
    let found = findings::text(&opened.db, run_id).await?;
    if is_piped {
        eprint!("{found}");
    } else {
        print!("{found}");
    }
    if let Some(out) = &flags.csv {
        let path = write_csv(&opened.db, &opened.actor, run_id, CsvOptions::default(), Some(out)).await?;
        if let Some(path) = path {
            eprintln!("{}", path.display());
        }
    }
    eprintln!("Run {run_id} {}", ended.as_str());
    report::mention(opened, run_id).await?;
    Ok(exit_code(ended))
}

/// Gives models up whose account is refused: whoever waits for this command to end could decide
/// nothing meanwhile. Returns only where that fails.
async fn give_up_held_models(opened: &Opened, run_id: Uuid) -> anyhow::Error {
    loop {
        let decided = async {
            if limits::all_models_held(opened.db.read(), run_id).await? {
                let commanded = Commanded { actor: &opened.actor, run_id, client_token: None };
                limits::fail_held_models(&opened.db, commanded).await.map(drop)
            } else {
                Ok(())
            }
        };
        match decided.await {
            // Conflict: given up already, or over.
            Ok(()) | Err(domain::Error::Conflict { .. }) => tokio::time::sleep(LOOK_EVERY).await,
            Err(error) => return error.into(),
        }
    }
}

/// Until the worker is registered, nobody knows which providers can be served.
pub(crate) async fn wait_until_online(opened: &Opened) -> anyhow::Result<()> {
    for _ in 0..200 {
        if !domain::fleet::online_workers(&opened.db, opened.config.beat()).await?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    anyhow::bail!("The worker did not start; the log above says why.")
}

/// The domain reads the name: only with the registry at hand is it clear what is a provider and
/// what a version.
pub(crate) fn model_choice(text: &str) -> ModelChoice {
    ModelChoice { provider: None, model: text.to_owned(), version: None }
}

/// Decimal dollars as the domain counts them.
pub(crate) fn usd_micros(usd: f64) -> anyhow::Result<i64> {
    if !(0.0..=1e9).contains(&usd) {
        anyhow::bail!("{usd} is no sum; give US dollars from 0 to 1,000,000,000.");
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most a billion dollars")]
    Ok((usd * 1e6).round() as i64)
}

pub(crate) fn exit_code(ended: ShownStatus) -> ExitCode {
    match ended {
        ShownStatus::Completed => ExitCode::SUCCESS,
        ShownStatus::CompletedWithErrors => ExitCode::from(3),
        ShownStatus::Failed => ExitCode::from(4),
        ShownStatus::Cancelled => ExitCode::from(5),
        _ => ExitCode::FAILURE,
    }
}

/// Models by name.
pub(crate) fn chosen(names: &[&str]) -> Vec<ModelChoice> {
    names.iter().map(|name| model_choice(name)).collect()
}

/// A token that no other command has.
pub(crate) fn fresh_token() -> String {
    Uuid::now_v7().to_string()
}
