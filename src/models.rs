//! `probity models`: what can be asked.

use std::{collections::HashSet, process::ExitCode};

use comfy_table::{CellAlignment, LineStyle, Table, presets};
use domain::{
    export::csv::usd,
    registry::{self, AvailableModel},
};

use crate::{check::fit, embedded::open, flags::Store};

/// Prints the models that are offered; 1 where none is called so.
pub(crate) async fn list(store: Store, text: Option<&str>) -> anyhow::Result<ExitCode> {
    // Not only to read: what the configuration says of models is a part of the list.
    let opened = open(store.config()?).await?;
    let here: HashSet<String> = worker::served_providers(&opened.config).into_iter().collect();
    let wanted = text.unwrap_or_default().to_lowercase();
    let mut models = registry::available_models(&opened.db, opened.config.beat()).await?;
    models.retain(|entry| name(entry).to_lowercase().contains(&wanted));
    if models.is_empty() {
        anyhow::bail!("No model is called so; `probity models` lists all, as provider/model.");
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    fit(&mut table);
    table.set_header(["Model", "Default version", "Input", "Output", "Key"]);
    for entry in &models {
        table.add_row(line(entry, &here));
    }
    for column in table.column_iter_mut().skip(2).take(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    println!(
        "US dollars per million tokens, in the base tier. `probity check` asks whether providers answer."
    );
    Ok(ExitCode::SUCCESS)
}

fn name(entry: &AvailableModel) -> String {
    format!("{}/{}", entry.model.provider_id, entry.model.id)
}

fn line(entry: &AvailableModel, here: &HashSet<String>) -> [String; 5] {
    let price = entry.price.as_ref().map(|tariff| tariff.base());
    let known = |micros: Option<i64>| micros.map_or_else(|| "not known".into(), |micros| usd(Some(micros)));
    let is_configured = entry.is_key_configured || here.contains(&entry.model.provider_id);
    [
        name(entry),
        entry.model.default_version.clone().unwrap_or_default(),
        known(price.map(|tier| tier.input_usd_micros_per_million)),
        known(price.map(|tier| tier.output_usd_micros_per_million)),
        if is_configured { "yes" } else { "no" }.into(),
    ]
}
