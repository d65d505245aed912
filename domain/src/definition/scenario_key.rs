//! Stable names of scenarios.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::limits::SCENARIO_KEY_BYTES_MAX;

/// The key of the only scenario of a definition without dimensions.
pub const BASE_KEY: &str = "base";

/// Hex digits of the SHA-256 that end a shortened key.
const DIGEST_DIGITS: usize = 16;

/// `relation=Stranger;victims=One person`: the dimensions in the order of their names, each with
/// the label of its level, and `~2` after it for the second wording, and so on.
///
/// It depends on names and labels alone, so the same scenario has the same key in every version,
/// also when dimensions or levels change places. `% = ; ~ #` and control characters in labels
/// are percent-escaped as UTF-8 bytes. A key longer than 200 bytes is cut and ends in `#` and the
/// first 16 hex digits of the SHA-256 of the whole.
pub(super) fn of(mut parts: Vec<(&str, &str, u32)>) -> String {
    if parts.is_empty() {
        return BASE_KEY.to_owned();
    }
    parts.sort_unstable();
    let mut key = String::new();
    for (index, (dimension, label, wording)) in parts.into_iter().enumerate() {
        if index > 0 {
            key.push(';');
        }
        key.push_str(dimension);
        key.push('=');
        escape(label, &mut key);
        if wording > 0 {
            // Writing to a String cannot fail.
            let _ = write!(key, "~{}", wording + 1);
        }
    }
    shortened(key)
}

fn escape(label: &str, out: &mut String) {
    for letter in label.chars() {
        if letter.is_control() || "%=;~#".contains(letter) {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(letter);
        }
    }
}

fn shortened(mut key: String) -> String {
    if key.len() <= SCENARIO_KEY_BYTES_MAX {
        return key;
    }
    let digest = hex::encode(Sha256::digest(&key));
    let kept = key.floor_char_boundary(SCENARIO_KEY_BYTES_MAX - DIGEST_DIGITS - 1);
    key.truncate(kept);
    key.push('#');
    key.push_str(&digest[..DIGEST_DIGITS]);
    key
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_key_names_levels_by_dimension_whatever_their_order() {
        let (victims, role) = (("victims", "One person", 0), ("role", "Stranger", 1));
        assert_eq!(of(vec![victims, role]), "role=Stranger~2;victims=One person");
        assert_eq!(of(vec![role, victims]), of(vec![victims, role]));
        assert_eq!(of(Vec::new()), "base");
    }

    #[test]
    fn a_label_cannot_pretend_to_be_another_key() {
        assert_eq!(of(vec![("a", "x~2", 0)]), "a=x%7E2");
        assert_eq!(of(vec![("a", "x;b=y", 0)]), "a=x%3Bb%3Dy");
        assert_eq!(of(vec![("a", "50 %#\u{85}é", 0)]), "a=50 %25%23%C2%85é");
    }

    #[test]
    fn a_long_key_is_cut_to_200_bytes_and_stays_unique() {
        let (one, other) = (format!("{}1", "ü".repeat(300)), format!("{}2", "ü".repeat(300)));
        let (one, other) = (of(vec![("a", &one, 0)]), of(vec![("a", &other, 0)]));
        assert_ne!(one, other);
        assert!(one.len() <= 200 && one.len() > 195, "{one}");
        let exact = "x".repeat(198);
        assert_eq!(of(vec![("a", &exact, 0)]).len(), 200);
        assert!(!of(vec![("a", &exact, 0)]).contains('#'));
    }
}
