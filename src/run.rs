//! `probity run`.

use std::{process::ExitCode, time::Duration};

use domain::{
    export::csv::CsvOptions,
    lifecycle::ShownStatus,
    run::{self, ModelChoice, NewRun},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    embedded::{Opened, add_sim, open},
    findings,
    flags::{RunFlags, Store},
    progress,
    transfer::{find_definition, write_csv},
    words::counted,
};

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
        sample_percentage: flags.sample,
        sample_seed: flags.seed,
        samples_per_scenario: flags.samples_per_scenario,
        temperature: flags.temperature,
        top_p: flags.top_p,
        stop: flags.stop.clone(),
        reasoning_effort: flags.reasoning_effort.map(Into::into),
        max_tokens: flags.max_tokens,
        priority: 0,
        is_test: flags.test,
        allow_duplicate: flags.allow_duplicate,
        client_token: None,
    };
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
    if flags.no_wait {
        println!("{run_id}");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("Run {run_id}: {}", counted(created.run.planned_count, "probe"));
    let ended = progress::wait(&opened.db, run_id).await?;
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
    Ok(exit_code(ended))
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
fn model_choice(text: &str) -> ModelChoice {
    ModelChoice { provider: None, model: text.to_owned(), version: None }
}

fn exit_code(ended: ShownStatus) -> ExitCode {
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
