//! `probity demo`: everything at work, on nothing but this machine.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use api::Api;
use domain::{
    config::Config,
    definition::{self, Format, ReadSource, samples::SAMPLES},
    export::csv::{CsvOptions, usd},
    library::OnNameTaken,
    registry,
    run::{self, NewRun},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    embedded::{Opened, add_sim, open},
    findings,
    flags::{DemoFlags, Store},
    import::save,
    progress,
    run::{chosen, fresh_token, wait_until_online},
    transfer::write_csv,
};

const SIMULATED: [&str; 4] =
    ["sim/sim-steadfast", "sim/sim-balanced", "sim/sim-utilitarian", "sim/sim-cautious"];
/// Cheap ones: a key that is set for other work must not make the demo expensive.
const REAL: [&str; 4] = [
    "openai/gpt-4o-mini",
    "anthropic/claude-haiku-5-5",
    "google/gemini-2.5-flash-lite",
    "mistral/mistral-small-latest",
];
/// Output tokens of an answer, so that what real models cost has a bound.
const MAX_TOKENS: u32 = 600;

/// Loads the samples, runs one evaluation, shows what was found, and serves the page.
pub(crate) async fn demo(store: Store, flags: DemoFlags) -> anyhow::Result<ExitCode> {
    let mut config = store.config()?;
    // Unless a flag, the environment or the configuration file says where.
    if config.data_dir == Config::default().data_dir {
        config.data_dir = PathBuf::from("demo-data");
    }
    config.bind = flags.bind;
    let sim = add_sim(&mut config, flags.profiles.as_deref(), Duration::from_millis(120)).await?;
    let opened = open(config).await?;
    api::check_bind(&opened.db, &opened.config).await?;
    let listener = listen(&opened.config).await?;
    let address = listener.local_addr()?;

    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    let worker = opened.start_worker(&stop);
    let api = Api { db: opened.db.clone(), config: opened.config.clone(), access: opened.access.clone() };
    let server = tokio::spawn(api::serve(api, listener, stop.clone().cancelled_owned()));
    wait_until_online(&opened).await?;
    println!("API and worker are up on SQLite in {}", opened.config.data_dir.display());

    let evaluated = tokio::select! {
        evaluated = evaluate(&opened, &flags) => evaluated,
        () = stop.cancelled() => Ok(()),
    };
    if evaluated.is_ok() && !stop.is_cancelled() {
        if flags.exit || !std::io::stdout().is_terminal() {
            let directory = opened.config.data_dir.display();
            println!(
                "Web page: `probity serve --sim --data-dir {directory} --bind {address}` serves it at http://{address}/"
            );
            stop.cancel();
        } else {
            println!("Web page: http://{address}/ (Ctrl-C stops it)");
        }
    }
    if evaluated.is_err() {
        stop.cancel();
    }
    server.await??;
    worker.await??;
    sim.shutdown().await;
    opened.db.close().await;
    evaluated.map(|()| ExitCode::SUCCESS)
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(config.bind).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let mut any = config.bind;
            any.set_port(0);
            TcpListener::bind(any).await.with_context(|| format!("cannot listen on {any}"))
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {}", config.bind)),
    }
}

async fn evaluate(opened: &Opened, flags: &DemoFlags) -> anyhow::Result<()> {
    let mut definition_id = None;
    for (file, text) in SAMPLES {
        let content = definition::from_yaml(text.as_bytes()).map_err(domain::Error::from)?;
        let saved = save(
            &opened.db,
            &opened.actor,
            ReadSource::whole(content, Format::Yaml),
            OnNameTaken::NewVersion,
        )
        .await?
        .saved
        .definition;
        println!("Loaded {file}: {}", saved.name);
        if file.starts_with("rescue-dilemma") {
            definition_id = Some(saved.id);
        }
    }
    let models = models(opened, flags).await?;
    let new = NewRun {
        definition_id: definition_id.context("the sample dilemma is missing")?,
        version: None,
        models: chosen(&models),
        sample_percentage: 100.0,
        sample_seed: Some(1),
        samples_per_scenario: 1,
        temperature: Some(0.7),
        top_p: None,
        stop: Vec::new(),
        reasoning_effort: None,
        max_tokens: Some(MAX_TOKENS),
        priority: 0,
        is_test: false,
        allow_duplicate: true,
        client_token: Some(fresh_token()),
        ..NewRun::default()
    };
    let created = run::create(&opened.db, &opened.config, &opened.access, &opened.actor, &new).await?;
    let run = created.run;
    println!(
        "Run {}: {} scenarios × {} models = {} probes",
        run.id,
        run.scenario_count,
        models.len(),
        run.planned_count
    );
    let ended = progress::wait(&opened.db, &opened.config, run.id).await?;
    let finished = run::find(&opened.db, run.id).await?;
    let seconds = match (finished.started_at, finished.completed_at) {
        (Some(started), Some(completed)) => (completed - started).as_seconds_f64(),
        _ => 0.0,
    };
    let progress = run::progress_of(&opened.db, &[run.id]).await?.remove(&run.id).unwrap_or_default();
    let cost = usd(progress.cost_usd_micros());
    println!(
        "Run {} in {seconds:.1} s, ${cost} (simulated models cost nothing; their prices are made up)",
        ended.as_str()
    );
    print!("{}", findings::text(&opened.db, run.id).await?);
    let path = write_csv(&opened.db, &opened.actor, run.id, CsvOptions::default(), Some(&flags.out)).await?;
    if let Some(path) = path {
        println!("CSV: {}", path.display());
    }
    Ok(())
}

/// Four models: real ones where their key is set, simulated ones for the rest.
async fn models(opened: &Opened, flags: &DemoFlags) -> anyhow::Result<Vec<&'static str>> {
    let available = registry::available_models(&opened.db, opened.config.beat()).await?;
    let is_usable = |name: &str| {
        available.iter().any(|entry| {
            entry.is_key_configured && format!("{}/{}", entry.model.provider_id, entry.model.id) == name
        })
    };
    let mut models: Vec<&str> = REAL.into_iter().filter(|name| !flags.sim_only && is_usable(name)).collect();
    if !models.is_empty() {
        println!("A key is set: {} are asked for real (--sim-only asks none).", models.join(" and "));
    }
    models.extend(&SIMULATED[..SIMULATED.len() - models.len()]);
    Ok(models)
}
