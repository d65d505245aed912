//! The library of definitions: saved, versioned, forked, found.

mod find;
mod save;

pub use find::{DefinitionFilter, content_of, find, find_version, list, scenarios, versions};
pub use save::{Saved, create, fork, remove, update};
