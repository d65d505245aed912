//! Clauses that hold a value and, beside it, only words that say how it is meant: “So, 4.”, “B,
//! because …”, “it would have to be the child”, “…, and taken as a whole 6”.

use super::sentence::Sentences;
use super::token::Kind;
use super::value::{Value, value_beside};
use super::vocabulary as words;

/// What a clause states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fragment {
    pub(super) value: Result<usize, &'static str>,
    /// Tokens of the value: first, and the one after the last.
    pub(super) span: (usize, usize),
    /// Whether it says that it concludes; then it stands against what was stated before.
    pub(super) firm: bool,
    /// Whether the words that say so are in the clause itself.
    pub(super) own: bool,
}

/// Where in its answer a sentence stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The line is an entry of a list of options or arguments.
    pub(super) listed: bool,
    /// The sentence before it asks something that is not asked of the speaker.
    pub(super) answers_aside: bool,
    /// It is the last sentence of the answer.
    pub(super) last: bool,
}

/// Tokens that one clause may have; keeps the search linear.
const REACH: usize = 24;
/// Symbols that may stand within a clause.
const INSIDE: &str = "*_`\"'#>|)]}~$.!-";

/// What stands behind the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    End,
    Colon,
    Dash,
    Comma,
    Cause,
}

#[derive(Debug, Clone, Copy)]
struct Clause {
    value: Value,
    at: usize,
    after: usize,
    tail: Tail,
    tail_at: usize,
    opener: bool,
    /// “it is”, “this would be”.
    copula: bool,
    article: bool,
    /// “on your scale”, “from me”.
    mine: bool,
    digits: bool,
}

