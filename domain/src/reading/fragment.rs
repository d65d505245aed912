//! Clauses that hold a value and, beside it, only words that say how it is meant: “So, 4.”, “B,
//! because …”, “it would have to be the child”, “…, and taken as a whole 6”.

use super::sentence::Sentences;
use super::token::Kind;
use super::value::{Value, named_at, value_beside};
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
/// What is counted and introduces a conclusion: “for these reasons, 4”, but not “I see 4 reasons”.
const REASONS: [&str; 10] = [
    "reasons",
    "raisons",
    "razones",
    "ragioni",
    "razões",
    "gründe",
    "gründen",
    "redenen",
    "powodów",
    "причин",
];
/// Symbols that may stand within a clause.
pub(super) const INSIDE: &str = "*_`\"'#>|)]}~$.!-";

/// What stands behind the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    End,
    Colon,
    Dash,
    Comma,
    Cause,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Clause {
    pub(super) value: Value,
    pub(super) at: usize,
    pub(super) after: usize,
    pub(super) tail: Tail,
    pub(super) tail_at: usize,
    pub(super) opener: bool,
    /// “it is”, “this would be”.
    pub(super) copula: bool,
    pub(super) article: bool,
    /// “on your scale”, “from me”.
    pub(super) mine: bool,
    pub(super) digits: bool,
}

