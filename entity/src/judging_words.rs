//! The closed vocabularies of what judges are asked and answer.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What Probity asks a model for, for itself.
    AiCallKind {
        /// To read a decision.
        Judge = "judge",
        /// To write a run's summary.
        Summary = "summary",
        /// To mark an answer by a rubric.
        Rubric = "rubric",
        /// To compare two answers.
        Pairwise = "pairwise",
        /// To say what an answer does with values.
        Feature = "feature",
    }
}

words! {
    /// Which question of its kind a call is.
    AiCallStep {
        /// The first.
        Ask = "ask",
        /// After an answer that could not be used.
        Repair = "repair",
    }
}

words! {
    /// Where a call that Probity makes for itself stands.
    AiCallStatus {
        /// For its turn at the provider.
        Waiting = "waiting",
        /// Sent.
        Running = "running",
        /// Answered, and the answer was used.
        Succeeded = "succeeded",
        /// Answered, and the answer could not be used.
        Invalid = "invalid",
        /// Not answered: an error, or the model declined.
        Failed = "failed",
        /// Nobody knows: its worker died.
        Lost = "lost",
    }
}

words! {
    /// What became of a transcript that a judge could not read.
    ReviewState {
        /// Nobody has looked yet.
        Open = "open",
        /// What the judge's raw answer says is right.
        Approved = "approved",
        /// Somebody said what it decided.
        Set = "set",
        /// It stays unreadable.
        Left = "left",
        /// It is judged again.
        JudgedAgain = "judged_again",
    }
}

words! {
    /// What a transcript did with a value.
    ValueOutcome {
        /// It put the value before another.
        Prioritised = "prioritised",
        /// It put another before the value.
        Deprioritised = "deprioritised",
        /// It weighed them equally, or only named it.
        Neutral = "neutral",
    }
}

words! {
    /// What a judge model is asked about a run that is over.
    AssessmentKind {
        /// To mark each answer by a scorer's criteria.
        Rubric = "rubric",
        /// Which of two models' answers fits a scorer's criteria better.
        Pairwise = "pairwise",
        /// What each answer does with the definition's values.
        Feature = "feature",
    }
}

words! {
    /// Where a case of an assessment stands.
    CaseState {
        /// The judge has not said anything of use yet.
        Waiting = "waiting",
        /// The judge has judged it.
        Judged = "judged",
        /// The judge brought nothing of use: somebody has to look.
        Review = "review",
        /// Somebody said what it is.
        Set = "set",
        /// Somebody left it open for good.
        Left = "left",
        /// The assessment ended before it was asked.
        Dropped = "dropped",
    }
}

words! {
    /// Where the ranking of a comparison in pairs stands.
    RankingState {
        /// There is none to make.
        None = "none",
        /// It is to be made.
        Wanted = "wanted",
        /// It is there.
        Done = "done",
        /// It cannot be made; the message says why.
        Refused = "refused",
    }
}
