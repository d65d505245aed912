//! Files that analysts open.

pub mod comparison;
pub mod csv;
pub mod findings;
pub mod markdown;
pub mod scenarios;
