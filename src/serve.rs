//! `probity serve` and `probity worker`.

use std::{process::ExitCode, time::Duration};

use api::Api;
use tokio_util::sync::CancellationToken;

use crate::{
    embedded::{add_sim, open},
    flags::{ServeFlags, Store, WorkerFlags},
};

/// API and worker in one process.
pub(crate) async fn serve(store: Store, flags: ServeFlags) -> anyhow::Result<ExitCode> {
    let mut config = store.config()?;
    if let Some(bind) = flags.bind {
        config.bind = bind;
    }
    let _sim = match flags.sim {
        true => Some(add_sim(&mut config, None, Duration::from_millis(200)).await?),
        false => None,
    };
    let opened = open(config).await?;
    api::check_bind(&opened.db, &opened.config).await?;
    let listener = api::listen(opened.config.bind).await?;
    println!("Probity is at http://{}/ (Ctrl-C stops it)", listener.local_addr()?);

    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    let worker = (!flags.no_worker).then(|| opened.start_worker(&stop));
    let api = Api { db: opened.db.clone(), config: opened.config.clone(), access: opened.access.clone() };
    let served = api::serve(api, listener, stop.clone().cancelled_owned()).await;
    stop.cancel();
    if let Some(worker) = worker {
        worker.await??;
    }
    served?;
    opened.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A worker alone.
pub(crate) async fn work(store: Store, flags: WorkerFlags) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    let name = flags.name.unwrap_or_else(worker::process::host_name);
    worker::run(opened.db.clone(), opened.config.clone(), &name, stop).await?;
    opened.db.close().await;
    Ok(ExitCode::SUCCESS)
}
