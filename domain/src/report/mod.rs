//! Reports: the final document of a run, in Markdown and JSON, written however the run ends.
//!
//! A report is a function of what is stored: two writers write the same bytes, and one that was
//! lost is made again. Its revision says how often the run had ended.

mod collect;
mod cost;
mod design;
mod document;
mod drawing;
mod figures;
mod history;
mod markdown;
mod methods;
mod store;

pub use document::{FORMAT, FORMAT_VERSION};
pub use store::{Download, Kind, ask_for_missing, download, find, latest_of_runs, of_runs, write};

pub(crate) use store::missing;

/// Micro-dollars as decimal dollars: exact to the micro-dollar below nine billion dollars.
fn usd(micros: i64) -> f64 {
    micros as f64 / 1e6
}
