//! An error as Chat Completions and its relatives write it.

use std::time::{Duration, SystemTime};

use crate::{classify::VendorError, fields, fields::Fields, span::span};

/// How deep an error may be wrapped in errors. Gateways wrap once or twice.
const DEPTH_MAX: usize = 4;

/// Where the words for people stand, the most usual name first.
const WORDS: [&str; 7] =
    ["message", "detail", "msg", "status_msg", "error_message", "error_msg", "error_description"];

/// Where the machine-readable codes stand.
const CODES: [&str; 7] = ["code", "type", "status", "status_code", "statusCode", "error_code", "error_type"];

/// What encloses an error; the last is MiniMax's.
const ENVELOPES: [&str; 3] = ["error", "errors", "base_resp"];

/// What an error's body says; the body itself as the message where it says nothing known.
pub(crate) fn read(body: &str) -> VendorError {
    let mut error = of_json(body, DEPTH_MAX).unwrap_or_default();
    if error.message.is_empty() {
        error.message = body.to_owned();
    }
    error
}

/// `{"message": …, "type": …, "code": …}`, also without an envelope (Mistral, Cerebras), and
/// `{"detail": …}` (servers built on FastAPI).
pub(super) fn of_object(object: &Fields<'_>) -> VendorError {
    inner(object, DEPTH_MAX)
}

/// An error in its envelope; `None` where the text is no JSON in which one could stand.
fn of_json(json: &str, depth: usize) -> Option<VendorError> {
    let depth = depth.checked_sub(1)?;
    if let Some(text) = fields::string(json) {
        return of_json(&text, depth);
    }
    // Google's compatible address answers with a list of one.
    if let Some(elements) = fields::array(json) {
        return of_json(elements.first()?, depth);
    }
    let outer = Fields::of(json)?;
    let mut error = inner(&outer, depth);
    let enclosed = ENVELOPES.iter().find_map(|name| outer.raw(name));
    if let Some(enclosed) = enclosed {
        match fields::string(enclosed) {
            // xAI, Ollama, Hugging Face: `{"code": "…", "error": "…"}`.
            Some(words) => error.message = words,
            None => {
                // The id and the wait may stand beside the error: Alibaba; Together.
                let beside = (error.request_id.take(), error.retry_after.take());
                error = element(enclosed).map(|object| inner(&object, depth)).unwrap_or(error);
                error.request_id = error.request_id.or(beside.0).or_else(|| outer.word("id"));
                error.retry_after = error.retry_after.or(beside.1);
            }
        }
    }
    Some(error)
}

/// The object, or the first of a list of them.
fn element(json: &str) -> Option<Fields<'_>> {
    match fields::array(json) {
        Some(elements) => Fields::of(elements.first()?),
        None => Fields::of(json),
    }
}

fn inner(object: &Fields<'_>, depth: usize) -> VendorError {
    let mut codes: Vec<String> =
        CODES.into_iter().filter_map(|name| object.word(name)).filter(|code| !code.is_empty()).collect();
    // Azure says only here that its filter held the prompt back.
    codes.extend(object.object("innererror").word("code"));
    let mut message = WORDS.iter().find_map(|name| words(object.raw(name)?, depth)).unwrap_or_default();
    // OpenRouter's own words are "Provider returned error"; what happened is beside them, often
    // as the upstream's whole body.
    if let Some(upstream) = object.object("metadata").raw("raw") {
        let told = of_json(upstream, depth).filter(|error| !error.message.is_empty());
        let (words, upstream_codes) = match told {
            Some(error) => (error.message, error.codes),
            None => (fields::string(upstream).unwrap_or_else(|| upstream.to_owned()), Vec::new()),
        };
        codes.extend(upstream_codes);
        let separator = if message.is_empty() || words.is_empty() { "" } else { ": " };
        message = format!("{message}{separator}{words}");
    }
    VendorError { codes, message, retry_after: retry_delay(object), request_id: object.word("request_id") }
}

