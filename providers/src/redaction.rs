//! Keeping a key out of everything that is kept or shown.

use std::borrow::Cow;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};

const BLOT: &str = "[redacted]";

// Shorter "keys" (`ollama`, `none`) are placeholders, and words that answers may hold.
const KEY_LENGTH_MIN: usize = 8;

/// What the keys of the large providers begin with. Vendors quote keys in their errors,
/// also other people's and half masked: `Incorrect API key provided: sk-ab***yz`.
const KEY_PREFIXES: [&str; 8] = ["sk-", "sk_", "pk-", "gsk_", "xai-", "AIza", "hf_", "csk-"];

/// The body with every occurrence of the key blotted out: some gateways echo the request.
pub(crate) fn without_key(body: Bytes, key: &SecretString) -> Bytes {
    let Some(key) = searchable(key) else {
        return body;
    };
    if find(&body, key.as_bytes()).is_none() {
        return body;
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body.as_ref();
    while let Some(at) = find(rest, key.as_bytes()) {
        kept.extend_from_slice(&rest[..at]);
        kept.extend_from_slice(BLOT.as_bytes());
        rest = &rest[at + key.len()..];
    }
    kept.extend_from_slice(rest);
    kept.into()
}

/// A message with the key, and whatever looks like one, blotted out.
pub(crate) fn message_without_keys(message: &str, secrets: &[SecretString]) -> String {
    let known = secrets.iter().filter_map(searchable);
    let message = known.fold(Cow::Borrowed(message), |text, key| text.replace(key, BLOT).into());
    message
        .split_inclusive(|character: char| !is_key_character(character))
        .map(|word| {
            let end = word.trim_end_matches(|character| !is_key_character(character)).len();
            let looks_like_key = end >= KEY_LENGTH_MIN
                && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
                && word[..end].contains(|character: char| character.is_ascii_digit() || character == '*');
            if looks_like_key { Cow::Owned(format!("{BLOT}{}", &word[end..])) } else { word.into() }
        })
        .collect()
}

fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '*')
}

fn searchable(key: &SecretString) -> Option<&str> {
    Some(key.expose_secret().trim()).filter(|key| key.len() >= KEY_LENGTH_MIN)
}

fn find(body: &[u8], key: &[u8]) -> Option<usize> {
    let first = *key.first()?;
    let mut from = 0;
    while let Some(at) = body.get(from..)?.iter().position(|&byte| byte == first) {
        if body[from + at..].starts_with(key) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{message_without_keys, without_key};

    #[test]
    fn the_key_is_blotted_out_of_a_body_wherever_it_stands() {
        let key = "k1-abcdefgh".into();
        let body = without_key("k1-k1-abcdefgh and k1-abcdefgh".into(), &key);
        assert_eq!(body, "k1-[redacted] and [redacted]");
    }

    #[test]
    fn what_looks_like_a_key_is_blotted_out_of_a_message_and_words_are_not() {
        assert_eq!(
            message_without_keys(
                "Incorrect API key provided: sk-proj-ab**********yz9. See sk-learn docs",
                &[]
            ),
            "Incorrect API key provided: [redacted]. See sk-learn docs"
        );
    }

    #[test]
    fn a_placeholder_key_does_not_blot_out_words_of_an_answer() {
        let key = "ollama".into();
        assert_eq!(without_key("ollama is a program".into(), &key), "ollama is a program");
    }
}
