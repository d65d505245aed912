//! Server-sent events.

use bytes::Bytes;
use serde_json::Value;

/// An event with a name, as Anthropic and the Responses API send them.
pub(crate) fn named(name: &str, body: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {body}\n\n"))
}

/// An event without a name.
pub(crate) fn unnamed(body: &str) -> Bytes {
    Bytes::from(format!("data: {body}\n\n"))
}

/// A few words each; large answers in larger pieces.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let size = (text.len() / 256).max(12);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(size));
        rest = after;
        Some(piece)
    })
}

/// A JSON string.
pub(crate) fn literal(text: &str) -> String {
    Value::from(text).to_string()
}
