//! The final documents of runs.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::report;

/// The final document of a run, as it ended once. Never edited.
#[derive(SimpleObject)]
pub(crate) struct Report {
    /// From 1: how often the run had ended.
    revision: i32,
    /// For people: CommonMark with tables.
    markdown: String,
    /// For programs: one JSON object as text, of which `docs/report.schema.json` says what it holds.
    json: String,
    /// The SHA-256 of `json`, in hex.
    sha256: String,
    /// The version of Probity that wrote it.
    code_version: String,
    /// When it was written, which may be later than the end of the run.
    created_at: DateTime<Utc>,
    /// Where the Markdown is downloaded, on this server.
    markdown_url: String,
    /// Where the JSON is downloaded, on this server.
    json_url: String,
}

impl From<report::Model> for Report {
    fn from(row: report::Model) -> Self {
        let url = |ending: &str| {
            format!("/api/export/run/{}/report.{ending}?revision={}", row.run_id, row.revision)
        };
        Self {
            markdown_url: url("md"),
            json_url: url("json"),
            revision: row.revision,
            markdown: row.markdown,
            json: row.json,
            sha256: row.sha256,
            code_version: row.code_version,
            created_at: row.created_at,
        }
    }
}