impl Sentences<'_> {
    /// The value that the sentence states as a fragment. The last clause that does counts.
    pub(super) fn fragment_in(&self, start: usize, end: usize, place: Place) -> Option<Fragment> {
        if end <= start || self.is_question(start, end) {
            return None;
        }
        let from = start.max(end.saturating_sub(4 * REACH));
        for at in (from..end).rev() {
            let separator = at.checked_sub(1).filter(|_| at > start);
            let contrast = separator.is_some_and(|before| {
                self.is(before, words::BUT) && (start..before).any(|word| self.is(word, words::NEGATION))
            });
            if separator.is_some_and(|before| !self.symbol(before, ",:–—(")) && !contrast {
                continue;
            }
            let Some(clause) = self.clause(at, end) else { continue };
            let end = match separator.filter(|before| self.symbol(*before, "(")) {
                Some(open) => {
                    (open..end).find(|close| self.symbol(*close, ")")).map_or(end, |close| close + 1)
                }
                None => end,
            };
            if self.is_part(start, clause.after) && !clause.opener
                || self.is_hypothetical(start, clause.at)
                || self.depends(&clause, end)
            {
                continue;
            }
            let firm = match separator {
                _ if contrast => (clause.tail == Tail::End).then_some(false),
                None => self.may_stand(&clause, start, end, place),
                Some(before) => self.may_follow(&clause, before, start, end, place),
            };
            if let Some(firm) = firm {
                let value = match clause.value {
                    Value::Of(target, _) => Ok(target),
                    Value::Refused(reason) => Err(reason),
                    Value::Nothing => return None,
                };
                return Some(Fragment { value, span: (clause.at, clause.after), firm, own: clause.opener });
            }
        }
        None
    }

    /// The clause that begins at `from`, when it has a value and no word that could change it.
    fn clause(&self, from: usize, end: usize) -> Option<Clause> {
        let mut at = from;
        let mut found: Option<Clause> = None;
        let (mut opener, mut copula, mut article, mut mine) = (false, false, false, false);
        while at < end && at < from + REACH {
            let token = self.tokens.get(at)?;
            if let Some(clause) = &mut found {
                // “but B it is”.
                clause.copula |= token.is(words::COPULA) && self.text(at - 1).eq_ignore_ascii_case("it");
                clause.mine |= ["me", "scale", "mir", "moi"].contains(&self.text(at).to_lowercase().as_str());
                // “3ではなく4です”, “3이 아니라 4입니다”.
                if ["ではなく", "でなく", "じゃなく", "아니라"].contains(&self.text(at)) {
                    found = None;
                    at += 1;
                    continue;
                }
                let tail = match token.kind {
                    Kind::Symbol('=') => return None,
                    Kind::Symbol(':' | ';' | '(') => Some(Tail::Colon),
                    Kind::Symbol('–' | '-' | '—') => Some(Tail::Dash),
                    Kind::Symbol(',') => Some(Tail::Comma),
                    _ if token.is(words::CAUSE) => Some(Tail::Cause),
                    _ if self.text(at) == "rather" && self.text(at + 1) == "than" => Some(Tail::Cause),
                    Kind::Symbol(c) if INSIDE.contains(c) || !c.is_ascii() => None,
                    Kind::Word if self.dangles(at, end) => return None,
                    Kind::Word
                        if token.is(words::NEUTRAL | words::OPENER | words::FOLLOWER | words::PARTICLE) =>
                    {
                        None
                    }
                    _ => return None,
                };
                if let Some(tail) = tail {
                    clause.tail = tail;
                    clause.tail_at = at;
                    break;
                }
                at += 1;
                continue;
            }
            // “>3” is a bound, “> 3” a quotation.
            let bound = "<>≥≤+±".chars().any(|c| token.kind == Kind::Symbol(c))
                && self.tokens.get(at + 1).is_some_and(|next| next.glued && next.kind == Kind::Number)
                && !self.symbol(at.wrapping_sub(1), "=-–");
            if bound {
                return None;
            }
            match value_beside(
                self.targets,
                self.tokens,
                at,
                &self.line,
                words::NEUTRAL | words::OPENER | words::PARTICLE,
            ) {
                Value::Nothing => {}
                value => {
                    let roman = token.kind == Kind::Word && self.text(at).chars().all(|c| "IVX".contains(c));
                    let pronoun = token.kind == Kind::Word && (token.number == Some(1) || roman);
                    let alone = at == from && at + 1 == end;
                    let legend = |after: usize| (at..after).any(|held| self.symbol(held, "="));
                    if matches!(value, Value::Of(_, after) if legend(after)) {
                        return None;
                    }
                    if !pronoun || alone {
                        let after = match value {
                            Value::Of(_, after) => after,
                            _ => at + 1,
                        };
                        let digits = token.number.is_some() || token.kind == Kind::Number;
                        found = Some(Clause {
                            value,
                            at,
                            after,
                            tail: Tail::End,
                            tail_at: end,
                            opener,
                            copula,
                            article,
                            mine,
                            digits,
                        });
                        if matches!(value, Value::Refused(_)) {
                            return found;
                        }
                        at = after;
                        continue;
                    }
                }
            }
            let text = self.text(at).to_lowercase();
            // “Your answer: 4” asks; “action 4” counts.
            let beside = self.text(at + 1).to_lowercase();
            let number = self.tokens.get(at + 1).is_some_and(|next| next.number.is_some());
            match text.as_str() {
                "your" if !["scale", "question"].contains(&beside.as_str()) => return None,
                "question" if !self.text(at.wrapping_sub(1)).eq_ignore_ascii_case("your") => return None,
                "also" if ["but", "and", "is"].contains(&self.text(at.wrapping_sub(1))) => return None,
                "figure" if number => return None,
                "course" | "action" | "thing" | "do" | "move" if number => return None,
                _ => {}
            }
            opener |= self.opens(at);
            copula |= token.is(words::COPULA)
                || ["it's", "that's", "c'est"].contains(&self.text(at).to_lowercase().as_str());
            article |= token.is(words::AS) || token.is(words::FILLER);
            mine |= self.text(at).eq_ignore_ascii_case("me");
            let fits = match token.kind {
                Kind::Word => token.is(words::NEUTRAL | words::OPENER | words::FILLER | words::OPTION),
                Kind::Symbol(',' | ':' | '=') => true,
                Kind::Symbol(c) => INSIDE.contains(c) || "([{".contains(c) || !c.is_ascii(),
                Kind::Number => false,
            };
            if !fits {
                return None;
            }
            at += 1;
        }
        if at >= end || found.is_some_and(|clause| clause.tail != Tail::End) { found } else { None }
    }

    /// Whether a word behind the value leaves the clause unfinished: “B would be the”. “Option one it
    /// is” is finished.
    fn dangles(&self, at: usize, end: usize) -> bool {
        let text = self.text(at).to_lowercase();
        let verb =
            ["is", "would", "be", "are", "was", "has", "have", "must", "will", "makes", "make", "give"];
        let article = ["the", "a", "an", "of", "to", "and", "or", "but", "by", "with"];
        // “B it is”, “B it has to be”.
        let it = self.text(at.wrapping_sub(1)).eq_ignore_ascii_case("it")
            || text == "be" && self.text(at.wrapping_sub(1)) == "to";
        let bound = text == "at" && ["best", "most", "least", "worst"].contains(&self.text(at + 1));
        bound
            || text == "reasons"
            || verb.contains(&text.as_str()) && !it
            || article.contains(&text.as_str()) && at + 1 >= end
    }

    /// Whether a clause at the beginning of its sentence counts, and whether it concludes.
    fn may_stand(&self, clause: &Clause, start: usize, end: usize, place: Place) -> Option<bool> {
        let refused = matches!(clause.value, Value::Refused(_));
        if refused && !(clause.opener && clause.tail == Tail::End) {
            return None;
        }
        if place.listed || place.answers_aside {
            return None;
        }
        if clause.tail == Tail::Comma && !self.comma_leaves_it(clause, end) {
            return None;
        }
        if clause.tail != Tail::End && self.names_another(clause, end) {
            return None;
        }
        let speaker = (start..clause.at).any(|at| self.is(at, words::FIRST_PERSON));
        if self.is_wordy(clause) && clause.copula && !clause.opener && !speaker {
            return None;
        }
        Some(clause.opener)
    }

    /// Whether a clause behind a comma, a colon, a dash or a parenthesis counts.
    fn may_follow(
        &self,
        clause: &Clause,
        before: usize,
        start: usize,
        end: usize,
        place: Place,
    ) -> Option<bool> {
        if place.listed || clause.tail == Tail::Comma && !self.comma_leaves_it(clause, end) {
            return None;
        }
        if matches!(clause.value, Value::Refused(_))
            || (clause.tail != Tail::End && self.names_another(clause, end))
        {
            return None;
        }
        let opened = (start..before).any(|at| self.opens(at) && self.is_early(at, start));
        let preposed = (start..before)
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Word))
            .is_some_and(|first| self.is(first, words::PREPOSED) && self.is_reserve(first, before));
        let denied = (start..before).any(|at| self.is(at, words::OTHERS));
        if denied {
            return None;
        }
        if self.symbol(before, ":") {
            let head =
                (start..before).filter(|at| self.tokens.get(*at).is_some_and(|t| t.kind == Kind::Word));
            let (mut count, mut own, mut known) = (0, false, true);
            for at in head {
                count += 1;
                known &= self.tokens.get(at).is_some_and(|token| token.class != 0);
                own |= self.is(at, words::FIRST_PERSON);
            }
            if self.is(start, words::CONDITION) && self.is_forced(start) || self.corrects(before) {
                return Some(true);
            }
            // “Total cost: 5” is some other quantity.
            let attribute = ["final", "total", "net", "overall", "whole", "bottom"]
                .contains(&self.text(self.first_word(start, before)).to_lowercase().as_str());
            let opened = opened && (known || count >= 4 && !attribute);
            own |= opened;
            let labelled = clause.digits && clause.after > clause.at + 2;
            let ranged = (start..before).any(|at| self.is(at, words::BETWEEN));
            let closing = ranged && clause.tail == Tail::End
                || count >= 4 && place.last && clause.tail == Tail::End && !clause.digits;
            return (own && count >= 1 && (opened || count >= 4) || labelled || closing)
                .then_some(clause.opener || opened);
        }
        if clause.opener {
            return Some(true);
        }
        if self.symbol(before, "(") {
            let spoken = (start..before).any(|at| self.is(at, words::SUBJECT));
            let named = spoken && !(start..before).any(|at| self.is(at, words::NEGATION));
            return (clause.mine || named && !clause.digits && self.symbol(clause.after, ")"))
                .then_some(false);
        }
        if self.symbol(before, ",") && self.corrects(before) {
            return Some(true);
        }
        let forced = self.is(start, words::CONDITION) && self.is_forced(start);
        if preposed || forced || (opened && self.symbol(before, ",")) {
            return Some(true);
        }
        if clause.copula && !self.is_wordy(clause) {
            return Some(false);
        }
        (clause.article && clause.digits && clause.tail == Tail::End && self.symbol(before, ","))
            .then_some(false)
    }

    /// Whether the word before the separator takes back what was said: “5 — no, 2”, “wait: 2”.
    fn corrects(&self, separator: usize) -> bool {
        let word = self.text(separator.wrapping_sub(1)).to_lowercase();
        ["wait", "sorry", "correction", "hmm"].contains(&word.as_str())
            || !self.targets.is_reply()
                && ["no", "nein", "non", "нет", "nie", "nee", "não"].contains(&word.as_str())
    }

    /// Whether the word announces what the answer comes to: “in short”, but not “short term”.
    fn opens(&self, at: usize) -> bool {
        let text = self.text(at).to_lowercase();
        let short = ["short", "brief"].contains(&text.as_str());
        let phrase = self.text(at.wrapping_sub(1)).eq_ignore_ascii_case("in")
            || ["answer", "version", "verdict"].contains(&self.text(at + 1).to_lowercase().as_str());
        self.is(at, words::OPENER) && (!short || phrase)
    }

    fn first_word(&self, start: usize, end: usize) -> usize {
        (start..end)
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Word))
            .unwrap_or(start)
    }

    /// “With some doubt, 4”, but not “with consent, 4”: what stands behind “with” is the speaker's state.
    fn is_reserve(&self, first: usize, before: usize) -> bool {
        const STATES: [&str; 34] = [
            "reservation",
            "reservations",
            "hesitation",
            "hesitations",
            "doubt",
            "doubts",
            "regret",
            "regrets",
            "confidence",
            "difficulty",
            "heart",
            "caution",
            "respect",
            "mind",
            "reluctance",
            "unease",
            "certainty",
            "misgivings",
            "qualms",
            "apologies",
            "account",
            "vorbehalt",
            "vorbehalten",
            "zweifel",
            "bedenken",
            "schwerem",
            "réserve",
            "réserves",
            "hésitation",
            "dudas",
            "reservas",
            "dúvidas",
            "riserve",
            "tegenzin",
        ];
        let with = ["with", "mit", "avec", "con", "com", "met"];
        !with.contains(&self.text(first).to_lowercase().as_str())
            || (first..before).any(|at| STATES.contains(&self.text(at).to_lowercase().as_str()))
    }

    /// Whether a condition follows that the value depends on.
    fn depends(&self, clause: &Clause, end: usize) -> bool {
        let reach = if clause.tail == Tail::Comma { 40 } else { 4 };
        (clause.after..end.min(clause.tail_at + reach))
            .take_while(|at| !self.is(*at, words::REASON))
            .any(|at| self.is_condition(at, clause.after))
    }

    /// Whether the word stands among the first ones of its sentence.
    fn is_early(&self, at: usize, start: usize) -> bool {
        at < start + 6
    }

    /// Whether the value is a label that is also an adverb of its own: “Definitely”, “Neutral”.
    fn is_wordy(&self, clause: &Clause) -> bool {
        let letter = self.tokens.get(clause.at).is_some_and(|token| token.end - token.start == 1);
        self.targets.is_scale && !clause.digits && !letter && !self.is_adjective(clause)
    }

    /// “Somewhat acceptable”, “critical”: what it says, it says of what is judged.
    fn is_adjective(&self, clause: &Clause) -> bool {
        let last = self.text(clause.after.saturating_sub(1)).to_lowercase();
        ["able", "ible", "ical", "rate", "ful", "igh", "ow", "ent", "ant", "ious"]
            .iter()
            .any(|end| last.ends_with(end))
            && clause.tail == Tail::End
    }

    /// Whether what follows the comma is a reason or says the same again.
    fn comma_leaves_it(&self, clause: &Clause, end: usize) -> bool {
        let next = clause.tail_at + 1;
        let same_again =
            self.is(next, words::THAT_IS) || self.text(next) == "i" && self.symbol(next + 1, ".");
        if next >= end || self.is(next, words::CAUSE) || same_again {
            return true;
        }
        if (next..end).all(|at| self.is(at, words::NEUTRAL | words::OPENER) || self.symbol(at, INSIDE)) {
            return true;
        }
        if self.targets.is_reply() {
            return self.replies(next, end);
        }
        let reserved = self.is(next, words::PREPOSED) && self.is_reserve(next, end);
        if self.is(next, words::NEGATION) || reserved {
            return true;
        }
        (clause.opener || clause.copula || clause.mine) && !self.is_wordy(clause)
    }

    /// “No, she should not”: what follows says what ought to be, not that the speaker listens.
    fn replies(&self, next: usize, end: usize) -> bool {
        if self.is(next, words::SUBJECT) {
            let would = ["i'd", "would", "wouldn't"];
            let text = self.text(next).to_lowercase();
            let after = self.text(next + 1).to_lowercase();
            if would.contains(&text.as_str()) || would.contains(&after.as_str()) {
                return true;
            }
            if !["think", "believe", "feel"].contains(&after.as_str()) {
                return false;
            }
        }
        (next..end.min(next + 12))
            .any(|at| self.is(at, words::MODAL) && !self.text(at + 1).eq_ignore_ascii_case("be"))
    }

    /// Whether the rest of the sentence holds another value.
    fn names_another(&self, clause: &Clause, end: usize) -> bool {
        let Value::Of(target, _) = clause.value else { return false };
        if self.targets.is_reply() {
            return false;
        }
        (clause.tail_at..end.min(clause.tail_at + 40)).any(|at| {
            let Some(token) = self.tokens.get(at) else { return false };
            let long = token.end - token.start > 1;
            let other = match self.targets.form_at(self.tokens, at) {
                Some((other, _)) => (long || self.is_capital(at)).then_some(other),
                None if token.kind == Kind::Number => token.number.and_then(|n| self.targets.point(n)),
                None => None,
            };
            // “4, not 5” leaves the 4.
            let denied = (at.saturating_sub(4)..at)
                .any(|before| self.is(before, words::NEGATION) && !self.symbol(before + 1, ","));
            other.is_some_and(|other| other != target) && !denied && clause.tail != Tail::Cause
        })
    }
}
