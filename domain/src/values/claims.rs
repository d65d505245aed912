//! What a sentence says of values: which it puts first, and which behind. English.
//!
//! The sentence is folded, and `‹3›` stands where the fourth value is named.

use std::sync::LazyLock;

use regex::Regex;

/// What a sentence says of one value.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// Its place in the definition.
    pub(super) value: usize,
    /// Put before something; else behind it.
    pub(super) is_first: bool,
}

/// What a negation makes of a rule.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Negated {
    /// "I do not put A above B" may mean that they are equal: nothing is claimed.
    Nothing,
    /// "not at the expense of A": A comes first.
    First,
    /// The rule itself says "not".
    IsPart,
}

struct Rule {
    pattern: Regex,
    negated: Negated,
}

/// Up to so many words that change nothing.
const FEW: &str = r"(?:[\w']+ ){0,3}?";
/// Values that share one fate: `‹0,2›`.
const FIRST: &str = r"‹(?P<first>[\d,]+)›";
const LAST: &str = r"‹(?P<last>[\d,]+)›";

const MORE: &str = "(?:outweigh(?:s|ed|ing)?|trump(?:s|ed)?|overrid(?:es?|ing)|overrode|supersedes?|prevail(?:s|ed)? over|\
    (?:takes?|took|taking|ha[sd]|have|having|gets?|deserves?) (?:clear |absolute )?(?:precedence|priority) over|\
    w[io]ns? (?:out )?over|c[oa]mes? before|goes before|ranks? (?:above|higher than|before)|stands? above|\
    (?:weigh(?:s|ed)?|counts?|counted|matter(?:s|ed)?) (?:for )?(?:far |much |even |slightly )?more(?: heavily| strongly)?(?: to me| here)? than|\
    (?:is|are|was|were|seems?|feels?|be) (?:far |much |even |clearly |slightly |ultimately )?(?:more (?:important|pressing|urgent|weighty|decisive)|\
    weightier|higher|stronger|of (?:greater|more) (?:weight|importance)|worth more) than)";

const LESS: &str = "(?:outweighed by|overridden by|trumped by|superseded by|yield(?:s|ed)? to|g[ia]ves? way to|\
    tak(?:es?|ing) a back ?seat to|c[oa]mes? (?:second to|after|behind|below)|secondary to|subordinate to|ranks? below|defers? to|\
    (?:weigh(?:s|ed)?|counts?|counted|matter(?:s|ed)?) (?:for )?(?:far |much |even |slightly )?less(?: heavily| strongly)?(?: to me| here)? than|\
    (?:far |much |slightly )?less (?:important|pressing|urgent|weighty|decisive) than|sacrificed (?:for|to))";

