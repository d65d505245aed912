//! Transactions that the database ended because they and others waited for each other.

use crate::error::Result;

const TRIES: usize = 5;

/// Makes a transaction again where the database chose it as the one to end: nothing of it stands.
///
/// Locks are taken in one order, and still two transactions can meet: PostgreSQL keeps the lock of a
/// row that a claim skips because somebody else has just taken it.
///
/// # Errors
/// What the transaction says; `Unavailable` where it was ended so every time.
pub(crate) async fn past_lost_races<T, F: Future<Output = Result<T>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T> {
    for _ in 1..TRIES {
        match attempt().await {
            Err(error) if error.is_lost_race() => {}
            other => return other,
        }
    }
    attempt().await
}
