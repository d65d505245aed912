//! What a gate allows to be done.

use std::fmt;

/// What may be done while a gate is open: what the gate asks for, and whether a run that was
/// paused under it may be resumed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct GateActions {
    /// The run may be let through.
    pub approve: bool,
    /// The run may be ended.
    pub reject: bool,
    /// The run may be sent back to be changed.
    pub request_changes: bool,
    /// A pause may be laid over the gate and taken away again.
    pub resume: bool,
}

impl GateActions {
    /// Everything.
    pub const ALL: Self = Self { approve: true, reject: true, request_changes: true, resume: true };

    fn words(self) -> impl Iterator<Item = &'static str> {
        let words = [
            (self.approve, "approve"),
            (self.reject, "reject"),
            (self.request_changes, "request_changes"),
            (self.resume, "resume"),
        ];
        words.into_iter().filter_map(|(is_allowed, word)| is_allowed.then_some(word))
    }

    /// Reads what `Display` wrote; words that only a newer version knows are left out.
    pub fn parse(words: &str) -> Self {
        let has = |wanted| words.split(',').any(|word| word == wanted);
        Self {
            approve: has("approve"),
            reject: has("reject"),
            request_changes: has("request_changes"),
            resume: has("resume"),
        }
    }
}

impl fmt::Display for GateActions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(","))
    }
}