const RANK: &str = "(?:prioriti[sz](?:es?|ed|ing)|plac(?:es?|ed|ing)|put(?:s|ting)?|choos(?:es?|ing)|chose|valu(?:es?|ed|ing)|\
    favou?r(?:s|ed|ing)?|prefer(?:s|red|ring)?|weigh(?:s|ed|ing)?|rank(?:s|ed|ing)?|hold(?:s|ing)?|held|set(?:s|ting)?|\
    pick(?:s|ed|ing)?|select(?:s|ed|ing)?)";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let texts = [
        // A, not B, decides.
        (
            format!(
                "{FIRST},? (?:and )?not {FEW}{LAST},? {FEW}(?:decides|wins|prevails|comes? first|is what|must|should)"
            ),
            Negated::IsPart,
        ),
        // A yields to B.
        (format!("(?:{LAST} {FEW})?{LESS}(?: {FEW}{FIRST})?"), Negated::Nothing),
        // put A before B.
        (
            format!(
                "{RANK} {FEW}{FIRST} {FEW}(?:over|above|ahead of|before|higher than|more(?: highly| heavily| strongly)? than|\
                 rather than|instead of) {FEW}{LAST}"
            ),
            Negated::Nothing,
        ),
        (
            format!(
                r"(?:prioriti[sz](?:es?|ed|ing)|plac(?:es?|ed|ing)|put(?:s|ting)?) (?:[\w']+ ){{1,4}}?(?:above|ahead of|before) {FEW}{LAST}"
            ),
            Negated::Nothing,
        ),
        // A outweighs B.
        (format!("(?:{FIRST} {FEW})?{MORE}(?: {FEW}{LAST})?"), Negated::Nothing),
        // Less weight to A.
        (
            format!(
                "(?:give|gives|gave|giving|assign|assigns|attach) {FEW}(?:less|little|lower) (?:weight|priority|importance) to {FEW}{LAST}"
            ),
            Negated::Nothing,
        ),
        // More weight to A than to B.
        (
            format!(
                "(?:give|gives|gave|giving|assign|assigns|attach) {FEW}(?:priority|precedence|(?:more|most|greater|the most|the greatest) \
                 (?:weight|priority|importance)) to {FEW}{FIRST}(?: {FEW}(?:than(?: to)?|over) {FEW}{LAST})?"
            ),
            Negated::Nothing,
        ),
        // Prioritise A.
        (
            format!(
                "\\b(?:prioriti[sz](?:es?|ed|ing)|side with|sid(?:es|ing) with|err(?:ing)? on the side of|\
                 (?:decid(?:es?|ed|ing)|opt|opting|come down) (?:in favou?r of|on the side of)) {FEW}{FIRST}"
            ),
            Negated::Nothing,
        ),
        // A comes first.
        (
            format!(
                "{FIRST} {FEW}(?:comes? first|came first|paramount|(?:my|the|our) (?:very )?(?:highest|top|first|main|overriding|primary|utmost) \
                 (?:priority|concern|value|duty|consideration)|matters? (?:the )?most|weighs? (?:the )?(?:most|heaviest)|prevails?|wins|\
                 takes? (?:priority|precedence)|has priority|(?:the )?(?:most important|weightiest)|above (?:all|everything)(?: else)?)"
            ),
            Negated::Nothing,
        ),
        (format!("(?:put|puts|putting|place|places|placing) {FEW}{FIRST} first"), Negated::Nothing),
        (
            format!(
                "(?:my|the|our) (?:very )?(?:highest|top|first|main|overriding|primary|utmost) (?:priority|concern|value|duty|consideration)(?: here)? \
                 (?:is|was|must be|remains) {FEW}{FIRST}"
            ),
            Negated::Nothing,
        ),
        (format!("what matters (?:the )?most(?: to me| here)? (?:is|was) {FEW}{FIRST}"), Negated::Nothing),
        // At the expense of A.
        (
            format!("(?:{FIRST} {FEW})?(?:at|to) the (?:expense|cost|price|detriment) of {FEW}{LAST}"),
            Negated::First,
        ),
        (
            format!(
                "(?:deprioriti[sz](?:es?|ed|ing)|sacrific(?:es?|ed|ing)|compromis(?:es?|ed|ing)(?: on)?|forgo|forego|g[ia]v(?:e|es|ing) up|\
                 (?:set|put)(?:s|ting)? aside|disregard(?:s|ed|ing)?|betray(?:s|ed|ing)?) {FEW}{LAST}"
            ),
            Negated::First,
        ),
        // A has to wait.
        (
            format!(
                "{LAST} {FEW}(?:secondary|comes? (?:second|last)|less important|negotiable|expendable|matters? (?:much |far )?less|yields?|\
                 has to wait|must wait|take a back ?seat)"
            ),
            Negated::Nothing,
        ),
    ];
    let rule = |(text, negated): (String, Negated)| Some(Rule { pattern: Regex::new(&text).ok()?, negated });
    texts.into_iter().filter_map(rule).collect()
});

/// Patterns that prepare a sentence and guard it.
struct Guards {
    /// What sounds like a negation or a condition and is none.
    harmless: Regex,
    /// What stands around a value and says no more: "the value of ‹0›".
    around: Regex,
    /// `‹0› and ‹1›`.
    joined: Regex,
    /// Conditions, other people, possibilities.
    doubt: Regex,
    negation: Regex,
    /// A negation that turns `Negated::First` round.
    refusal: Regex,
    /// Where a clause begins.
    clause: Regex,
}

