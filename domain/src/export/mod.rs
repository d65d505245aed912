//! Files that analysts open.

pub mod csv;
pub mod markdown;
pub mod scenarios;
