//! Text that JSON or a database cannot hold, made holdable.

use std::borrow::Cow;

const REPLACEMENT: char = '\u{FFFD}';

/// A body as text in which JSON can be parsed, and whether anything had to be replaced:
/// bytes that are not UTF-8, and escapes of half a surrogate pair (`"\ud800"`), which a
/// sender may legally write but no Rust string can hold.
pub(crate) fn parseable(body: &[u8]) -> (Cow<'_, str>, bool) {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    let mut is_altered = matches!(text, Cow::Owned(_));
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return (text, is_altered);
    }
    let repaired = without_lone_surrogates(&text);
    is_altered |= repaired != text;
    (Cow::Owned(repaired), is_altered)
}

/// Replaces NUL, which PostgreSQL's text cannot hold. True when there was one.
pub(crate) fn without_nul(text: String) -> (String, bool) {
    if text.contains('\0') { (text.replace('\0', "\u{FFFD}"), true) } else { (text, false) }
}

fn without_lone_surrogates(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        kept.push_str(&rest[..at]);
        let escape = &rest[at..];
        let length = match (code_unit(escape), escape.get(6..).and_then(code_unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                kept.push(REPLACEMENT);
                rest = &escape[6..];
                continue;
            }
            // A backslash and what it escapes: `\\ud800` is no surrogate but the text `\ud800`.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        kept.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    kept.push_str(rest);
    kept
}

/// The UTF-16 code unit of an escape `\uXXXX` at the start of the text.
fn code_unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` alone would take a sign.
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parseable;

    fn parsed(json: &[u8]) -> (String, bool) {
        let (text, is_altered) = parseable(json);
        (serde_json::from_str(&text).unwrap(), is_altered)
    }

    #[test]
    fn half_a_surrogate_pair_becomes_the_replacement_character_and_is_flagged() {
        for (json, text) in [
            (r#""a\ud800b""#, "a\u{FFFD}b"),
            (r#""\uDC00\ud83d\ude00""#, "\u{FFFD}😀"),
            (r#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
            (r#""\ud83d\n""#, "\u{FFFD}\n"),
        ] {
            assert_eq!(parsed(json.as_bytes()), (text.to_owned(), true), "{json}");
        }
    }

    #[test]
    fn what_only_looks_like_a_lone_surrogate_stays_as_it_is() {
        for (json, text) in [
            (r#""\ud83d\ude00""#, "😀"),
            (r#""C:\\ud800""#, "C:\\ud800"),
            (r#""\\\\ud800\"""#, "\\\\ud800\""),
        ] {
            assert_eq!(parsed(json.as_bytes()), (text.to_owned(), false), "{json}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced_and_a_byte_order_mark_is_skipped() {
        assert_eq!(parsed(b"\"a\xFFb\""), ("a\u{FFFD}b".to_owned(), true));
        assert_eq!(parsed(b"\xEF\xBB\xBF\"a\""), ("a".to_owned(), false));
    }

    proptest! {
        #[test]
        fn any_string_that_json_can_write_is_read_back_unchanged(text: String) {
            let json = serde_json::to_vec(&text).unwrap();
            prop_assert_eq!(parsed(&json), (text, false));
        }

        #[test]
        fn any_run_of_utf_16_escapes_can_be_parsed(units in prop::collection::vec(0xD700_u16..0xE100, 0..20)) {
            let json: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let lossy = String::from_utf16_lossy(&units);
            prop_assert_eq!(parsed(format!("\"{json}\"").as_bytes()).0, lossy);
        }
    }
}
