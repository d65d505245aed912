//! Files that analysts open.

pub mod csv;
