//! An error as Chat Completions and its relatives write it.

use crate::{classify::VendorError, fields, fields::Fields};

/// What an error's body says; the body itself as the message where it says nothing known.
pub(super) fn read(body: &str) -> VendorError {
    let Some(outer) = Fields::of(body) else {
        return VendorError { message: body.to_owned(), ..VendorError::default() };
    };
    let mut error = of_object(&outer);
    match outer.raw("error") {
        // xAI and Ollama: `{"code": "…", "error": "…"}`.
        Some(inner) if inner.starts_with('"') => {
            error.message = fields::string(inner).unwrap_or_default();
        }
        Some(inner) => error = Fields::of(inner).as_ref().map(of_object).unwrap_or(error),
        None => {}
    }
    if error.message.is_empty() {
        error.message = body.to_owned();
    }
    error
}

/// `{"message": …, "type": …, "code": …}`, also without the envelope (Mistral), and
/// `{"detail": …}` (servers built on FastAPI).
pub(super) fn of_object(object: &Fields<'_>) -> VendorError {
    let mut codes: Vec<String> =
        ["code", "type", "status"].into_iter().filter_map(|name| object.word(name)).collect();
    // Azure says only here that its filter held the prompt back.
    codes.extend(object.object("innererror").word("code"));
    // OpenRouter's own words are "Provider returned error"; what happened is beside them.
    let upstream = object.object("metadata").string("raw");
    let words = ["message", "detail"]
        .into_iter()
        .find_map(|name| object.string(name).or_else(|| object.raw(name).map(str::to_owned)));
    let message = match (words, upstream) {
        (Some(words), Some(upstream)) => format!("{words}: {upstream}"),
        (words, upstream) => words.or(upstream).unwrap_or_default(),
    };
    VendorError { codes, message, retry_after: None }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_error_is_read_from_every_shape_a_relative_sends() {
        for (body, codes, message) in [
            (r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#, &["c", "t"][..], "m"),
            (r#"{"error":{"message":"m","type":"t","code":null}}"#, &["t"], "m"),
            (
                r#"{"error":{"message":"m","code":429,"metadata":{"raw":"r"}},"user_id":"u"}"#,
                &["429"],
                "m: r",
            ),
            (
                r#"{"object":"error","message":"m","type":"invalid_model","code":"1500"}"#,
                &["1500", "invalid_model"],
                "m",
            ),
            (r#"{"code":"c","error":"m"}"#, &["c"], "m"),
            (r#"{"error":"m"}"#, &[], "m"),
            (r#"{"detail":"m"}"#, &[], "m"),
            (r#"{"detail":[{"msg":"m"}]}"#, &[], r#"[{"msg":"m"}]"#),
            ("<h1>m</h1>", &[], "<h1>m</h1>"),
            ("[1]", &[], "[1]"),
            (r#"{"error":{}}"#, &[], r#"{"error":{}}"#),
        ] {
            let error = read(body);
            assert_eq!(
                (error.codes.as_slice(), error.message.as_str()),
                (codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>().as_slice(), message),
                "{body}"
            );
        }
    }
}
