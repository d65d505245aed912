//! What takes a decision back, leaves it open or adds another one beside it.

use super::sentence::Sentences;
use super::token::Kind;
use super::vocabulary as words;

impl Sentences<'_> {
    /// Whether the speaker leaves the decision open.
    pub(super) fn abstains(&self, start: usize, end: usize) -> bool {
        (start..end).any(|at| {
            let next = |words: &[&str]| {
                (at + 1..end.min(at + 7))
                    .any(|next| words.iter().any(|word| self.text(next).eq_ignore_ascii_case(word)))
            };
            let text = self.text(at).to_lowercase();
            let unknowing = ["don't", "not", "no", "can't", "cannot", "couldn't"].contains(&text.as_str())
                && ["know", "sure", "idea", "tell", "say"].contains(&self.text(at + 1))
                && self.tokens.get(at + 2).is_none_or(|token| token.is_symbol(".,;!"));
            match text.as_str() {
                _ if unknowing || self.is(at, words::ABSTENTION) => true,
                "can't" | "cannot" | "won't" | "can" | "couldn't" => {
                    (text != "can" || self.text(at + 1) == "not")
                        && next(&[
                            "help", "answer", "say", "choose", "decide", "rate", "judge", "assist",
                            "comment", "assess", "pick", "advise", "tell",
                        ])
                }
                // “Both apply equally.”
                "both" | "neither" => {
                    at == start
                        && (at + 1..end.min(at + 6)).any(|next| {
                            ["equally", "equal", "apply", "fit", "hold", "valid"]
                                .contains(&self.text(next).to_lowercase().as_str())
                        })
                }
                "leave" | "keep" => next(&["open", "undecided", "blank", "empty"]),
                "no" => {
                    self.text(at + 1) != ","
                        && ["view", "opinion", "preference", "answer", "verdict", "decision", "position"]
                            .contains(&self.text(at + 1).to_lowercase().as_str())
                }
                "rather" | "prefer" => self.text(at + 1) == "not" || self.text(at + 2) == "not",
                "hold" => self.text(at + 1) == "on",
                _ => false,
            }
        })
    }

    /// Whether the sentence takes back what was said before it.
    pub(super) fn takes_back(&self, start: usize, end: usize) -> bool {
        let first = (start..end).find(|at| self.tokens.get(*at).is_some_and(|t| t.kind == Kind::Word));
        let Some(first) = first else { return false };
        // “No, wait.”, “Hmm, scratch that”.
        let interjection = |at: usize| {
            ["hmm", "oh", "well", "actually", "ok", "okay", "no", "ah", "but", "uh", "um"]
                .contains(&self.text(at).to_lowercase().as_str())
                || self.symbol(at, ",.–—-")
        };
        let spoken = (first..end.min(first + 5)).find(|at| !interjection(*at)).unwrap_or(first);
        if self.is(first, words::RETRACTION) || self.is(spoken, words::RETRACTION) {
            return true;
        }
        // “No, thinking about it again, …”
        let second_thought = (first..end.min(first + 8)).any(|at| {
            let text = self.text(at).to_lowercase();
            ["second", "further"].contains(&text.as_str()) && self.text(at + 1).starts_with("thought")
                || ["pensándolo", "ripensandoci"].contains(&text.as_str())
        });
        if second_thought {
            return true;
        }
        // “Although, no.”
        let mut denied = false;
        let only = !self.targets.is_reply()
            && (first..end).all(|at| {
                denied |= self.is(at, words::NEGATION);
                self.tokens.get(at).is_some_and(|token| {
                    token.kind != Kind::Word
                        || token.is(words::NEGATION)
                        || ["although", "but", "or", "hmm", "well", "oh", "actually"]
                            .iter()
                            .any(|word| self.text(at).eq_ignore_ascii_case(word))
                })
            });
        if only && denied {
            return true;
        }
        (start..end).any(|at| {
            let text = self.text(at).to_lowercase();
            let next = self.text(at + 1).to_lowercase();
            match text.as_str() {
                "forget" | "ignore" | "scrap" | "disregard" | "strike" => {
                    ["that", "my", "this"].contains(&next.as_str())
                        && (at == start || self.symbol(at - 1, ",") || self.is(at - 1, words::NEUTRAL))
                }
                "withdraw" | "retract" | "rescind" => {
                    at > start && self.is(at - 1, words::SUBJECT | words::AUXILIARY | words::DUTY)
                }
                "take" => {
                    next == "that" && self.text(at + 2) == "back"
                        || next == "it" && self.text(at + 2) == "back"
                }
                "that's" | "it's" => {
                    next == "too"
                        && [
                            "high", "low", "harsh", "generous", "lenient", "severe", "strict", "hasty",
                            "much",
                        ]
                        .contains(&self.text(at + 2).to_lowercase().as_str())
                }
                "was" | "is" | "seems" | "sounds" => {
                    at > start
                        && ["that", "this", "which"].contains(&self.text(at - 1).to_lowercase().as_str())
                        && ["hasty", "premature", "wrong"].contains(&next.as_str())
                        || next == "too"
                            && at > start
                            && ["that", "this"].contains(&self.text(at - 1).to_lowercase().as_str())
                            && [
                                "high", "low", "harsh", "generous", "lenient", "severe", "strict", "hasty",
                                "much", "strong",
                            ]
                            .contains(&self.text(at + 2).to_lowercase().as_str())
                }
                _ => false,
            }
        })
    }

    /// Whether what follows the value in its sentence takes it back: “6, though that is too high”.
    pub(super) fn withdraws_after(&self, after: usize, end: usize) -> bool {
        (after..end.min(after + 30)).any(|at| {
            let next = self.text(at + 1).to_lowercase();
            match self.text(at).to_lowercase().as_str() {
                "too" => ["high", "low", "harsh", "generous", "lenient", "severe"].contains(&next.as_str()),
                "lower" | "higher" => {
                    self.symbol(at - 1, ",")
                        && self.tokens.get(at + 1).is_none_or(|token| token.is_symbol(".!)"))
                }
                "can't" | "cannot" | "won't" | "don't" => {
                    self.is(at - 1, words::SUBJECT)
                        && self.tokens.get(at + 1).is_none_or(|token| token.is_symbol(".!"))
                }
                "take" => self.text(at + 2) == "back",
                "withdraw" | "retract" => self.is(at - 1, words::SUBJECT),
                "should" | "ought" => {
                    (at + 1..at + 8).any(|next| ["lower", "higher"].contains(&self.text(next)))
                        && self.is_pronoun(at.wrapping_sub(1))
                }
                _ => false,
            }
        })
    }

    fn is_pronoun(&self, at: usize) -> bool {
        ["it", "that", "this"].contains(&self.text(at).to_lowercase().as_str())
    }

    /// Whether the sentence holds the number of another point, which it does not deny.
    pub(super) fn names_other(&self, target: usize, start: usize, end: usize) -> bool {
        (start..end).any(|at| {
            let other = match self.targets.form_at(self.tokens, at) {
                Some((other, _)) => self.is_capital(at).then_some(other),
                None => self
                    .tokens
                    .get(at)
                    .filter(|token| token.kind == Kind::Number)
                    .and_then(|token| self.targets.point(token.number?)),
            };
            other.is_some_and(|other| other != target)
                && !(at.saturating_sub(3)..at).any(|before| self.is(before, words::NEGATION))
        })
    }

    /// Whether a further mark of something else follows in the sentence: “honesty a 5, kindness a 3”.
    pub(super) fn marks_more(&self, target: usize, after: usize, end: usize) -> bool {
        let mut comma = None;
        for at in after..end.min(after + 30) {
            if self.symbol(at, ",") {
                comma = Some(at);
            }
            let Some(comma) = comma else { continue };
            let number = self.tokens.get(at).filter(|token| token.kind == Kind::Number);
            let Some(other) = number.and_then(|token| self.targets.point(token.number?)) else { continue };
            let closes = self
                .tokens
                .get(at + 1)
                .is_none_or(|next| next.is_symbol(",.;)!") || self.text(at + 1) == "for");
            let beside = (comma..at).any(|word| {
                [
                    "confidence",
                    "certainty",
                    "certain",
                    "sure",
                    "probability",
                    "than",
                    "from",
                    "of",
                    "over",
                    "page",
                ]
                .contains(&self.text(word).to_lowercase().as_str())
                    || self.is(word, words::NEGATION)
            });
            if other != target && closes && !beside && at > comma + 1 {
                return true;
            }
        }
        // “4 for honesty, 2 for kindness”.
        self.text(after) == "for"
            && (after..end.min(after + 12)).any(|at| self.symbol(at, ",") && self.text(at + 2) == "for")
    }

    /// Whether the sentence before this one states or prefers something else in the same way, so that
    /// neither of the two corrects the other: “Rating: 2. Rating: 6.”, “For a child B is better; for an
    /// adult I'd take A.”
    pub(super) fn contradicts_before(&self, target: usize, start: usize, end: usize) -> bool {
        if start == 0 {
            return false;
        }
        let before = self.sentence_start(start);
        let alike = !self.text(start).is_empty()
            && self.text(start).eq_ignore_ascii_case(self.text(before))
            && !(start..end)
                .any(|at| self.is(at, words::OPENER | words::RETRACTION | words::BUT | words::NEGATION))
            && self
                .statement_in(before, start)
                .is_some_and(|other| other.value.is_ok_and(|other| other != target));
        let case = |at: usize| {
            self.text(at).eq_ignore_ascii_case("for")
                && ["a", "an", "some", "many", "most", "people"].contains(&self.text(at + 1))
        };
        alike || case(start) && case(before) && self.names_other_form(target, before, start)
    }

    /// Whether the question is the speaker's own, about what to decide or how to judge it: “Who am I to
    /// decide?”, “Was it right to share it?”
    pub(super) fn asks_oneself(&self, start: usize, end: usize) -> bool {
        const JUDGED: [&str; 8] =
            ["right", "wrong", "acceptable", "justified", "permissible", "okay", "ethical", "moral"];
        let any = |class: u64| (start..end).any(|at| self.is(at, class));
        let judged = (start..end).any(|at| JUDGED.contains(&self.text(at).to_lowercase().as_str()));
        any(words::FIRST_PERSON) && any(words::VERB) || judged && !self.targets.is_reply()
    }
}
