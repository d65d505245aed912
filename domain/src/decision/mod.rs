//! Decisions after their first reading: corrected by hand, read again. A revision is appended,
//! what was read before stays, and one of them is in force.

mod append;
mod correct;
mod reread;
mod value;

pub use correct::{Corrected, Correction, correct, correction_blocked_because};
pub use reread::{ReadAgain, reread, reread_blocked_because, reread_chunk};

pub(crate) use append::{Revision, Standing, append, lock, move_outcomes};
pub(crate) use correct::{by_hand, checked_reason};
pub(crate) use value::{decided, read_value, unreadable};

/// The reader of decisions that a person made.
pub const MANUAL: &str = "manual";
/// The reader of decisions that a judge model read.
pub const JUDGE: &str = "judge";
