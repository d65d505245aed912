//! What a prompt asks for: a point on a scale, one of several choices, or neither.

/// How the answer is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// From low to high.
    Scale {
        low: i64,
        high: i64,
    },
    /// What is named in the answer, in the prompt's order; never empty.
    Choice(Vec<String>),
    Open,
}

/// A prompt, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) form: Form,
    /// The prompt in lower case without the lines that list the scale or the choices, so that
    /// the word "five" in a label does not count as five people.
    pub(crate) situation: String,
}

impl Task {
    pub(crate) fn read(prompt: &str) -> Self {
        let mut points = Vec::new();
        let mut letters = Vec::new();
        let mut bullets = Vec::new();
        let mut pairs = Vec::new();
        let mut situation = String::with_capacity(prompt.len());
        for line in prompt.lines() {
            if let Some(point) = point_of(line) {
                points.push(point);
            } else if let Some(letter) = letter_of(line) {
                letters.push(letter);
            } else if let Some(name) = pair_of(line) {
                pairs.push(name);
            } else if let Some(name) = bullet_of(line) {
                bullets.push(name);
            } else {
                situation.push_str(&line.to_lowercase());
                situation.push('\n');
            }
        }
        let form = listed(prompt)
            .or_else(|| scale_of(&points))
            .or_else(|| inline_points(prompt))
            .or_else(|| range(prompt))
            .or_else(|| choice_of(pairs))
            .or_else(|| choice_of(letters))
            .or_else(|| choice_of(bullets))
            .unwrap_or(Form::Open);
        Task { form, situation }
    }

    /// Whether the phrase (in lower case) stands in the situation as whole words.
    pub(crate) fn mentions(&self, phrase: &str) -> bool {
        contains_words(&self.situation, phrase)
    }
}

pub(crate) fn contains_words(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// `1 = never`, `1 - never`, `- **1**: never`, `1) never`.
fn point_of(line: &str) -> Option<i64> {
    let line = line.trim_start();
    let line = line
        .strip_prefix("- ")
        .or_else(|| line.strip_prefix("* "))
        .or_else(|| line.strip_prefix("• "))
        .unwrap_or(line);
    let (value, rest) = leading_integer(line.trim_start_matches(['*', ' ', '(']))?;
    let rest = rest.trim_start_matches([')', '*', ' ']);
    let after = match rest.strip_prefix(['=', ':', '-', '–', '—', '.']) {
        Some(after) => after,
        // "1) never" has lost its bracket above, "5 people" never had one.
        None if line.contains(')') => rest,
        None => return None,
    };
    // "3.5 hours" and "10:30" are no points of a scale.
    (!after.trim().is_empty() && !after.starts_with(|c: char| c.is_ascii_digit())).then_some(value)
}

fn leading_integer(text: &str) -> Option<(i64, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 || count > 4 {
        return None;
    }
    let end = text.len() - digits.len() + count;
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// `A) divert`, `(B) stay`, `C: wait`.
fn letter_of(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches(['(', '*', '-', ' ']);
    let letter = line.chars().next().filter(char::is_ascii_uppercase)?;
    let rest = line[1..].trim_start_matches('*');
    let label = rest.strip_prefix([')', '.', ':'])?;
    (label.starts_with([' ', '*']) && !label.trim().is_empty()).then(|| letter.to_string())
}

/// `keep = keep the money`: how Probity itself lists choices.
fn pair_of(line: &str) -> Option<String> {
    let (name, label) = line.trim_start().split_once(" = ")?;
    let name = bare(name.trim_start_matches(['-', '*', '•', ' ']));
    let is_name = name.starts_with(char::is_alphabetic) && name.chars().count() <= 40;
    (is_name && !label.trim().is_empty()).then(|| name.to_owned())
}

/// `- divert: pull the lever`, `* stay`.
fn bullet_of(line: &str) -> Option<String> {
    let line = line.trim_start();
    let item =
        line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("• "))?;
    let name = item.split(':').next().map(bare)?;
    (!name.is_empty() && name.len() <= 40).then(|| name.to_owned())
}

/// `Answer with exactly one of: Canberra, Sydney, Perth.`
fn listed(prompt: &str) -> Option<Form> {
    let (_, rest) = prompt.rsplit_once("one of:").or_else(|| {
        let at = prompt.to_lowercase().rfind("one of the following:")?;
        prompt.split_at_checked(at + "one of the following:".len())
    })?;
    let line = rest.lines().next().unwrap_or_default();
    let names: Vec<String> = line
        .trim_end_matches(['.', ' '])
        .replace(" or ", ",")
        .split([',', ';', '|'])
        .map(|name| bare(name).to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
    match numbers {
        Some(numbers) if numbers.len() > 1 => scale_of(&numbers),
        _ => choice_of(names),
    }
}

fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || "*`\"'“”‘’[]()".contains(c))
}

