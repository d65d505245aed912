//! Texts of others inside Markdown: they stand there as they are and change nothing around them.

use crate::diagnosis::is_reordering;

/// A text of somebody else on one line: what Markdown or HTML would read as a mark is escaped, and
/// what is longer is cut.
pub(super) fn plain(text: &str, chars_max: usize) -> String {
    let line = one_line(text, chars_max);
    let chars: Vec<char> = line.chars().collect();
    let mut escaped = String::with_capacity(line.len() + 8);
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at));
        let is_within_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        let is_mark = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
            // Within a word an underscore is one.
            '_' => !(is_within_word(before) && is_within_word(chars.get(index + 1))),
            '#' | '-' | '+' | '=' => index == 0,
            _ => false,
        };
        if is_mark {
            escaped.push('\\');
        }
        escaped.push(*c);
    }
    escaped
}

/// A text of somebody else as code on one line: nothing in it is read.
pub(super) fn code(text: &str, chars_max: usize) -> String {
    let line = one_line(text, chars_max).replace('|', "\u{2502}");
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    if line.is_empty() { "(nothing)".into() } else { format!("{fence}{pad}{line}{pad}{fence}") }
}

fn one_line(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control() || is_reordering(c)) {
        if word.is_empty() {
            continue;
        }
        if count > 0 {
            line.push(' ');
            count += 1;
        }
        for c in word.chars() {
            if count + 1 >= chars_max {
                line.push('…');
                return line;
            }
            line.push(c);
            count += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{code, plain};

    #[test]
    fn marks_are_escaped_and_words_are_not() {
        for (text, shown) in [
            ("gpt_4o-mini 1.5", "gpt_4o-mini 1.5"),
            ("*bold* _it_ `x`", "\\*bold\\* \\_it\\_ \\`x\\`"),
            ("a | b\n\n# c", "a \\| b # c"),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)"),
            ("&lt; $x$ ~~y~~", "\\&lt; \\$x\\$ \\~\\~y\\~\\~"),
            ("a\u{202e}b\u{0}c", "a b c"),
            ("日本 é 👩‍👩‍👧", "日本 é 👩‍👩‍👧"),
        ] {
            assert_eq!(plain(text, 100), shown, "{text}");
        }
        assert_eq!(plain("abcdefgh", 5), "abcd…");
    }

    #[test]
    fn code_is_fenced_by_more_than_it_holds() {
        for (text, shown) in [
            ("a", "`a`"),
            ("a `b` c", "``a `b` c``"),
            ("``x`", "``` ``x` ```"),
            ("a|b", "`a│b`"),
            ("\n", "(nothing)"),
        ] {
            assert_eq!(code(text, 100), shown, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_line_or_opens_a_cell(text in "(?s).{0,200}") {
            for shown in [plain(&text, 60), code(&text, 60)] {
                prop_assert!(!shown.contains(['\n', '\r']));
                let unescaped = shown.replace("\\\\", "").replace("\\|", "");
                prop_assert!(!unescaped.contains('|'), "{}", shown);
            }
        }
    }
}