impl Sentences<'_> {
    /// The value that the sentence states as a fragment. The last clause that does counts.
    pub(super) fn fragment_in(&self, start: usize, end: usize, place: Place) -> Option<Fragment> {
        if end <= start || self.is_question(start, end) {
            return None;
        }
        let from = start.max(end.saturating_sub(4 * REACH));
        // Looked for once, before the last clause: the clauses before it end further left.
        let mut first: Option<(usize, usize)> = None;
        for at in (from..end).rev() {
            let separator = at.checked_sub(1).filter(|_| at > start);
            let contrast = separator.is_some_and(|before| {
                self.is(before, words::BUT)
                    && self.near(start, before).any(|word| self.is(word, words::NEGATION))
            });
            if separator.is_some_and(|before| !self.symbol(before, ",:–—("))
                && !contrast
                && !separator.is_some_and(|before| self.is_hard(before))
            {
                continue;
            }
            // Footnotes: “[4, 6]”.
            if separator.is_some_and(|before| self.symbol(before, ",") && self.is_bracketed(before)) {
                continue;
            }
            let Some(clause) = self.clause(at, end) else { continue };
            let end = match separator.filter(|before| self.symbol(*before, "(")) {
                Some(open) => {
                    (open..end).find(|close| self.symbol(*close, ")")).map_or(end, |close| close + 1)
                }
                None => end,
            };
            let (part, hypothetical) = *first.get_or_insert_with(|| {
                (self.first_part(start, clause.after), self.first_hypothetical(start, clause.at))
            });
            let part = part < clause.after || self.is_role(start);
            if part && !clause.opener || hypothetical < clause.at || self.depends(&clause, end) {
                continue;
            }
            let firm = match separator {
                _ if contrast => (clause.tail == Tail::End).then_some(false),
                None => self.may_stand(&clause, start, end, place),
                Some(before) => self.may_follow(&clause, before, start, end, place),
            };
            if let Some(firm) = firm {
                if !firm && self.repeats_options(start, end) {
                    return None;
                }
                let own =
                    clause.opener || separator.is_some_and(|before| self.is_hard(before.wrapping_sub(1)));
                let value = match clause.value {
                    Value::Of(target, _) => Ok(target),
                    Value::Refused(reason) => Err(reason),
                    Value::Nothing => return None,
                };
                return Some(Fragment { value, span: (clause.at, clause.after), firm, own });
            }
        }
        if place.listed || place.answers_aside {
            return None;
        }
        self.qualified(start, end)
            .or_else(|| self.on_scale(start, end))
            .or_else(|| self.left_over(start, end))
            .or_else(|| self.predicated(start, end))
    }

    /// “A cautious 4.”, “A qualified yes.”: the whole sentence, with one word that nobody knows.
    fn qualified(&self, start: usize, end: usize) -> Option<Fragment> {
        const ARTICLES: &str = " a an ein eine un une una um uma een ";
        let first = (start..end).find(|at| !self.symbol(*at, "*_`\"'>#-"))?;
        let article = ARTICLES.contains(&format!(" {} ", self.text(first).to_lowercase()));
        let word =
            self.tokens.get(first + 1).filter(|token| token.kind == Kind::Word && token.number.is_none())?;
        let plain = self.text(first + 1).chars().all(char::is_lowercase)
            && !["then", "before", "over"].contains(&self.text(first + 1))
            && !word.is(words::FOLLOWER
                | words::ALTERNATIVE
                | words::OPENER
                | words::PART
                | words::NEGATION
                | words::OTHERS
                | words::OPTION
                | words::TITLE);
        let (target, after) = named_at(self.targets, self.tokens, first + 2, &self.line)?;
        let short = after == first + 3
            && (self.targets.is_reply()
                || self.is_capital(first + 2)
                || self.tokens.get(first + 2).is_some_and(|token| token.number.is_some()));
        let ends = (after..end).all(|at| self.symbol(at, "*_`\"'.!)"));
        (article && plain && short && ends).then_some(Fragment {
            value: Ok(target),
            span: (first + 2, after),
            firm: false,
            own: false,
        })
    }

    /// “On your scale he stands at 7”, “he comes out at a 7 for me”: the only number of a sentence that
    /// speaks of the scale or of the speaker, at its end.
    fn on_scale(&self, start: usize, end: usize) -> Option<Fragment> {
        let from = start.max(end.saturating_sub(REACH));
        let at = (from..end)
            .rev()
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Number))?;
        let Value::Of(target, after) = value_beside(self.targets, self.tokens, at, &self.line, 0) else {
            return None;
        };
        let tied = ["at", "a", "an", "is", "be", "with", "as"].contains(&self.text(at.wrapping_sub(1)));
        let closes = |at: usize| (at..end).all(|next| self.symbol(next, "*_`\"'.!)"));
        let mine =
            ["for", "from"].contains(&self.text(after)) && self.text(after + 1) == "me" && closes(after + 2);
        let scale = end - start < 4 * REACH
            && closes(after)
            && (start + 2..at).any(|word| {
                self.is(word, words::SCALE) && ["your", "the", "this"].contains(&self.text(word - 1))
            });
        let other = (start..at).any(|before| {
            let number = self.tokens.get(before).filter(|token| token.kind == Kind::Number);
            number.and_then(|token| token.number).is_some_and(|n| self.targets.point(n).is_some())
                || self.is(before, words::NEGATION | words::OTHERS | words::BETWEEN)
        });
        let open = self.is_hypothetical_or_part(start, at);
        (tied && (mine || scale) && !other && !open && end - start < 4 * REACH).then_some(Fragment {
            value: Ok(target),
            span: (at, after),
            firm: false,
            own: false,
        })
    }

    fn is_hypothetical_or_part(&self, start: usize, end: usize) -> bool {
        self.first_hypothetical(start, end) < end || self.is_part(start, end)
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
                    // “A 👍 five lives”.
                    Kind::Symbol(_) if token.is_ornament() && at == clause.after && self.is_word(at + 1) => {
                        Some(Tail::Dash)
                    }
                    Kind::Symbol(c) if INSIDE.contains(c) || !c.is_ascii() => None,
                    // “No opinion.”
                    Kind::Word
                        if at == clause.after
                            && self.targets.is_reply()
                            && self.text(at).is_ascii()
                            && !["from", "for", "then", "indeed", "again", "it", "in", "to"]
                                .contains(&self.text(at).to_lowercase().as_str()) =>
                    {
                        return None;
                    }
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
                    let named = at > from && self.is(at - 1, words::OPTION);
                    let pronoun = token.kind == Kind::Word && (token.number == Some(1) || roman) && !named;
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
            let before = self.text(at.wrapping_sub(1)).to_lowercase();
            let number = self.tokens.get(at + 1).is_some_and(|next| next.number.is_some());
            let valued = number || self.targets.form_at(self.tokens, at + 1).is_some();
            let speaks = (from..at).any(|word| self.is(word, words::FIRST_PERSON));
            match text.as_str() {
                // “In A”, “these 4 points”, “look at 4”: a part of something.
                "in" | "by" | "with" | "of" | "from" | "into" | "these" | "those" | "all" if valued => {
                    return None;
                }
                "has" | "have" | "make" | "makes" | "best" | "on" | "to" if number => return None,
                "even" if beside != "so" => return None,
                "the" if number && ["on", "in", "of", "at", "with"].contains(&before.as_str()) => {
                    return None;
                }
                "at" if valued && !speaks => return None,
                "me" if number && self.text(at.wrapping_sub(1)).eq_ignore_ascii_case("give") => return None,
                // “A then B.”
                "a" if self.is_capital(at) && ["then", "and", "or", "before"].contains(&beside.as_str()) => {
                    return None;
                }
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
        let bound =
            text == "you" || text == "at" && ["best", "most", "least", "worst"].contains(&self.text(at + 1));
        bound
            || REASONS.contains(&text.as_str())
            || verb.contains(&text.as_str()) && !it
            || article.contains(&text.as_str()) && at + 1 >= end
    }
}
