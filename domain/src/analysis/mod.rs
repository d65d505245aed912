//! What the decisions of runs come to, beyond one model at a time.

pub mod compare;