/// A message: text, or the objects and lists that some servers put in its place.
fn words(json: &str, depth: usize) -> Option<String> {
    if let Some(text) = fields::string(json) {
        return Some(text).filter(|text| !text.is_empty());
    }
    let depth = depth.checked_sub(1)?;
    if let Some(elements) = fields::array(json) {
        let told: Vec<String> = elements.into_iter().filter_map(|element| words(element, depth)).collect();
        return (!told.is_empty()).then(|| told.join("; "));
    }
    let object = Fields::of(json)?;
    let told = WORDS.iter().find_map(|name| words(object.raw(name)?, depth));
    let told = told.or_else(|| Some(json.to_owned()))?;
    // A complaint about one field of the request: `{"loc": ["body", "messages"], "msg": …}`.
    let place = object.array("loc").unwrap_or_default();
    let place: Vec<String> =
        place.into_iter().map(|part| fields::string(part).unwrap_or_else(|| part.to_owned())).collect();
    Some(if place.is_empty() { told } else { format!("{}: {told}", place.join(".")) })
}

/// The wait that an error asks for: Google's, also by its compatible address, as
/// `{"retryDelay": "13.5s"}`; a number of seconds; and OpenRouter's as the headers that it would
/// have sent.
fn retry_delay(object: &Fields<'_>) -> Option<Duration> {
    let metadata = object.object("metadata");
    let seconds = |object: &Fields<'_>| {
        let seconds =
            ["retry_after", "retry_after_seconds"].into_iter().find_map(|name| object.word(name))?;
        Duration::try_from_secs_f64(seconds.trim().parse().ok()?).ok()
    };
    let until_reset = || {
        let headers = metadata.object("headers");
        span(headers.word("X-RateLimit-Reset")?.trim(), SystemTime::now())
    };
    delay(object).or_else(|| seconds(object)).or_else(|| seconds(&metadata)).or_else(until_reset)
}

fn delay(object: &Fields<'_>) -> Option<Duration> {
    let details = object.array("details")?;
    let delay = details.into_iter().find_map(|detail| Fields::of(detail)?.string("retryDelay"))?;
    Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
}

