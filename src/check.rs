//! `probity check`: do the providers answer, and do they take the keys?

use std::process::ExitCode;

use comfy_table::{ContentArrangement, LineStyle, Table, presets};
use domain::{
    config::Config,
    health::{NewCheck, what_to_do_behind},
    registry::provider_row,
};
use worker::Checked;

use crate::flags::Store;

/// Asks the providers and prints a table; 1 where one that is configured is not well.
pub(crate) async fn check(store: Store, wanted: &[String]) -> anyhow::Result<ExitCode> {
    let config = store.config()?;
    if let Some(unknown) = wanted.iter().find(|id| !config.providers.contains_key(*id)) {
        let known: Vec<&str> = config.providers.keys().map(String::as_str).collect();
        anyhow::bail!("There is no provider {unknown}; there are {}.", known.join(", "));
    }
    let checked = worker::check_providers(&config, wanted).await;
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    fit(&mut table);
    table.set_header([
        "Provider",
        "Configured",
        "Reachable",
        "Key",
        "Time",
        "Models",
        "What it says; what to do",
    ]);
    let mut is_well = true;
    for Checked { provider_id, check } in &checked {
        is_well &= check.error_category.is_none();
        table.add_row(line(&config, provider_id, check));
    }
    println!("{table}");
    if checked.iter().all(|checked| !checked.check.is_configured) {
        println!("No provider is configured here.");
    }
    // Whoever names providers wants them to work.
    let is_missing = !wanted.is_empty() && checked.iter().any(|checked| !checked.check.is_configured);
    Ok(if is_well && !is_missing { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Wraps a table's cells to the terminal; elsewhere to a width that can be read.
pub(crate) fn fit(table: &mut Table) {
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(100);
    }
}

fn line(config: &Config, id: &str, check: &NewCheck) -> [String; 7] {
    let settings = config.providers.get(id).cloned().unwrap_or_default();
    let proxy = settings.proxy.as_ref().map(|_| format!("providers.{id}.proxy"));
    let row = provider_row(id, &settings);
    let advice =
        what_to_do_behind(&row, check.is_configured, check.error_category.as_deref(), proxy.as_deref());
    let said = check.error_message.clone().into_iter().chain(advice).collect::<Vec<_>>().join(" — ");
    [
        id.to_owned(),
        yes_or_no(Some(check.is_configured)),
        yes_or_no(check.is_reachable),
        match check.is_key_accepted {
            Some(true) => "accepted".into(),
            Some(false) => "refused".into(),
            None => String::new(),
        },
        check.latency.map_or(String::new(), |span| format!("{} ms", span.as_millis())),
        check.model_count.map_or(String::new(), |count| count.to_string()),
        said,
    ]
}

fn yes_or_no(known: Option<bool>) -> String {
    known.map_or("", |known| if known { "yes" } else { "no" }).into()
}
