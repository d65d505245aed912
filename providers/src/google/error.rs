//! An error as Google's services write it.
//!
//! Source: <https://google.aip.dev/193>.

use std::time::Duration;

use crate::{
    classify::{Fault, VendorError},
    fields::{self, Fields},
};

/// What is left of a quota when more than a wait of a minute is needed; a code of ours, for
/// Google's is the same as for limits per minute.
const QUOTA_CODE: &str = "quota_exceeded";

/// How often a body may be wrapped in another before the innermost is no longer looked for.
const WRAPPING_COUNT_MAX: usize = 4;

/// What an error's body says; the body itself as the message where it says nothing known.
pub(super) fn read(body: &str) -> VendorError {
    let mut error = unwrapped(body, WRAPPING_COUNT_MAX);
    if error.message.is_empty() {
        error.message = body.to_owned();
    }
    error
}

/// An error that came with status 200.
pub(super) fn fault(body: &str) -> Fault {
    Fault::of_vendor(None, read(body))
}

fn unwrapped(body: &str, wrapping_count: usize) -> VendorError {
    let as_it_is = || VendorError { message: body.to_owned(), ..VendorError::default() };
    if wrapping_count == 0 {
        return as_it_is();
    }
    if let Some(inner) = fields::string(body.trim()) {
        return unwrapped(&inner, wrapping_count - 1);
    }
    // Streams that are not asked for as events answer a list, of one error.
    if let Some(error) = fields::array(body).and_then(|list| list.into_iter().next_back()) {
        return unwrapped(error, wrapping_count - 1);
    }
    let Some(outer) = Fields::of(body) else {
        return as_it_is();
    };
    let error = match outer.raw("error") {
        Some(json) => match Fields::of(json) {
            Some(inner) => of_object(&inner),
            None => VendorError { message: fields::string(json).unwrap_or_default(), ..of_object(&outer) },
        },
        None => of_object(&outer),
    };
    // Some of its servers send the whole body of another as their message.
    if error.message.trim_start().starts_with('{') {
        let inner = unwrapped(&error.message, wrapping_count - 1);
        if !inner.codes.is_empty() {
            return inner;
        }
    }
    error
}

/// `{"code": 429, "status": …, "message": …, "details": […]}`.
fn of_object(object: &Fields<'_>) -> VendorError {
    let mut error = VendorError {
        codes: ["status", "code"].into_iter().filter_map(|name| object.word(name)).collect(),
        message: ["message", "detail"].into_iter().find_map(|name| object.string(name)).unwrap_or_default(),
        retry_after: None,
        request_id: None,
    };
    let mut is_quota = error.message.contains("requests per day");
    for detail in object.array("details").unwrap_or_default().into_iter().filter_map(Fields::of) {
        let kind = detail.string("@type").unwrap_or_default();
        match kind.rsplit('.').next().unwrap_or_default() {
            "RetryInfo" => error.retry_after = wait(&detail).or(error.retry_after),
            "ErrorInfo" => error.codes.extend(detail.word("reason")),
            "QuotaFailure" => {
                let violations = detail.array("violations").unwrap_or_default();
                is_quota |= violations.into_iter().filter_map(Fields::of).any(|one| is_long_lasting(&one));
            }
            _ => {}
        }
    }
    if is_quota {
        error.codes.push(QUOTA_CODE.to_owned());
    }
    error
}

/// Whether a violated limit is one per day, or one of which this account has nothing.
fn is_long_lasting(violation: &Fields<'_>) -> bool {
    let says = |name, words: &str| {
        let text = violation.string(name).unwrap_or_default().to_lowercase();
        text.replace('_', "").contains(words)
    };
    says("quotaId", "perday")
        || says("quotaMetric", "perday")
        || violation.word("quotaValue").as_deref() == Some("0")
}

