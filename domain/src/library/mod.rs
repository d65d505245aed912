//! The library of definitions: saved, versioned, forked, found.

mod find;
mod import;
mod save;

pub use find::{
    DefinitionFilter, ScenarioFilter, TagCount, content_of, find, find_named, find_version, free_name, list,
    run_counts, scenarios, scenarios_like, tags, versions,
};
pub use import::{ImportPreview, Imported, OnNameTaken, import, preview};
pub use save::{Saved, create, create_once, fork, remove, update, update_once};
