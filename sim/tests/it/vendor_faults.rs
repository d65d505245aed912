use serde_json::{Value, json};
use sim::{Encoding, Fault, Faults, RateLimit, RetryAfter, Sim, SimOptions, WireFormat};

use crate::{
    CLIENT, DILEMMA, decided,
    dialect::{Dialect, dialects},
    start,
};

/// A fault, and its status and code from OpenAI, Anthropic and Google.
type Row = (Fault, [(u16, &'static str); 3]);

fn errors() -> Vec<Row> {
    let invalid = "invalid_request_error";
    vec![
        (
            Fault::rate_limited(1),
            [(429, "rate_limit_exceeded"), (429, "rate_limit_error"), (429, "RESOURCE_EXHAUSTED")],
        ),
        (Fault::Quota, [(429, "insufficient_quota"), (400, invalid), (429, "RESOURCE_EXHAUSTED")]),
        (Fault::Billing, [(429, "billing_not_active"), (400, invalid), (403, "PERMISSION_DENIED")]),
        (
            Fault::Unauthorized,
            [(401, "invalid_api_key"), (401, "authentication_error"), (400, "INVALID_ARGUMENT")],
        ),
        (
            Fault::Forbidden,
            [
                (403, "unsupported_country_region_territory"),
                (403, "permission_error"),
                (403, "PERMISSION_DENIED"),
            ],
        ),
        (Fault::ModelNotFound, [(404, "model_not_found"), (404, "not_found_error"), (404, "NOT_FOUND")]),
        (Fault::ContextLength, [(400, "context_length_exceeded"), (400, invalid), (400, "INVALID_ARGUMENT")]),
        (
            Fault::RequestTooLarge,
            [(413, "request_too_large"), (413, "request_too_large"), (400, "INVALID_ARGUMENT")],
        ),
        (Fault::ServerError, [(500, ""), (500, "api_error"), (500, "INTERNAL")]),
        (Fault::Unavailable, [(503, ""), (503, "api_error"), (503, "UNAVAILABLE")]),
        (Fault::Overloaded, [(529, ""), (529, "overloaded_error"), (503, "UNAVAILABLE")]),
    ]
}

fn vendor(dialect: Dialect) -> usize {
    match dialect.0 {
        WireFormat::OpenAiChat | WireFormat::OpenAiResponses => 0,
        WireFormat::Anthropic => 1,
        WireFormat::Google => 2,
    }
}

#[tokio::test]
async fn each_error_has_its_vendors_status_and_code() {
    for (fault, expected) in errors() {
        let sim = start(fault).await;
        for dialect in dialects() {
            let response = dialect.post(&sim, DILEMMA, 1).await;
            let (status, code) = expected[vendor(dialect)];
            assert_eq!(response.status().as_u16(), status, "{fault:?} {dialect:?}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(dialect.error_code(&body), code, "{fault:?} {body}");
            assert!(body["error"]["message"].is_string(), "{body}");
        }
        let counts = sim.log().counts();
        assert_eq!((counts.total, counts.succeeded, counts.per_fault[fault.name()]), (4, 0, 4), "{fault:?}");
    }
}

#[tokio::test]
async fn a_proxy_in_front_of_any_vendor_answers_with_a_page() {
    let sim = start(Fault::BadGateway).await;
    for dialect in dialects() {
        let response = dialect.post(&sim, DILEMMA, 1).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (502, &"text/html".parse().unwrap())
        );
        assert!(response.text().await.unwrap().starts_with("<html>"));
    }
    sim.set_faults(Fault::Timeout.into());
    for dialect in dialects() {
        assert_eq!(dialect.post(&sim, DILEMMA, 1).await.status().as_u16(), 504);
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_in_the_vendors_form() {
    for (retry_after, header, delay) in [
        (RetryAfter::Seconds(13), "retry-after", Some("13s")),
        (RetryAfter::Millis(250), "retry-after-ms", Some("0.250s")),
        (RetryAfter::HttpDate(60), "retry-after", None),
        (RetryAfter::None, "", None),
    ] {
        let sim = start(Fault::RateLimited { retry_after }).await;
        for dialect in dialects() {
            let response = dialect.post(&sim, DILEMMA, 1).await;
            let headers: Vec<String> = response.headers().keys().map(ToString::to_string).collect();
            let told: Vec<&String> = headers.iter().filter(|name| name.starts_with("retry-after")).collect();
            let body: Value = response.json().await.unwrap();
            let details = body["error"]["details"].as_array().cloned().unwrap_or_default();
            let info = details.iter().find_map(|detail| detail["retryDelay"].as_str());
            if dialect.0 == WireFormat::Google && delay.is_some() {
                assert_eq!((info, told.len()), (delay, 0), "{body}");
            } else {
                assert_eq!(told.first().map_or("", |name| name.as_str()), header, "{dialect:?}");
                assert_eq!(info, None, "{body}");
            }
        }
    }
}

#[tokio::test]
async fn google_tells_the_limit_of_the_day_from_that_of_the_minute() {
    let google = Dialect(WireFormat::Google);
    for (fault, name) in [(Fault::Quota, "PerDay"), (Fault::rate_limited(1), "PerMinute")] {
        let body: Value = google.post(&start(fault).await, DILEMMA, 1).await.json().await.unwrap();
        let id = body["error"]["details"][0]["violations"][0]["quotaId"].as_str().unwrap();
        assert!(id.contains(name), "{id}");
    }
}

#[tokio::test]
async fn the_limiter_refuses_every_format_with_a_wait_and_the_vendors_headers() {
    for dialect in dialects() {
        let limit = RateLimit { requests_per_minute: 1, burst: 1 };
        let sim = start(Faults { rate_limit: Some(limit), ..Faults::none() }).await;
        let admitted = dialect.post(&sim, DILEMMA, 1).await;
        assert_eq!(admitted.status().as_u16(), 200);
        let refused = dialect.post(&sim, DILEMMA, 2).await;
        assert_eq!(refused.status().as_u16(), 429, "{dialect:?}");
        match dialect.0 {
            WireFormat::Google => {
                let body: Value = refused.json().await.unwrap();
                assert!(body["error"]["details"][1]["retryDelay"].is_string(), "{body}");
            }
            WireFormat::Anthropic => {
                assert!(refused.headers().contains_key("retry-after"));
                assert_eq!(refused.headers()["anthropic-ratelimit-requests-remaining"], "0");
                let reset = refused.headers()["anthropic-ratelimit-requests-reset"].to_str().unwrap();
                assert!(reset.contains('T') && reset.ends_with('Z'), "{reset}");
                let reset = chrono::DateTime::parse_from_rfc3339(reset).unwrap();
                assert!(reset > chrono::Utc::now(), "{reset}");
            }
            _ => {
                assert!(refused.headers().contains_key("retry-after-ms"));
                assert_eq!(refused.headers()["x-ratelimit-remaining-requests"], "0");
            }
        }
    }
}

#[tokio::test]
async fn answers_end_in_each_vendors_ways() {
    for (fault, reasons) in [
        (Fault::Length, ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]),
        (Fault::ContentFilter, ["content_filter", "content_filter", "refusal", "SAFETY"]),
        (Fault::Recitation, ["content_filter", "content_filter", "refusal", "RECITATION"]),
        (Fault::ProhibitedContent, ["content_filter", "content_filter", "refusal", "PROHIBITED_CONTENT"]),
        (Fault::Refusal, ["stop", "completed", "refusal", "STOP"]),
        (Fault::Empty { null: false }, ["stop", "completed", "end_turn", "STOP"]),
        (Fault::Empty { null: true }, ["stop", "completed", "end_turn", "STOP"]),
    ] {
        let sim = start(fault).await;
        for (dialect, reason) in dialects().into_iter().zip(reasons) {
            let answer: Value = dialect.post(&sim, DILEMMA, 1).await.json().await.unwrap();
            assert_eq!(dialect.finish(&answer), reason, "{fault:?} {answer}");
            let is_cut = !matches!(fault, Fault::Refusal | Fault::Empty { .. });
            assert!(!is_cut || dialect.text(&answer).len() <= 24, "{answer}");
        }
        assert_eq!(sim.log().counts().succeeded, 4);
    }
}

#[tokio::test]
async fn a_prompt_that_is_blocked_is_told_in_each_vendors_way() {
    let sim = start(Fault::PromptBlocked).await;
    for dialect in dialects() {
        let response = dialect.post(&sim, DILEMMA, 1).await;
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        match dialect.0 {
            WireFormat::Anthropic => {
                assert_eq!(
                    (status, &body["stop_reason"], &body["content"]),
                    (200, &json!("refusal"), &json!([]))
                );
            }
            WireFormat::Google => {
                assert_eq!((status, body.get("candidates")), (200, None));
                assert!(body["promptFeedback"]["blockReason"].is_string(), "{body}");
            }
            _ => assert_eq!((status, &body["error"]["code"]), (400, &json!("content_filter"))),
        }
    }
}

#[tokio::test]
async fn a_compressed_answer_is_the_same_answer() {
    for encoding in [Encoding::Gzip, Encoding::Br] {
        for dialect in dialects() {
            let plain: Value =
                dialect.post(&start(Faults::none()).await, DILEMMA, 1).await.json().await.unwrap();
            let sim = start(Fault::Compressed { encoding }).await;
            // A client that does not decompress sees what is on the wire.
            let raw = reqwest::Client::builder().no_proxy().no_gzip().no_brotli().build().unwrap();
            let body = dialect.body("sim-balanced", &[DILEMMA], 1);
            let request = dialect.request(&sim, body, false).build().unwrap();
            let response = raw.execute(request).await.unwrap();
            assert_eq!(response.headers()["content-encoding"], encoding.name());
            assert!(serde_json::from_slice::<Value>(&response.bytes().await.unwrap()).is_err());
            let again = start(Fault::Compressed { encoding }).await;
            let read: Value = dialect.post(&again, DILEMMA, 1).await.json().await.unwrap();
            assert_eq!(dialect.text(&read), dialect.text(&plain), "{dialect:?} {encoding:?}");
            assert!(decided(&dialect.text(&read)).is_some());
        }
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_and_the_log_shows_who_follows() {
    let sim = start(Fault::Redirect).await;
    for dialect in dialects() {
        let stays = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let body = dialect.body("sim-balanced", &[DILEMMA], 1);
        let request = dialect.request(&sim, body, false).build().unwrap();
        let response = stays.build().unwrap().execute(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 307);
        assert!(response.headers()["location"].to_str().unwrap().starts_with("http://localhost:"));
    }
    assert_eq!(sim.log().counts().per_model.get("(redirected)"), None);
    let url = format!("http://{}/sim/elsewhere", sim.addr());
    CLIENT.with(reqwest::Client::clone).post(url).send().await.unwrap();
    assert_eq!(sim.log().counts().per_model["(redirected)"], 1);
}

#[tokio::test]
async fn a_stream_that_breaks_off_or_fails_ends_after_its_events() {
    for dialect in dialects() {
        let body = || dialect.body("sim-balanced", &[DILEMMA], 1);
        let sim = start(Fault::StreamEnds { after_events: 3 }).await;
        let events = dialect.events(&sim, body()).await;
        assert_eq!(events.len(), 3, "{dialect:?}");
        assert_eq!(sim.log().counts().succeeded, 0);
        sim.set_faults(Fault::StreamError { after_events: 3 }.into());
        let events = dialect.events(&sim, body()).await;
        let [.., error] = &events[..] else { panic!("no events") };
        assert_eq!(events.len(), 4, "{dialect:?}");
        let told = match dialect.0 {
            WireFormat::OpenAiChat => error["error"]["type"] == "server_error",
            WireFormat::OpenAiResponses => error["type"] == "response.failed",
            WireFormat::Anthropic => error["error"]["type"] == "overloaded_error",
            WireFormat::Google => error["error"]["status"] == "UNAVAILABLE",
        };
        assert!(told, "{error}");
        // One that would break later than it ends still lacks its end.
        sim.set_faults(Fault::StreamEnds { after_events: 9_999 }.into());
        let whole = dialect.events(&start(Faults::none()).await, body()).await;
        let cut = dialect.events(&sim, body()).await;
        assert!(cut.len() < whole.len() || dialect.0 == WireFormat::OpenAiChat, "{dialect:?}");
        assert_eq!(sim.log().counts().succeeded, 0);
        // An answer in one piece has no events to break between.
        assert_eq!(dialect.post(&sim, DILEMMA, 1).await.status().as_u16(), 200);
    }
}

#[tokio::test]
async fn broken_transport_breaks_every_format() {
    for dialect in dialects() {
        let body = || dialect.body("sim-balanced", &[DILEMMA], 1);
        let sim = start(Fault::Reset).await;
        assert!(dialect.request(&sim, body(), false).send().await.is_err());
        sim.set_faults(Fault::TruncatedBody.into());
        assert!(dialect.post(&sim, DILEMMA, 1).await.bytes().await.is_err());
        sim.set_faults(Fault::MalformedJson.into());
        assert!(dialect.post(&sim, DILEMMA, 1).await.json::<Value>().await.is_err());
        sim.set_faults(Fault::WrongContentType.into());
        assert_eq!(dialect.post(&sim, DILEMMA, 1).await.headers()["content-type"], "text/html");
        sim.set_faults(Fault::OddText.into());
        for is_stream in [false, true] {
            let text = dialect.request(&sim, body(), is_stream).send().await.unwrap().text().await.unwrap();
            assert!(text.contains(r"\u0000 \ud800 "), "{dialect:?} {text}");
            // A stream may break words.
            assert!(is_stream || text.contains("שלום"), "{dialect:?} {text}");
        }
        sim.set_faults(Fault::HugeAnswer { bytes: 2_000_000 }.into());
        let huge: Value = dialect.post(&sim, DILEMMA, 1).await.json().await.unwrap();
        assert!(dialect.text(&huge).len() > 1_900_000, "{dialect:?}");
    }
}

#[tokio::test]
async fn each_vendor_wants_its_key_in_its_place() {
    let options = SimOptions { required_key: Some("sk-sim".into()), ..SimOptions::default() };
    let sim = Sim::start(options).await.unwrap();
    for (dialect, header) in
        dialects().into_iter().zip(["authorization", "authorization", "x-api-key", "x-goog-api-key"])
    {
        let prefix = if header == "authorization" { "Bearer " } else { "" };
        let status = async |key: Option<&str>| {
            let request = dialect.request(&sim, dialect.body("sim-balanced", &[DILEMMA], 1), false);
            let request = match key {
                Some(key) => request.header(header, format!("{prefix}{key}")),
                None => request,
            };
            request.send().await.unwrap().status().as_u16()
        };
        let is_google = dialect.0 == WireFormat::Google;
        assert_eq!(status(None).await, if is_google { 403 } else { 401 });
        assert_eq!(status(Some("wrong")).await, if is_google { 400 } else { 401 });
        assert_eq!(status(Some("sk-sim")).await, 200, "{dialect:?}");
    }
}
