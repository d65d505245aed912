//! `probity doctor`: is everything as it should be?

use std::{collections::HashSet, process::ExitCode};

use domain::{
    audit::{self, Schema},
    db::{Db, place_of},
    fleet, health, lookup,
};

use crate::{
    embedded::{Examined, open_unchanged},
    flags::Store,
    words::counted,
};

/// Prints the settings in force and checks what can be checked; 1 where something is wrong. With
/// `repair`, puts right what can be counted anew.
pub(crate) async fn doctor(store: Store, repair: bool) -> anyhow::Result<ExitCode> {
    let config = store.config()?;
    print_settings(&config)?;
    let opened = open_unchanged(config).await?;
    if repair {
        opened.db.migrate().await?;
    }
    let Some(mut faults) = database(&opened.db).await? else { return Ok(ExitCode::FAILURE) };
    workers(&opened).await?;
    providers(&opened).await?;
    for note in audit::attention(&opened.db, &opened.config).await? {
        println!("NOTE: {note}");
    }
    if repair {
        let repaired = audit::repair(&opened.db).await?;
        for change in &repaired.changes {
            println!("PUT RIGHT: {change}");
        }
        for run_id in &repaired.reports {
            println!("WRITTEN: the report of run {run_id}");
        }
        if repaired == audit::Repaired::default() {
            println!("Repair: there was nothing to put right");
        }
    }
    let wrong = audit::counters(&opened.db).await?;
    if wrong.is_empty() {
        println!("Ledgers, counters, budgets and events: equal a count, for every run");
    }
    faults.extend(wrong);
    for fault in &faults {
        println!("WRONG: {fault}");
    }
    if !faults.is_empty() && !repair {
        println!("`probity doctor --repair` puts counters right from a count, and says what it changed.");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_settings(config: &domain::config::Config) -> anyhow::Result<()> {
    // The database's URL may hold a password.
    let mut settings = serde_json::to_value(config)?;
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
    Ok(())
}

/// What is wrong with the database; None where nothing more can be looked at.
async fn database(db: &Db) -> anyhow::Result<Option<Vec<String>>> {
    match audit::schema(db).await? {
        Schema::UpToDate => {}
        Schema::Behind(count) => {
            println!(
                "WRONG: the schema of the database is {} behind this program. `probity doctor --repair`, or any start \
                 of a server, applies them.",
                counted(count, "migration")
            );
            return Ok(None);
        }
        Schema::Empty => {
            println!("WRONG: the database is empty: `probity serve` or `probity run` makes its tables.");
            return Ok(None);
        }
    }
    let state = audit::database(db).await?;
    println!("Database: reachable, {}, schema up to date", state.version);
    if let Some(why) = state.read_only_because {
        println!("NOTE: it can be read and not written. {why}");
    }
    let damage =
        state.damage.into_iter().map(|found| format!("the file of the database is damaged: {found}"));
    Ok(Some(damage.collect()))
}

async fn workers(opened: &Examined) -> anyhow::Result<()> {
    let online = fleet::online_workers(&opened.db, opened.config.beat()).await?;
    println!("Workers online: {}", online.len());
    let ids: Vec<_> = online.iter().map(|worker| worker.id).collect();
    let mut served = lookup::providers_of_workers(&opened.db, &ids).await?;
    for worker in online {
        println!(
            "  {} {}, since {}, serves {}",
            worker.name,
            worker.version,
            worker.started_at.format("%Y-%m-%d %H:%M UTC"),
            or_none(served.remove(&worker.id).unwrap_or_default())
        );
    }
    Ok(())
}

async fn providers(opened: &Examined) -> anyhow::Result<()> {
    let all = health::providers(&opened.db, &opened.config).await?;
    let here: HashSet<String> = worker::served_providers(&opened.config).into_iter().collect();
    let served = all.iter().filter(|health| !health.served_by.is_empty());
    println!(
        "Providers with a key at a worker that is online: {}",
        or_none(served.map(|health| health.provider.id.clone()).collect())
    );
    println!(
        "Providers with a key here: {} (`probity check` asks whether they answer)",
        or_none(here.iter().cloned().collect())
    );
    for health in &all {
        let Some(check) = health.last_check.as_ref().filter(|check| check.error_category.is_some()) else {
            continue;
        };
        // Of a provider that nobody has set up it is no news that it is not set up.
        if health.served_by.is_empty() && !here.contains(&health.provider.id) {
            continue;
        }
        let advice =
            health::what_to_do(&health.provider, check.is_configured, check.error_category.as_deref());
        println!(
            "NOTE: {} did not pass its last check ({}): {} {}",
            health.provider.display_name,
            check.checked_at.format("%Y-%m-%d %H:%M UTC"),
            check.error_message.as_deref().unwrap_or_default(),
            advice.unwrap_or_default()
        );
    }
    for (id, reason) in worker::unusable_providers(&opened.config) {
        println!("Provider {id} is not configured: {reason}");
    }
    Ok(())
}

fn or_none(mut names: Vec<String>) -> String {
    names.sort_unstable();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
