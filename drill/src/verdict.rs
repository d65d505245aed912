//! What a row of the drill promised, what was measured, and whether that will do.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    pub(crate) row: u8,
    pub(crate) what: String,
    pub(crate) promised: String,
    pub(crate) measured: String,
    pub(crate) is_ok: bool,
}

/// The whole table, ready to be printed.
pub(crate) fn table(verdicts: &[Verdict]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(["row", "what was done", "promised", "measured", ""]);
    for verdict in verdicts {
        let word = if verdict.is_ok { "ok" } else { "FAILED" };
        let number = verdict.row.to_string();
        table.add_row([number.as_str(), &verdict.what, &verdict.promised, &verdict.measured, word]);
    }
    table.to_string()
}

/// Seconds as they are shown.
pub(crate) fn seconds(span: std::time::Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}