/// A span as protobuf writes it in JSON, `13s` or `0.5s`, or as its parts.
fn wait(detail: &Fields<'_>) -> Option<Duration> {
    match detail.string("retryDelay") {
        Some(text) => Duration::try_from_secs_f64(text.trim().strip_suffix('s')?.parse().ok()?).ok(),
        None => {
            let parts = detail.object("retryDelay");
            // Protobuf writes numbers of 64 bits as strings.
            let seconds = Duration::from_secs(parts.word("seconds")?.parse().ok()?);
            seconds.checked_add(Duration::from_nanos(parts.count("nanos").unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{fault, read};
    use crate::{
        ErrorCategory::{
            self, Auth, BadRequest, ContextLength, ModelNotFound, Overloaded, Quota, RateLimited,
        },
        classify,
    };

    #[test]
    fn an_error_is_read_from_every_shape_it_comes_in() {
        let plain = r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}"#;
        let in_string = serde_json::to_string(plain).unwrap();
        let in_message =
            format!(r#"{{"error":{{"message":{in_string},"code":400,"status":"Bad Request"}}}}"#);
        for body in [plain, &format!("[{plain}]"), &in_string, &in_message] {
            let error = read(body);
            assert_eq!(error.codes, ["INVALID_ARGUMENT", "400"], "{body}");
            assert_eq!(error.message, "m", "{body}");
        }
        for (body, message) in [
            (r#"{"error":"m"}"#, "m"),
            (r#"{"message":"m"}"#, "m"),
            (r#"{"error":{"message":"{m}"}}"#, "{m}"),
            ("<h1>m</h1>", "<h1>m</h1>"),
            ("[]", "[]"),
            (r#"{"error":{}}"#, r#"{"error":{}}"#),
        ] {
            let error = read(body);
            assert_eq!((error.codes.len(), error.message.as_str()), (0, message), "{body}");
        }
        let ever_deeper = (0..50).fold("m".to_owned(), |body, _| format!("[{body}]"));
        assert!(read(&ever_deeper).message.contains('m'));
    }

    fn with_details(code: u16, status: &str, message: &str, details: &str) -> String {
        let text = format!(r#""code":{code},"status":"{status}","message":"{message}""#);
        format!(r#"{{"error":{{{text},"details":[{details}]}}}}"#)
    }

    const RETRY: &str = r#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"13s"}"#;
    const DAY: &str = r#"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
        {"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"15"},
        {"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"200"}]}"#;
    const MINUTE: &str = r#"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
        {"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"15"}]}"#;
    const NOTHING: &str = r#"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
        {"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaValue":"0"}]}"#;
    const KEY: &str = r#"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}"#;

    #[test]
    fn a_limit_per_minute_is_waited_for_and_one_per_day_is_not() {
        let message = "You exceeded your current quota, please check your plan and billing details.";
        for (details, expected) in [
            (String::new(), RateLimited),
            (RETRY.to_owned(), RateLimited),
            (format!("{MINUTE},{RETRY}"), RateLimited),
            (format!("{DAY},{RETRY}"), Quota),
            (NOTHING.to_owned(), Quota),
        ] {
            let error = read(&with_details(429, "RESOURCE_EXHAUSTED", message, &details));
            assert_eq!(classify::category(429, &error), expected, "{details}");
            let asked = details.contains("RetryInfo").then_some(Duration::from_secs(13));
            assert_eq!(error.retry_after, asked, "{details}");
        }
    }

    #[test]
    fn a_wait_is_read_in_every_spelling_and_nonsense_asks_for_none() {
        for (delay, expected) in [
            (r#""0.5s""#, Some(Duration::from_millis(500))),
            (r#""20.044661790s""#, Some(Duration::from_nanos(20_044_661_790))),
            (r#"{"seconds":"7","nanos":5}"#, Some(Duration::new(7, 5))),
            (r#"{"seconds":7,"nanos":500000000}"#, Some(Duration::from_millis(7_500))),
            (r#""-1s""#, None),
            (r#""soon""#, None),
            (r#""1e300s""#, None),
            (r#"{"seconds":18446744073709551615,"nanos":4294967295}"#, None),
            ("7", None),
        ] {
            let detail = format!(r#"{{"@type":"google.rpc.RetryInfo","retryDelay":{delay}}}"#);
            assert_eq!(read(&with_details(429, "X", "m", &detail)).retry_after, expected, "{delay}");
        }
    }

    // Messages as the vendor's documentation and its users quote them.
    const CASES: [(u16, &str, &str, &str, ErrorCategory); 12] = [
        (
            400,
            "INVALID_ARGUMENT",
            "Request payload size exceeds the limit: 20971520 bytes.",
            "",
            ContextLength,
        ),
        (400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", KEY, Auth),
        (400, "INVALID_ARGUMENT", "something", KEY, Auth),
        (400, "INVALID_ARGUMENT", "Invalid value at 'contents'", "", BadRequest),
        (
            400,
            "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            "",
            ContextLength,
        ),
        (400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "", Auth),
        (401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "", Auth),
        (403, "PERMISSION_DENIED", "Permission denied", "", Auth),
        (404, "NOT_FOUND", "models/x is not found for API version v1beta", "", ModelNotFound),
        (500, "INTERNAL", "An internal error has occurred.", "", ErrorCategory::Server),
        (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "", Overloaded),
        (504, "DEADLINE_EXCEEDED", "Deadline expired", "", ErrorCategory::Timeout),
    ];

    #[test]
    fn every_kind_of_error_the_vendor_documents_has_its_category() {
        for (status, word, message, details, expected) in CASES {
            let body = with_details(status, word, message, details);
            assert_eq!(classify::category(status, &read(&body)), expected, "{body}");
            // In a stream the status of the response has long been sent.
            assert_eq!(fault(&body).category, expected, "{body}");
        }
    }
}
