//! `probity sim`.

use std::{process::ExitCode, time::Duration};

use sim::{Latency, Sim, SimOptions};
use tokio_util::sync::CancellationToken;

use crate::{embedded::read_profiles, flags::SimFlags};

/// Serves simulated models until it is stopped.
pub(crate) async fn simulate(flags: SimFlags) -> anyhow::Result<ExitCode> {
    let latency = match flags.latency_ms {
        0 => Latency::None,
        ms => Latency::LogNormal { median: Duration::from_millis(ms), sigma: 0.4 },
    };
    let sim = Sim::start(SimOptions {
        addr: flags.bind,
        latency,
        profiles: read_profiles(flags.profiles.as_deref())?,
        ..SimOptions::default()
    })
    .await?;
    println!("Simulated models are at {} (Ctrl-C stops them)", sim.base_url());
    println!("Workers find them with PROBITY_PROVIDERS__SIM__BASE_URL={}", sim.base_url());
    let stop = CancellationToken::new();
    worker::process::cancel_on_signal(stop.clone())?;
    stop.cancelled().await;
    sim.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