static GUARDS: LazyLock<Option<Guards>> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(text).ok();
    Some(Guards {
        harmless: pattern(
            r"\b(?:(?:there is |there's )?(?:no|without(?: any| a)?) doubt(?: that)?|not only|if (?:i|we) (?:really )?(?:must|have to|had to|am forced to|were forced to)(?: choose| decide)?,?) ?",
        )?,
        around: pattern(
            r"\b(?:(?:the|my|our|its|their|your|a|an|this|that|his|her) )?(?:(?:value|values|principle|importance|demands?|duty|needs?|claims?|considerations?|concerns?|commitment|matter) (?:of|for|to) )?(?:(?:the|my|our|its|their|your|simple|basic) )?(?P<mark>‹[\d,]+›)(?: (?:concerns?|considerations?|interests?|itself|alone))?",
        )?,
        joined: pattern(
            r"‹(?P<one>[\d,]+)›(?:, and |, | and | & | as well as )(?:both )?‹(?P<other>[\d,]+)›",
        )?,
        doubt: pattern(
            r"(?x)\b(?:if|unless|whether|might|could|may|perhaps|maybe|possibly|suppose|supposing|imagine|arguably|would\ have|tempting|hypothetically
              |(?:some|many|most|other)\ (?:people|would|say|argue|believe|think|hold|of)|others|critics?|proponents?|opponents?|utilitarians?|deontologists?|consequentialists?
              |one\ (?:can|would|side)|on\ (?:the\ )?one\ hand|on\ the\ other\ hand|tension\ between|question\ (?:of|is)|traditionally
              |(?:he|she|they|who|people|someone|somebody|everyone|society
                 |my\ (?:friend|brother|sister|mother|father|wife|husband|partner|boss|colleague|parents|child|son|daughter)
                 |the\ (?:owner|victim|law|company|patient|doctor|family|state|user|author|character))
               \ (?:[\w']+\ ){0,2}?(?:says?|argues?|thinks?|puts?|plac(?:es?|ed)|prioriti[sz]\w*|deprioriti[sz]\w*|valued?s?|chooses?|chose|favou?r\w*|prefer\w*|weighs?|sacrific\w*|ranks?|holds?))\b",
        )?,
        negation: pattern(
            r"\b(?:not|never|no|nor|neither|none|nothing|hardly|scarcely|without|cannot|refus\w+|reject\w*|wrong|avoid\w*|unwilling|rarely|fail\w*)\b|n't\b",
        )?,
        refusal: pattern(r"\b(?:not|never|cannot|refuse to|refusing to|unwilling to)\b|n't\b")?,
        clause: pattern(
            r"[;:(]|[—–]| - |,? but |, (?:so|yet|and|because|since|while|although|though|whereas) | because ",
        )?,
    })
});

/// What a marked sentence claims.
pub(super) fn claims_of(marked: &str) -> Vec<Claim> {
    let Some(guards) = GUARDS.as_ref() else { return Vec::new() };
    let text = guards.harmless.replace_all(marked, "");
    let text = text.replace("de-prioriti", "deprioriti").replace("can not", "cannot");
    if text.ends_with('?') || guards.doubt.is_match(&text) {
        return Vec::new();
    }
    let mut text = guards.around.replace_all(&text, "$mark").into_owned();
    // Three values take two rounds.
    while guards.joined.is_match(&text) {
        text = guards.joined.replace(&text, "‹$one,$other›").into_owned();
    }
    let mut claims = Vec::new();
    for rule in RULES.iter() {
        while let Some(found) = rule.pattern.captures(&text) {
            let Some(whole) = found.get(0) else { break };
            let before = text.get(..whole.start()).unwrap_or_default();
            let start = guards.clause.find_iter(before).last().map_or(0, |found| found.end());
            let end = if rule.negated == Negated::IsPart { whole.start() } else { whole.end() };
            let clause = text.get(start..end).unwrap_or_default();
            let negations = guards.negation.find_iter(clause).count();
            let is_refusal = guards.refusal.is_match(clause);
            let mut claim = |name: &str, is_first: bool| {
                let values = found.name(name).map_or("", |values| values.as_str()).split(',');
                let values = values.filter_map(|value| value.parse().ok());
                claims.extend(values.map(|value| Claim { value, is_first }));
            };
            match (negations, rule.negated) {
                (0, _) => {
                    claim("first", true);
                    claim("last", false);
                }
                (1, Negated::First) if is_refusal => claim("last", true),
                _ => {}
            }
            text.replace_range(whole.range(), " ◊ ");
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::{GUARDS, RULES};

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(RULES.len(), 15);
        assert!(GUARDS.is_some());
    }
}
