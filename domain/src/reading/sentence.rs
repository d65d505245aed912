//! One line as the rules see it: its sentences, and what in a sentence forbids to read it.

use super::fragment::Fragment;
use super::targets::Targets;
use super::token::{Kind, Token};
use super::value::{Line, named_at};
use super::vocabulary as words;

/// The reader's view of one line.
pub(super) struct Sentences<'a> {
    pub(super) targets: &'a Targets,
    pub(super) tokens: &'a [Token],
    pub(super) line: Line<'a>,
}

/// Words for one way to see things among others.
const VIEWS: [&str; 12] = [
    "grounds",
    "view",
    "viewpoint",
    "perspective",
    "standpoint",
    "reading",
    "interpretation",
    "lens",
    "framework",
    "theory",
    "terms",
    "angle",
];
/// Abbreviations whose full stops end no sentence.
const ABBREVIATED: [&str; 14] =
    ["i", "e", "g", "d", "h", "z", "b", "p", "ex", "vs", "cf", "approx", "ca", "bzw"];

impl Sentences<'_> {
    /// The first token of the sentence that ends before token `end`.
    pub(super) fn sentence_start(&self, end: usize) -> usize {
        let mut at = end.saturating_sub(1);
        while let Some(before) = at.checked_sub(1) {
            if self.symbol(before, ".!?;") && !self.abbreviates(before) {
                return at;
            }
            at = before;
        }
        0
    }

    /// Whether the full stop at `at` belongs to “i.e.”, “z. B.” or “No. 14”.
    fn abbreviates(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).filter(|_| self.symbol(at, ".")) else { return false };
        let text = self.text(before);
        let letter = |at: usize| self.text(at).chars().count() == 1 && self.text(at).is_ascii();
        let glued = |at: usize| self.tokens.get(at).is_some_and(|token| token.glued);
        // “a.k.a.”
        if letter(before)
            && (glued(at + 1) && letter(at + 1)
                || before > 1 && glued(before) && self.symbol(before - 1, ".") && letter(before - 2))
        {
            return true;
        }
        let numbered = ["no", "No", "nr", "Nr"].contains(&text)
            && self.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Number);
        if numbered {
            return true;
        }
        if !ABBREVIATED.contains(&text) || self.tokens.get(at).is_none_or(|dot| !dot.glued) {
            return false;
        }
        let joined = self.tokens.get(at + 1).is_some_and(|next| next.glued && next.kind == Kind::Word);
        let second = before > 1
            && self.symbol(before - 1, ".")
            && ABBREVIATED.contains(&self.text(before - 2))
            && self.tokens.get(before).is_some_and(|word| word.glued);
        joined || second || text.len() > 1
    }

    /// Whether the sentence asks.
    pub(super) fn is_question(&self, start: usize, end: usize) -> bool {
        let last = (start..end).rev().find(|at| !self.symbol(*at, "\"'*_`)]}"));
        last.is_some_and(|at| self.symbol(at, "?"))
    }

    /// Whether a condition or somebody else's words stand between these tokens.
    pub(super) fn is_hypothetical(&self, start: usize, end: usize) -> bool {
        (start..end).any(|at| self.is_condition(at, start) || self.is(at, words::REPORT))
    }

    /// “if I had to choose” and “even if” leave the decision a decision.
    pub(super) fn is_condition(&self, at: usize, start: usize) -> bool {
        let opens = at == start || self.symbol(at.wrapping_sub(1), ",\"*:(");
        if self.is(at, words::OPENING_CONDITION) && opens {
            return true;
        }
        let text = self.text(at);
        // “When she is older”, but not “when it comes to the act”.
        if text.eq_ignore_ascii_case("when") {
            return opens && ["he", "she", "they"].contains(&self.text(at + 1));
        }
        let were_late = text.eq_ignore_ascii_case("were") && !opens;
        if !self.is(at, words::CONDITION) || were_late {
            return false;
        }
        // “I suppose”.
        if text.eq_ignore_ascii_case("suppose") && self.is(at.wrapping_sub(1), words::SUBJECT) {
            return false;
        }
        let next = self.text(at + 1);
        let after = self.text(at + 2);
        let polite = matches!((next, after), ("I", "may") | ("you", "will" | "like" | "ask" | "please"))
            || ["anything", "possible", "necessary", "any", "so"].contains(&next)
            || next == "only" && after == "because";
        // “If 10 is complete guilt” explains the scale.
        let number = self.tokens.get(at + 1).and_then(|token| token.number);
        let scale = number.is_some_and(|number| self.targets.is_end(number))
            && (self.is(at + 2, words::COPULA) || ["means", "meant"].contains(&after));
        if polite || scale {
            return false;
        }
        // “Unless I learn more, B” decides by what is known.
        if text.eq_ignore_ascii_case("unless") && self.is(at + 1, words::SUBJECT) {
            return false;
        }
        let even = at > start && (self.is(at - 1, words::REASON) || self.is(at - 1, words::AS));
        !even && !self.is_forced(at)
    }

    /// “if I must choose”, “if only one is allowed”, “if you force me”.
    pub(super) fn is_forced(&self, condition: usize) -> bool {
        let (mut speaker, mut made) = (false, false);
        for at in condition + 1..condition + 12 {
            if self.symbol(at, ",;:.") || self.tokens.get(at).is_none() {
                return false;
            }
            let text = self.text(at);
            speaker |= self.is(at, words::FIRST_PERSON)
                || ["me", "only", "mir", "mich", "obligé", "one"]
                    .iter()
                    .any(|word| text.eq_ignore_ascii_case(word));
            let must = self.is(at, words::DUTY)
                && (at + 1..at + 6).any(|next| {
                    self.is(next, words::VERB)
                        || ["number", "figure", "commit", "name", "one"].contains(&self.text(next))
                });
            if text.eq_ignore_ascii_case("insist") {
                return true;
            }
            made |= must || self.is(at, words::FORCED) || text.eq_ignore_ascii_case("allowed");
            if speaker && made {
                return true;
            }
            if at == condition + 1 && self.is(at, words::FORCED) {
                return true;
            }
        }
        false
    }

    /// Whether the sentence speaks of one of several questions, persons or cases. “At first” and
    /// “on second thought” do not.
    pub(super) fn is_part(&self, start: usize, end: usize) -> bool {
        // “As a lawyer I'd say 2.”
        let role = self.text(start).eq_ignore_ascii_case("as")
            && ["a", "an", "the", "his", "her"].contains(&self.text(start + 1));
        role || (start..end).any(|at| {
            let before = if at > start { self.text(at - 1).to_lowercase() } else { String::new() };
            // “On utilitarian grounds”, but not “in my view”.
            if VIEWS.contains(&self.text(at)) {
                return !(start.max(at.saturating_sub(3))..at).any(|word| self.is(word, words::POSSESSIVE));
            }
            let look = self.is(at + 1, words::LOOK) && before != "the";
            self.is(at, words::PART)
                && !look
                && !self.is(at + 1, words::FOLLOWER | words::ALTERNATIVE)
                && !self.symbol(at + 1, ".!)")
                && !["at", "zu"].contains(&before.as_str())
        })
    }

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
        if self.is(first, words::RETRACTION) {
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

    /// Whether the line is one speaker's in a dialogue: “ANNA: …”.
    pub(super) fn has_speaker(&self) -> bool {
        let name = self.text(0);
        self.symbol(1, ":")
            && self.tokens.first().is_some_and(|token| token.kind == Kind::Word && token.class == 0)
            && name.chars().next().is_some_and(char::is_uppercase)
    }

    /// The value that a sign chooses: behind it, or the first one of the line.
    pub(super) fn chosen(&self, at: usize) -> Option<Fragment> {
        (at..at + 8).find_map(|from| {
            named_at(self.targets, self.tokens, from, &self.line).map(|(target, after)| Fragment {
                value: Ok(target),
                span: (from, after),
                firm: false,
                own: false,
            })
        })
    }

    pub(super) fn is_capital(&self, at: usize) -> bool {
        let mut letters = self.text(at).chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    }

    pub(super) fn is(&self, at: usize, class: u64) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(class))
    }

    pub(super) fn symbol(&self, at: usize, symbols: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_symbol(symbols))
    }

    pub(super) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.line.text.get(token.start..token.end)).unwrap_or_default()
    }
}
