//! An error as Messages writes it.

use crate::{
    classify::{Fault, VendorError},
    fields::{self, Fields},
};

/// What an error's body says; the body itself as the message where it says nothing known.
pub(super) fn read(body: &str) -> VendorError {
    // Some gateways send the vendor's body as one string.
    let inner = fields::string(body.trim());
    let body = inner.as_deref().unwrap_or(body);
    // Vertex AI's streams answer a list, of one error.
    let first = fields::array(body).and_then(|list| list.into_iter().next());
    let body = first.filter(|json| json.starts_with('{')).unwrap_or(body);
    let Some(outer) = Fields::of(body) else {
        return VendorError { message: body.to_owned(), ..VendorError::default() };
    };
    let mut error = match outer.raw("error") {
        Some(json) => match Fields::of(json) {
            Some(inner) => of_object(&inner),
            None => VendorError { message: fields::string(json).unwrap_or_default(), ..of_object(&outer) },
        },
        // Bedrock: `{"message": …}`, with the kind of error in a header.
        None => of_object(&outer),
    };
    if error.message.is_empty() {
        error.message = body.to_owned();
    }
    error.request_id = outer.string("request_id");
    error
}

/// `{"type": …, "message": …}`; Vertex AI, which also serves these models, adds a numeric `code`
/// and a `status`.
fn of_object(object: &Fields<'_>) -> VendorError {
    let codes = ["type", "code", "status"].into_iter().filter_map(|name| object.word(name));
    let words = ["message", "detail"]
        .into_iter()
        .find_map(|name| object.string(name).or_else(|| object.raw(name).map(str::to_owned)));
    VendorError {
        codes: codes.filter(|code| !code.is_empty() && code != "error").collect(),
        message: words.unwrap_or_default(),
        ..VendorError::default()
    }
}

/// An error that came with status 200.
pub(super) fn fault(body: &str) -> Fault {
    Fault::of_vendor(None, read(body))
}

#[cfg(test)]
mod tests {
    use super::{fault, read};
    use crate::{
        ErrorCategory::{self, Auth, BadRequest, Billing, ContextLength, ModelNotFound, Quota, RateLimited},
        classify,
    };

    #[test]
    fn an_error_is_read_from_every_shape_it_comes_in() {
        for (body, codes, message) in [
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"r"}"#,
                &["overloaded_error"][..],
                "m",
            ),
            (r#""{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}}""#, &["t"], "m"),
            (
                r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}"#,
                &["429", "RESOURCE_EXHAUSTED"],
                "m",
            ),
            (r#"{"type":"error","error":"m"}"#, &[], "m"),
            (r#"{"message":"m"}"#, &[], "m"),
            (r#"{"detail":[{"msg":"m"}]}"#, &[], r#"[{"msg":"m"}]"#),
            (r#"{"type":"error","error":null}"#, &[], r#"{"type":"error","error":null}"#),
            ("<h1>m</h1>", &[], "<h1>m</h1>"),
            ("[1]", &[], "[1]"),
        ] {
            let error = read(body);
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!((error.codes, error.message.as_str()), (codes, message), "{body}");
        }
    }

    #[test]
    fn an_error_in_a_list_is_read_as_the_one_it_is() {
        let error = read(r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#);
        assert_eq!(
            (error.codes.as_slice(), error.message.as_str()),
            (&["429".to_owned(), "RESOURCE_EXHAUSTED".to_owned()][..], "m")
        );
    }

    // Messages as the vendor's documentation and its users quote them.
    const CASES: [(u16, &str, &str, ErrorCategory); 14] = [
        (400, "invalid_request_error", "temperature: range: 0..1", BadRequest),
        (400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum", ContextLength),
        (
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
            ContextLength,
        ),
        (400, "invalid_request_error", "max_tokens: 9000 > 8192, which is the maximum", BadRequest),
        (
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API.",
            Billing,
        ),
        (
            400,
            "invalid_request_error",
            "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
            Quota,
        ),
        (401, "authentication_error", "invalid x-api-key", Auth),
        (402, "billing_error", "", Billing),
        (403, "permission_error", "Your API key does not have permission", Auth),
        (404, "not_found_error", "model: claude-nonsense", ModelNotFound),
        (413, "request_too_large", "Request exceeds the maximum size", ContextLength),
        (429, "rate_limit_error", "This request would exceed your rate limit", RateLimited),
        (504, "timeout_error", "", ErrorCategory::Timeout),
        (529, "overloaded_error", "Overloaded", RateLimited),
    ];

    #[test]
    fn every_kind_of_error_the_vendor_documents_has_its_category() {
        for (status, kind, message, expected) in CASES {
            let body = serde_json::json!({"type": "error", "error": {"type": kind, "message": message}});
            let error = read(&body.to_string());
            assert_eq!(classify::category(status, &error), expected, "{status} {kind} {message}");
        }
    }

    #[test]
    fn an_error_with_status_200_is_classified_by_its_type() {
        for (kind, expected) in [
            ("overloaded_error", ErrorCategory::Overloaded),
            ("rate_limit_error", RateLimited),
            ("authentication_error", Auth),
            ("permission_error", Auth),
            ("billing_error", Billing),
            ("timeout_error", ErrorCategory::Timeout),
            ("api_error", ErrorCategory::Server),
            ("not_found_error", BadRequest),
            ("request_too_large", ContextLength),
            ("invalid_request_error", BadRequest),
        ] {
            let body = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"m"}}}}"#);
            assert_eq!(fault(&body).category, expected, "{kind}");
        }
    }
}
