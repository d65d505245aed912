//! What there is to ask a judge: the same calls, limits, budget and repair whatever it is.

use domain::{
    Result,
    db::Db,
    judging::{Conclusion, Ended, Question, Terms},
};
use uuid::Uuid;

/// A judge's work on one run.
pub(crate) trait Task {
    /// One question, with what it is about.
    type Case;
    /// What an answer of use says.
    type Found;

    /// Who is asked, on what terms.
    fn terms(&self) -> &Terms;

    /// What is asked.
    fn question(case: &Self::Case) -> &Question;

    /// Reads an answer. Errors: what is wrong with it, as sentences.
    fn read(&self, case: &Self::Case, answer: &str) -> Result<Self::Found, Vec<String>>;

    /// What the judge is told about an answer that cannot be used.
    fn repair(&self, faults: &[String]) -> String;

    /// True where the judge has settled on something.
    fn is_decided(found: &Self::Found) -> bool;

    /// The next cases that wait.
    async fn next(&self, db: &Db, limit: u64) -> Result<Vec<Self::Case>>;

    /// Settles a call and what it says of its case, in one transaction.
    async fn settle(
        &self,
        db: &Db,
        case: &Self::Case,
        call_id: Uuid,
        ended: &Ended,
        conclusion: &Conclusion<Self::Found>,
    ) -> Result<()>;
}
