//! `probity doctor`: is everything as it should be?

use std::process::ExitCode;

use domain::{audit, db::place_of, fleet, registry};

use crate::{embedded::open_to_read, flags::Store};

/// Prints the settings in force and checks what can be checked; 1 where something is wrong.
pub(crate) async fn doctor(store: Store) -> anyhow::Result<ExitCode> {
    let config = store.config()?;
    // The database's URL may hold a password.
    let mut settings = serde_json::to_value(&config)?;
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("database_url".into(), place_of(&config.database_url).into());
        // By name only: the whole registry would bury the rest.
        for key in ["models", "providers"] {
            let names: Vec<&str> =
                settings[key].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let names = names.join(", ");
            settings.insert(key.into(), names.into());
        }
        println!("Settings in force:");
        for (key, value) in settings {
            println!("  {key} = {value}");
        }
    }
    let opened = open_to_read(config).await?;
    println!(
        "Database: reachable, schema up to date ({})",
        if opened.db.is_postgres() { "PostgreSQL" } else { "SQLite" }
    );

    let online = fleet::online_workers(&opened.db, opened.config.beat()).await?;
    println!("Workers online: {}", online.len());
    let served = registry::served_providers(&opened.db, opened.config.beat()).await?;
    println!("Providers with a key at a worker that is online: {}", or_none(served.into_iter().collect()));
    let holds = worker::served_providers(&opened.config);
    println!("Providers with a key here: {} (`probity check` asks whether they answer)", or_none(holds));
    for (id, reason) in worker::unusable_providers(&opened.config) {
        println!("Provider {id} is not configured: {reason}");
    }

    let faults = audit::counters(&opened.db).await?;
    for fault in &faults {
        println!("WRONG: {fault}");
    }
    if faults.is_empty() {
        println!("Counters: equal a count over the probes, for every run");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn or_none(mut names: Vec<String>) -> String {
    names.sort_unstable();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
