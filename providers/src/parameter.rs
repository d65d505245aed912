//! What can be asked of a model beside the conversation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A parameter of a request that not every model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// The sampling temperature.
    Temperature,
    /// Nucleus sampling.
    TopP,
    /// The seed of the sampling.
    Seed,
    /// Texts at which the answer ends.
    Stop,
    /// How much the model shall think.
    ReasoningEffort,
    /// The JSON Schema that the answer must fit.
    AnswerSchema,
    /// Instructions set apart from the conversation; where they are not taken, the first
    /// message of the user carries them.
    System,
}

impl Parameter {
    /// The spelling in configuration and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::Seed => "seed",
            Self::Stop => "stop",
            Self::ReasoningEffort => "reasoning_effort",
            Self::AnswerSchema => "answer_schema",
            Self::System => "system",
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
