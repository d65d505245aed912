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
        let letter = |at: usize| {
            let word = self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word);
            word && self.text(at).chars().count() == 1 && self.text(at).is_ascii()
        };
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

    /// The first word before `end` that makes what follows it hypothetical or somebody else's words;
    /// `end` where there is none.
    pub(super) fn first_hypothetical(&self, start: usize, end: usize) -> usize {
        (start..end).find(|at| self.is_condition(*at, start) || self.reports(*at)).unwrap_or(end)
    }

    /// Whether the word makes what follows somebody else's: “some *say*”, but not “that *said*”.
    pub(super) fn reports(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.text(before).to_lowercase()).unwrap_or_default();
        let turn = self.text(at).eq_ignore_ascii_case("said")
            && ["that", "this", "being", "having", "all", "all's"].contains(&before.as_str());
        self.is(at, words::REPORT) && !turn
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
        // “On the scale provided, …”
        if text.eq_ignore_ascii_case("provided")
            && self.tokens.get(at + 1).is_none_or(|next| next.kind != Kind::Word)
        {
            return false;
        }
        // “Whether or not she knew, my answer is 4.”
        if text.eq_ignore_ascii_case("whether") && (at == start || self.text(at + 1) == "or") {
            return false;
        }
        let were_late = text.eq_ignore_ascii_case("were") && !opens;
        if !self.is(at, words::CONDITION) || were_late {
            return false;
        }
        // “I suppose”.
        if text.eq_ignore_ascii_case("suppose") && self.is(at.wrapping_sub(1), words::SUBJECT) {
            return false;
        }
        // “…, using him without his leave, and so my decision is B”.
        if self.is(at, words::PREPOSED) && at > start + 3 && !opens {
            return false;
        }
        // “Without hesitation”.
        if self.is(at, words::PREPOSED) && (at + 1..at + 4).any(|next| self.is(next, words::STATE)) {
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
        self.is_role(start) || self.first_part(start, end) < end
    }

    /// “As a lawyer I'd say 2.”
    pub(super) fn is_role(&self, start: usize) -> bool {
        self.text(start).eq_ignore_ascii_case("as")
            && ["a", "an", "the", "his", "her"].contains(&self.text(start + 1))
    }

    /// The first word before `end` that says so; `end` where there is none.
    pub(super) fn first_part(&self, start: usize, end: usize) -> usize {
        let found = (start..end).find(|at| {
            let at = *at;
            let before = if at > start { self.text(at - 1).to_lowercase() } else { String::new() };
            // “On utilitarian grounds”, but not “in my view”.
            if VIEWS.contains(&self.text(at)) {
                return !(start.max(at.saturating_sub(3))..at).any(|word| self.is(word, words::POSSESSIVE));
            }
            if ["me", "moi", "mí", "mim"].contains(&self.text(at + 1)) {
                return false;
            }
            // “The second option”, which is one of the choices.
            if self.targets.form_at(self.tokens, at).is_some() {
                return false;
            }
            let look = self.is(at + 1, words::LOOK) && before != "the";
            self.is(at, words::PART)
                && !look
                && !self.is(at + 1, words::FOLLOWER | words::ALTERNATIVE)
                && !self.symbol(at + 1, ".!)")
                && !["at", "zu"].contains(&before.as_str())
        });
        found.unwrap_or(end)
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