/// Whether a body without an answer, of status 200, says that something went wrong.
pub(crate) fn is_error(outer: &Fields<'_>) -> bool {
    let says = |name, word: &str| outer.word(name).is_some_and(|told| told.eq_ignore_ascii_case(word));
    let has = |names: &[&str]| names.iter().any(|name| outer.raw(name).is_some());
    has(&ENVELOPES)
        || says("object", "error")
        || says("type", "error")
        || says("success", "false")
        || has(&["code", "status", "status_code", "statusCode"]) && has(&WORDS)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::read;
    use crate::classify::Fault;

    #[test]
    fn an_error_is_read_from_every_shape_a_relative_sends() {
        for (body, codes, message) in [
            (r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#, &["c", "t"][..], "m"),
            (r#"{"error":{"message":"m","type":"t","code":null}}"#, &["t"], "m"),
            (r#"{"error":{"code":"1211","message":"m"}}"#, &["1211"], "m"),
            (
                r#"{"error":{"message":"m","code":429,"metadata":{"raw":"r"}},"user_id":"u"}"#,
                &["429"],
                "m: r",
            ),
            (
                r#"{"error":{"message":"m","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"r\",\"code\":\"context_length_exceeded\"}}"}}}"#,
                &["400", "context_length_exceeded"],
                "m: r",
            ),
            (r#"{"error":{"message":"m","metadata":{"raw":{"detail":"r"}}}}"#, &[], "m: r"),
            (
                r#"{"error":{"message":"m","type":"t","code":"json_validate_failed","failed_generation":"{"}}"#,
                &["json_validate_failed", "t"],
                "m",
            ),
            (
                r#"{"object":"error","message":"m","type":"invalid_model","code":"1500"}"#,
                &["1500", "invalid_model"],
                "m",
            ),
            (
                r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"m"}]},"code":3200}"#,
                &["3200"],
                "body.seed: m",
            ),
            (r#"{"message":"m","type":"t","param":"p","code":"c"}"#, &["c", "t"], "m"),
            (r#"{"code":"c","error":"m"}"#, &["c"], "m"),
            (r#"{"error":"m"}"#, &[], "m"),
            (r#"{"error":["m"]}"#, &[], r#"{"error":["m"]}"#),
            (r#"{"success":false,"errors":[{"code":7003,"message":"m"}]}"#, &["7003"], "m"),
            (r#"[{"error":{"code":400,"message":"m","status":"S"}}]"#, &["400", "S"], "m"),
            (r#""{\"error\":{\"message\":\"m\"}}""#, &[], "m"),
            (r#"{"detail":"m"}"#, &[], "m"),
            (r#"{"detail":[{"loc":["body",0],"msg":"m"},{"msg":"n"}]}"#, &[], "body.0: m; n"),
            ("<h1>m</h1>", &[], "<h1>m</h1>"),
            ("[1]", &[], "[1]"),
            ("\"m\"", &[], "\"m\""),
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

    #[test]
    fn a_prompt_that_azure_held_back_is_told_by_its_inner_code() {
        let body = r#"{"error":{"message":"m","type":null,"param":"prompt","code":"content_filter","status":400,
            "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{}}}}"#;
        let error = read(body);
        assert_eq!(error.codes, ["content_filter", "400", "ResponsibleAIPolicyViolation"]);
        assert_eq!(Fault::of_vendor(Some(400), error).filter.as_deref(), Some("content_filter"));
    }

    #[test]
    fn the_wait_that_a_body_asks_for_is_read() {
        let body = |delay: &str| {
            format!(r#"[{{"error":{{"code":429,"details":[{{"@type":"x"}},{{"retryDelay":"{delay}"}}]}}}}]"#)
        };
        assert_eq!(read(&body("13.5s")).retry_after, Some(Duration::from_millis(13_500)));
        for nonsense in ["", "s", "-1s", "1e300s", "soon"] {
            assert_eq!(read(&body(nonsense)).retry_after, None, "{nonsense}");
        }
    }

    #[test]
    fn the_id_beside_an_error_is_read_like_the_one_within() {
        for body in [
            r#"{"error":{"message":"m","code":"c"},"request_id":"r"}"#,
            r#"{"id":"r","error":{"message":"m","code":"c"}}"#,
            r#"{"id":"i","error":{"message":"m","request_id":"r"}}"#,
            r#"{"message":"m","request_id":"r"}"#,
        ] {
            assert_eq!(read(body).request_id.as_deref(), Some("r"), "{body}");
        }
    }

    #[test]
    fn a_wait_is_found_under_every_name() {
        for (body, wait) in [
            (r#"{"error":{"message":"m","retry_after":7}}"#, 7_000),
            (r#"{"error":{"message":"m","metadata":{"retry_after_seconds":1.5}}}"#, 1_500),
        ] {
            assert_eq!(read(body).retry_after, Some(Duration::from_millis(wait)), "{body}");
        }
    }

    #[test]
    fn openrouter_says_in_the_body_when_the_limit_is_lifted() {
        let reset = std::time::SystemTime::now() + Duration::from_secs(3_600);
        let reset = reset.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        let body = format!(
            r#"{{"error":{{"message":"Rate limit exceeded: free-models-per-min. ","code":429,"metadata":{{"headers":
            {{"X-RateLimit-Limit":"20","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"{reset}"}},"provider_name":null}}}}}}"#
        );
        let wait = read(&body).retry_after.unwrap();
        assert!((3_500..=3_600).contains(&wait.as_secs()), "{wait:?}");
    }

    #[test]
    fn errors_wrapped_without_end_are_read_as_far_as_is_sensible() {
        let deep = format!("{}{}", r#"{"message":["#.repeat(60), "]}".repeat(60));
        assert!(deep.contains(&read(&deep).message));
    }

    proptest! {
        #[test]
        fn no_json_makes_reading_an_error_panic(
            body in r#"(\{|\[|"error":|"message":|"detail":|"metadata":\{"raw":|"loc":|"\\"|"x"|,|:|\}|\]|1|null){0,14}"#
        ) {
            let error = read(&body);
            prop_assert_eq!(error.message.is_empty(), body.is_empty());
        }
    }
}
