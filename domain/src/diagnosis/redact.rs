//! Keeping what looks like a secret out of evidence: it is shown, exported and sent around.

use std::borrow::Cow;

const BLOT: &str = "[redacted]";

/// What the keys of well-known services begin with.
const KEY_PREFIXES: [&str; 20] = [
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "rk_",
    "gsk_",
    "xai-",
    "AIza",
    "hf_",
    "csk-",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "eyJ",
];

/// Names whose value is a secret, in lower case; also as a part of a longer name.
const SECRET_NAMES: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "private_key",
    "credential",
    "authorization",
];

/// Words of a scheme that stand before the secret itself.
const SCHEMES: [&str; 3] = ["bearer", "basic", "token"];

const KEY_LENGTH_MIN: usize = 8;
/// Texts of this many letters and digits without a break are no words and no numbers.
const OPAQUE_LENGTH_MIN: usize = 32;

/// One line with whatever looks like a secret blotted out. Never longer than the line, but for the
/// blots. UUIDs stay: they are what vendors ask for.
pub(super) fn without_secrets(line: &str) -> String {
    if line.contains("PRIVATE KEY") {
        return BLOT.into();
    }
    let line = without_user_of_address(line);
    let mut kept = String::with_capacity(line.len());
    // What comes next is the value of a secret's name.
    let mut is_value = false;
    let mut rest = line.as_ref();
    while !rest.is_empty() {
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if length == 0 {
            let c = rest.chars().next().unwrap_or(' ');
            // A value ends at what ends a phrase; quotes, `=` and `:` lie between name and value.
            is_value &= !matches!(c, ',' | ';' | '&' | '}' | ')' | ']');
            kept.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, behind) = rest.split_at(length);
        rest = behind;
        let is_name = is_secret_name(word) && is_followed_by_value(behind);
        if is_value && SCHEMES.contains(&word.to_ascii_lowercase().as_str()) {
            kept.push_str(word);
        } else if is_name {
            kept.push_str(word);
            is_value = true;
        } else if is_value || is_scheme_before(&kept, word) || looks_secret(word) {
            kept.push_str(BLOT);
            is_value = false;
        } else {
            kept.push_str(word);
            is_value = false;
        }
    }
    kept
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '-' | '_' | '*' | '.' | '+' | '/' | '~' | '%' | '!' | '$' | '@' | '#')
}

/// `user:password@` of an address.
fn without_user_of_address(line: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        let end = tail
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>'))
            .unwrap_or(tail.len());
        kept.push_str(head);
        rest = match tail[..end].rfind('@') {
            Some(user) => {
                kept.push_str(BLOT);
                &tail[user..]
            }
            None => tail,
        };
    }
    if kept.is_empty() { line.into() } else { (kept + rest).into() }
}

fn is_secret_name(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    // Counts of tokens are no secrets.
    !word.contains("tokens") && SECRET_NAMES.iter().any(|name| word.contains(name))
}

/// `=` or `:` behind the name, a closing quote between them allowed.
fn is_followed_by_value(behind: &str) -> bool {
    behind.trim_start_matches(['"', '\'', '`', ' ']).starts_with(['=', ':'])
}

/// `Bearer` right before a word that could be one.
fn is_scheme_before(kept: &str, word: &str) -> bool {
    let before = kept.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    before.eq_ignore_ascii_case("bearer") && word.len() >= KEY_LENGTH_MIN && has_digit(word)
}

fn looks_secret(word: &str) -> bool {
    let is_key = word.len() >= KEY_LENGTH_MIN
        && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
        && (has_digit(word) || word.contains('*'));
    let opaque = |part: &str| {
        part.len() >= OPAQUE_LENGTH_MIN
            && has_digit(part)
            && part.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    is_key || word.split(|c: char| !c.is_ascii_alphanumeric()).any(opaque)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn what_looks_like_a_secret_is_blotted_out() {
        for (line, shown) in [
            ("Incorrect API key provided: sk-proj-ab12cd34ef.", "Incorrect API key provided: [redacted]"),
            ("key sk-ab**********yz9 is wrong", "key [redacted] is wrong"),
            ("Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"),
            ("sent Bearer 0123456789abcdef to it", "sent Bearer [redacted] to it"),
            ("password=hunter2&user=ada", "password=[redacted]&user=ada"),
            (r#"{"api_key": "abcd", "model": "m"}"#, r#"{"api_key": "[redacted]", "model": "m"}"#),
            ("OPENAI_API_KEY=whatever is set", "OPENAI_API_KEY=[redacted] is set"),
            ("postgres://ada:pa55@db/x failed", "postgres://[redacted]@db/x failed"),
            ("http://a/b http://u:p@c/d e", "http://a/b http://[redacted]@c/d e"),
            ("-----BEGIN RSA PRIVATE KEY-----", "[redacted]"),
            ("digest 0123456789abcdef0123456789abcdef!", "digest [redacted]"),
            ("jwt eyJhbGciOi1.eyJzdWIi2.c2ln", "jwt [redacted]"),
        ] {
            assert_eq!(without_secrets(line), shown, "{line}");
        }
    }

    #[test]
    fn words_numbers_and_request_ids_stay() {
        for line in [
            "request 0198c1d2-3456-7abc-8def-0123456789ab took 12000 ms",
            "max_tokens: 4096 is too large for prompt_tokens=12",
            "See sk-learn and the token limit of 8192",
            "the secret ingredient, and expected 3 but got 4",
            "日本語 ünïcode \u{202e}",
            "",
        ] {
            assert_eq!(without_secrets(line), line);
        }
    }
}
