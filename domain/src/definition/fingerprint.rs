//! The SHA-256 that identifies a content.

use sha2::{Digest, Sha256};

use super::DefinitionContent;

/// SHA-256 of the canonical JSON form, as 64 lowercase hex digits.
///
/// Canonical = what `to_json` says, with the keys of every object in ascending byte order, no
/// white space between tokens, characters beyond ASCII as UTF-8, whole scores without a decimal
/// point, and fields that are absent, empty or false left out. In Python:
/// `json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` of an
/// exported file, UTF-8 encoded (fractions below 0.0001 are spelled differently there).
pub fn content_sha256(content: &DefinitionContent) -> String {
    hex::encode(Sha256::digest(canonical(content)))
}

/// The canonical form. Empty when the content cannot be JSON, which it always can: scores that
/// are not finite become null.
pub(super) fn canonical(content: &DefinitionContent) -> String {
    serde_json::to_value(content)
        .map(|mut value| {
            value.sort_all_objects();
            value.to_string()
        })
        .unwrap_or_default()
}
