//! Decisions stated by where one puts one's mark or one's answer: “put me down for a 4”, “changing my
//! answer to 4”, “that leaves B”, “this was quite wrong”.

use super::fragment::Fragment;
use super::phrase::REACH;
use super::sentence::Sentences;
use super::token::Kind;
use super::value::{MARKUP, Value, named_at, skip, value_at};
use super::vocabulary as words;

/// Endings of words that judge what is done.
const JUDGING: [&str; 25] = [
    "able",
    "ible",
    "fied",
    "ful",
    "ous",
    "wrong",
    "right",
    "moral",
    "immoral",
    "important",
    "bad",
    "good",
    "ethical",
    "fair",
    "unfair",
    "just",
    "serious",
    "severe",
    "false",
    "true",
    "critical",
    "appropriate",
    "responsible",
    "harmless",
    "guilty",
];

impl Sentences<'_> {
    /// “Put me down for a 4”, “change my answer from 5 to 4”: `at` begins it.
    pub(super) fn settled_at(&self, at: usize, start: usize) -> Value {
        let text = self.text(at).to_lowercase();
        let me = self.text(at + 1).eq_ignore_ascii_case("me");
        let down =
            ["down", "in"].contains(&self.text(at + 2)) && ["for", "as", "at"].contains(&self.text(at + 3));
        if ["put", "mark", "count"].contains(&text.as_str()) && me && down {
            return self.placed(at + 4);
        }
        if self.is(at, words::CHANGE) {
            return self.changed(at, start);
        }
        Value::Nothing
    }

    /// “changing my answer to 4”, “je change ma réponse : 4”.
    fn changed(&self, at: usize, start: usize) -> Value {
        const STRANGERS: &str = " you could might he she they who his her their your its everyone people if ";
        let asked = (start.max(at.saturating_sub(4))..at + 4).any(|word| {
            let text = self.text(word).to_lowercase();
            self.is(word, words::MODAL | words::OTHERS | words::NEGATION)
                || STRANGERS.contains(&format!(" {text} "))
        });
        let noun = (at + 1..at + 5).find(|word| {
            self.is(*word, words::NOUN | words::TITLE) || ["this", "that", "it"].contains(&self.text(*word))
        });
        let Some(noun) = noun.filter(|_| !asked) else { return Value::Nothing };
        let towards = (noun + 1..noun + 6).find(|word| {
            ["to", "auf", "a", "à", "en", "para", "naar", "na", "на"].contains(&self.text(*word))
                || self.symbol(*word, ":→")
        });
        towards.map_or(Value::Nothing, |towards| self.placed(towards + 1))
    }

    /// The value that begins at `from` or behind an article.
    fn placed(&self, from: usize) -> Value {
        let from = skip(self.tokens, from, MARKUP);
        let article = (from..from + 2).take_while(|word| self.is(*word, words::FILLER)).count();
        match value_at(self.targets, self.tokens, from, &self.line) {
            Value::Nothing => value_at(self.targets, self.tokens, from + article, &self.line),
            value => value,
        }
    }

    /// “That leaves B.”, “This means option B, which is what I'd do.”
    pub(super) fn left_over(&self, start: usize, end: usize) -> Option<Fragment> {
        let first = start
            + usize::from(self.is(start, words::OPENER) || ["and", "which"].contains(&self.text(start)));
        let it = ["that", "this", "which"].contains(&self.text(first).to_lowercase().as_str());
        let rests = ["leaves", "means"].contains(&self.text(first + 1));
        if !it || !rests || self.targets.is_scale || end > start + 2 * REACH {
            return None;
        }
        let from = first + 2 + usize::from(["me", "us"].contains(&self.text(first + 2)));
        let from = from + usize::from(self.text(from) == "with");
        let Value::Of(target, after) = self.placed(from) else { return None };
        let at = (from..after).find(|at| named_at(self.targets, self.tokens, *at, &self.line).is_some())?;
        (!self.names_other(target, after, end)).then_some(Fragment {
            value: Ok(target),
            span: (at, after),
            firm: false,
            own: false,
        })
    }

    /// “Leaving the scene was quite wrong, though …”, “the statement is false”: the label of a point, or a
    /// choice that is such a word, said of what is judged.
    pub(super) fn predicated(&self, start: usize, end: usize) -> Option<Fragment> {
        let limit = end.min(start + 3 * REACH);
        let is = (start + 1..limit).find(|at| {
            ["is", "was", "were", "are", "be", "it's", "that's"]
                .contains(&self.text(*at).to_lowercase().as_str())
                || ["consider", "find", "call", "think"].contains(&self.text(*at))
                    && self.is(at - 1, words::SUBJECT | words::AUXILIARY)
        })?;
        let from = (is + 1..limit.min(is + 7)).find(|at| {
            self.targets.form_at(self.tokens, *at).is_some_and(|(_, after)| self.judges(*at, after))
        })?;
        let (target, after) = self.targets.form_at(self.tokens, from)?;
        let closed = skip(self.tokens, after, MARKUP);
        let ends = closed >= end
            || self.symbol(closed, ".!;,–)")
            || self.is(closed, words::CAUSE)
            || ["in", "here", "to"].contains(&self.text(closed))
                && (closed + 1..closed + 3).any(|at| ["this", "me", "case"].contains(&self.text(at)))
            || closed + 1 >= end;
        let between = (is + 1..from).all(|at| {
            self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
                && !self.is(at, words::NEGATION | words::ALTERNATIVE | words::OTHERS)
                && !["more", "less", "how", "as", "too", "that", "if", "whether"].contains(&self.text(at))
        }) || (is + 1..from).all(|at| self.symbol(at, MARKUP));
        let barred = (start..is).any(|at| {
            let text = self.text(at).to_lowercase();
            self.is(at, words::NEGATION | words::OTHERS | words::ALTERNATIVE)
                || ["could", "would", "might", "may", "whether", "how", "why"].contains(&text.as_str())
                || self.symbol(at, ",:\"(")
        }) || !self.is_deed(start, is, after - from > 1);
        let open = self.first_hypothetical(start, from) < from
            || self.is_part(start, from)
            || self.depends_on(after, end);
        (ends && between && !barred && !open && !self.names_other_form(target, start, end))
            .then_some(Fragment { value: Ok(target), span: (from, after), firm: false, own: false })
    }

    fn depends_on(&self, after: usize, end: usize) -> bool {
        (after..end.min(after + 2 * REACH)).any(|at| self.is_condition(at, after))
    }

    /// Whether the sentence names another point or choice by any of its words.
    pub(super) fn names_other_form(&self, target: usize, start: usize, end: usize) -> bool {
        let mut at = start;
        while at < end.min(start + 4 * REACH) {
            match self.targets.form_at(self.tokens, at) {
                Some((other, _)) if other != target => return true,
                Some((_, after)) => at = after,
                None => at += 1,
            }
        }
        false
    }

    /// Whether the words judge an act, and are no adverb or state of mind: “quite wrong”, not “unsure”.
    fn judges(&self, at: usize, after: usize) -> bool {
        let last = self.text(after.saturating_sub(1)).to_lowercase();
        JUDGING.iter().any(|ending| last.ends_with(ending))
            && (at..after).all(|at| self.tokens.get(at).is_some_and(|t| t.end - t.start > 1))
    }

    /// Whether the sentence names three points or choices and more: then it repeats what was offered.
    pub(super) fn repeats_options(&self, start: usize, end: usize) -> bool {
        let mut named: Vec<usize> = Vec::new();
        let mut at = start.max(end.saturating_sub(8 * REACH));
        while at < end && named.len() < 3 {
            let form = self.targets.form_at(self.tokens, at);
            let long = self.tokens.get(at).is_some_and(|token| token.end - token.start > 1);
            if let Some((target, after)) = form.filter(|_| long || self.is_capital(at)) {
                if !named.contains(&target) {
                    named.push(target);
                }
                at = after;
            } else {
                at += 1;
            }
        }
        named.len() > 2
    }

    /// Whether the comma at `at` stands between brackets with nothing but numbers: “[4, 6]”.
    pub(super) fn is_bracketed(&self, at: usize) -> bool {
        let number = |at: &usize| {
            self.symbol(*at, ",–-") || self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Number)
        };
        let before = (at.saturating_sub(12)..at).rev().find(|at| !number(at));
        before.is_some_and(|before| self.symbol(before, "["))
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Whether what stands before the verb at `is` is what the question is about: “this”, “what he did”,
    /// “the statement”, “leaving the scene”, or the speaker who judges it.
    fn is_deed(&self, start: usize, is: usize, phrase: bool) -> bool {
        let first = self.text(start).to_lowercase();
        let second = self.text(start + 1).to_lowercase();
        let matters = [
            "statement",
            "claim",
            "motion",
            "proposition",
            "act",
            "action",
            "behaviour",
            "behavior",
            "conduct",
        ];
        let short = is <= start + 2;
        let spoken = self.is(start, words::SUBJECT) && !self.text(is).starts_with("is");
        ["this", "that"].contains(&first.as_str()) && (short || matters.contains(&second.as_str()))
            || ["that's", "it's"].contains(&first.as_str()) && is == start
            || ["the", "his", "her", "their"].contains(&first.as_str())
                && matters.contains(&second.as_str())
                && short
            || first == "what" && ["he", "she", "they"].contains(&second.as_str()) && is <= start + 4
            || phrase && (first.ends_with("ing") || spoken)
    }

    /// “— A.” below a text names who wrote it.
    pub(super) fn is_signature(&self) -> bool {
        let letter =
            self.tokens.get(1).is_some_and(|token| token.kind == Kind::Word && token.end - token.start == 1);
        self.symbol(0, "–") && letter && self.tokens.len() <= 3
    }
}
