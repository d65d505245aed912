//! The library of definitions: saved, versioned, forked, found.

mod find;
mod import;
mod save;

pub use find::{
    DefinitionFilter, content_of, find, find_named, find_version, free_name, list, scenarios, versions,
};
pub use import::{ImportPreview, Imported, OnNameTaken, import, preview};
pub use save::{Saved, create, fork, remove, update};