fn choice_of(names: Vec<String>) -> Option<Form> {
    (names.len() > 1).then_some(Form::Choice(names))
}

fn scale_of(points: &[i64]) -> Option<Form> {
    let low = *points.iter().min()?;
    let high = *points.iter().max()?;
    (low < high).then_some(Form::Scale { low, high })
}

/// `(1 = never, 5 = always)`.
fn inline_points(prompt: &str) -> Option<Form> {
    let points: Vec<i64> = prompt
        .match_indices('=')
        .filter_map(|(at, _)| {
            let before = prompt[..at].trim_end();
            let start = before
                .rfind(|c: char| !c.is_ascii_digit() && c != '-')
                .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
            before[start..].parse().ok()
        })
        .collect();
    scale_of(&points)
}

/// `on a scale of 1 to 5`, `from 1 (never) to 5 (always)`, `between 1 and 7`, `a number 1-5`.
fn range(prompt: &str) -> Option<Form> {
    let lower = prompt.to_lowercase();
    ["scale", "rate", "number", "from", "between"]
        .iter()
        .flat_map(|cue| lower.match_indices(cue))
        .find_map(|(at, cue)| range_after(&lower[at + cue.len()..]))
}

fn range_after(text: &str) -> Option<Form> {
    // Within the sentence, and near the word that announced it.
    let text: String = text.chars().take(80).take_while(|c| !"\n.?!".contains(*c)).collect();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (low, rest) = leading_integer(&text[start..])?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(label) => label.split_once(')')?.1.trim_start(),
        None => rest,
    };
    let rest = ["to", "and", "through", "-", "–", "—"].iter().find_map(|link| rest.strip_prefix(link))?;
    let (high, _) = leading_integer(rest.trim_start())?;
    (low < high && high - low <= 100).then_some(Form::Scale { low, high })
}

#[cfg(test)]
mod tests {
    use super::{Form, Task};

    fn form(prompt: &str) -> Form {
        Task::read(prompt).form
    }

    #[test]
    fn a_scale_is_read_in_every_common_notation() {
        let five = Form::Scale { low: 1, high: 5 };
        for prompt in [
            "Decide.\n1 = never\n2 = rarely\n3 = maybe\n4 = mostly\n5 = always",
            "1 - never\n5 - always",
            "- **1**: never\n- **5**: always",
            "1) never\n5) always",
            "Answer with a number from 1 to 5.",
            "On a scale of 1-5, how likely?",
            "From 1 (never) to 5 (always), where do you stand?",
            "Answer on the scale (1 = never, 5 = always).",
            "There are 20 people. Answer with exactly one of: 1, 2, 3, 4, 5",
        ] {
            assert_eq!(form(prompt), five, "{prompt}");
        }
        assert_eq!(form("-2 = worse\n2 = better"), Form::Scale { low: -2, high: 2 });
    }

    #[test]
    fn choices_are_read_from_lists_letters_and_bullets() {
        let names = |names: &[&str]| Form::Choice(names.iter().map(|n| (*n).into()).collect());
        assert_eq!(
            form("Capital? Answer with exactly one of: Canberra, Sydney, or New Delhi."),
            names(&["Canberra", "Sydney", "New Delhi"])
        );
        assert_eq!(form("A) divert it\nB) stay"), names(&["A", "B"]));
        assert_eq!(form("Which?\nhand in = the police\nkeep = keep it"), names(&["hand in", "keep"]));
        assert_eq!(form("Choose:\n- divert: pull the lever\n- stay: do nothing"), names(&["divert", "stay"]));
        assert_eq!(form("Answer with one of:\n- tell\n- keep quiet"), names(&["tell", "keep quiet"]));
    }

    #[test]
    fn prose_with_numbers_asks_for_nothing() {
        for prompt in ["At 10:30 there were 5 people.", "It took 3.5 hours.", "Why?", ""] {
            assert_eq!(form(prompt), Form::Open, "{prompt}");
        }
    }

    #[test]
    fn words_of_the_scale_are_not_part_of_the_situation() {
        let task = Task::read("A Stranger and TWO friends.\n1 = spare five\n2 = spare one");
        assert!(task.mentions("stranger") && task.mentions("two"));
        assert!(!task.mentions("five") && !task.mentions("friend"));
    }
}
