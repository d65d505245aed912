//! A vendor's words, made fit for one line of a log, a row or a screen.

use secrecy::SecretString;

use crate::redaction;

/// Most characters of a message; the raw body has the rest.
const CHARACTER_COUNT_MAX: usize = 2_000;

/// One line without control characters, markup and keys, cut to its maximum.
pub(crate) fn clean(message: &str, secrets: &[SecretString]) -> String {
    // An error page may be megabytes. Four times the maximum leaves enough once it is cleaned.
    let head: String = message.chars().take(CHARACTER_COUNT_MAX * 4).collect();
    let visible = if head.trim_start().starts_with('<') { without_markup(&head) } else { head };
    let redacted = redaction::message_without_keys(&visible, secrets);
    let one_line = redacted
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if one_line.chars().count() <= CHARACTER_COUNT_MAX {
        return one_line;
    }
    one_line.chars().take(CHARACTER_COUNT_MAX - 1).chain(['…']).collect()
}

/// The text of an error page as proxies send it, without its tags.
fn without_markup(page: &str) -> String {
    let mut is_tag = false;
    page.chars()
        .filter_map(|character| match character {
            '<' => {
                is_tag = true;
                Some(' ')
            }
            '>' if is_tag => {
                is_tag = false;
                None
            }
            _ => (!is_tag).then_some(character),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_message_becomes_one_line_of_at_most_two_thousand_characters() {
        assert_eq!(clean("a\r\n\tb\u{0}c\u{1b}[31m", &[]), "a b c [31m");
        assert_eq!(clean(&"ä".repeat(1_000_000), &[]).chars().count(), 2_000);
        assert_eq!(clean(&"ä".repeat(2_000), &[]), "ä".repeat(2_000));
    }

    #[test]
    fn an_error_page_is_reduced_to_its_text() {
        let page = "<html><head><title>502 Bad Gateway</title></head>\n<body>nginx</body></html>";
        assert_eq!(clean(page, &[]), "502 Bad Gateway nginx");
    }
}
