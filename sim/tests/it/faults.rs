use std::time::{Duration, SystemTime};

use sim::{Fault, FaultRule, Faults, RateLimit, RetryAfter, Sim};

use crate::{DILEMMA, ask, body, post, start};

async fn answer_to(fault: Fault) -> (Sim, reqwest::Response) {
    let sim = start(fault).await;
    let response = post(&sim, &body("sim-balanced", DILEMMA, 1)).await.unwrap();
    (sim, response)
}

#[tokio::test]
async fn each_error_has_its_status_and_the_vendors_code() {
    for (fault, status, code) in [
        (Fault::rate_limited(1), 429, Some("rate_limit_exceeded")),
        (Fault::Quota, 429, Some("insufficient_quota")),
        (Fault::Unauthorized, 401, Some("invalid_api_key")),
        (Fault::Forbidden, 403, Some("unsupported_country_region_territory")),
        (Fault::ContextLength, 400, Some("context_length_exceeded")),
        (Fault::ServerError, 500, None),
        (Fault::Unavailable, 503, None),
        (Fault::Overloaded, 529, None),
    ] {
        let (_sim, response) = answer_to(fault).await;
        assert_eq!(response.status().as_u16(), status);
        let error: serde_json::Value = response.json().await.unwrap();
        assert_eq!(error["error"]["code"].as_str(), code, "{fault:?}");
    }
    let (_sim, response) = answer_to(Fault::BadGateway).await;
    assert_eq!(response.status().as_u16(), 502);
    assert!(response.text().await.unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_in_the_form_asked_for() {
    let header = async |retry_after, name: &str| {
        let (_sim, response) = answer_to(Fault::RateLimited { retry_after }).await;
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(RetryAfter::Seconds(7), "retry-after").await.as_deref(), Some("7"));
    assert_eq!(header(RetryAfter::Millis(250), "retry-after-ms").await.as_deref(), Some("250"));
    assert_eq!(header(RetryAfter::None, "retry-after").await, None);
    let date = header(RetryAfter::HttpDate(100), "retry-after").await.unwrap();
    let wait = httpdate::parse_http_date(&date).unwrap().duration_since(SystemTime::now());
    assert!(wait.unwrap() > Duration::from_secs(50));
}

#[tokio::test]
async fn a_reset_gives_no_answer_at_all() {
    let sim = start(Fault::Reset).await;
    let error = post(&sim, &body("sim-balanced", DILEMMA, 1)).await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(sim.log().counts().cut, 1);
}

#[tokio::test]
async fn a_truncated_body_ends_before_its_announced_length() {
    let (sim, mut response) = answer_to(Fault::TruncatedBody).await;
    let announced = response.content_length().unwrap();
    let mut received = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received += chunk.len() as u64,
            Ok(None) => panic!("the body ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert!(received > 0 && received < announced, "{received} of {announced}: {error}");
    assert_eq!(sim.log().counts().succeeded, 0);
}

#[tokio::test]
async fn a_malformed_body_is_no_json_and_no_success() {
    let (sim, response) = answer_to(Fault::MalformedJson).await;
    assert_eq!(response.status().as_u16(), 200);
    assert!(response.json::<serde_json::Value>().await.is_err());
    assert_eq!(sim.log().counts().succeeded, 0);
}

#[tokio::test]
async fn a_wrong_content_type_carries_the_right_body() {
    let (_sim, response) = answer_to(Fault::WrongContentType).await;
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.json::<serde_json::Value>().await.is_ok());
}

#[tokio::test]
async fn a_hanging_call_ends_in_the_log_when_its_client_leaves() {
    let sim = start(Fault::Hang).await;
    let request = body("sim-balanced", DILEMMA, 1);
    tokio::select! {
        _ = post(&sim, &request) => panic!("a hanging call was answered"),
        _ = async { sim.log().wait_for(|counts| counts.in_flight == 1).await } => {}
    }
    let counts = sim.log().wait_for(|counts| counts.in_flight == 0).await;
    assert_eq!((counts.abandoned, counts.answered), (1, 0));
}

#[tokio::test]
async fn stopping_the_server_ends_a_hanging_call() {
    let sim = start(Fault::Hang).await;
    let (log, request) = (sim.log(), body("sim-balanced", DILEMMA, 1));
    let url = format!("{}/chat/completions", sim.base_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = tokio::spawn(client.post(url).json(&request).send());
    log.wait_for(|counts| counts.in_flight == 1).await;
    sim.shutdown().await;
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn a_slow_drip_arrives_in_many_pieces_and_whole() {
    let (_sim, mut response) = answer_to(Fault::SlowDrip { interval_ms: 1 }).await;
    let (mut pieces, mut whole) = (0, Vec::new());
    while let Some(chunk) = response.chunk().await.unwrap() {
        pieces += 1;
        whole.extend_from_slice(&chunk);
    }
    assert!(pieces > 20, "{pieces}");
    assert!(serde_json::from_slice::<serde_json::Value>(&whole).is_ok());
}

#[tokio::test]
async fn answers_end_in_the_ways_models_end_them() {
    let choice = async |fault| {
        let (_sim, response) = answer_to(fault).await;
        let answer: serde_json::Value = response.json().await.unwrap();
        answer["choices"][0].clone()
    };
    let refused = choice(Fault::Refusal).await;
    assert!(refused["message"]["refusal"].is_string() && refused["message"]["content"].is_null());
    assert_eq!(choice(Fault::ContentFilter).await["finish_reason"], "content_filter");
    assert_eq!(choice(Fault::Length).await["finish_reason"], "length");
    assert_eq!(choice(Fault::Empty { null: false }).await["message"]["content"], "");
    assert!(choice(Fault::Empty { null: true }).await["message"]["content"].is_null());
    let huge = choice(Fault::huge_answer()).await;
    assert!(huge["message"]["content"].as_str().unwrap().len() > 9_900_000);
}

#[tokio::test]
async fn odd_text_has_what_a_string_cannot_hold() {
    let (_sim, response) = answer_to(Fault::OddText).await;
    let text = response.text().await.unwrap();
    assert!(text.contains(r#""content":"\u0000 \ud800 "#), "{text}");
    assert!(text.contains("שלום") && text.contains("👩‍👩‍👧‍👦"));
}

#[tokio::test]
async fn rules_narrow_by_model_body_turn_and_text() {
    let sim = start(Faults::none()).await;
    let status = async |model: &str, prompt: &str| {
        post(&sim, &body(model, prompt, 1)).await.unwrap().status().as_u16()
    };
    let rule = || FaultRule::always(Fault::ServerError);
    sim.set_faults(Faults::one(rule().for_model("sim-cautious")));
    assert_eq!((status("sim-cautious", "a").await, status("sim-oracle", "a").await), (500, 200));
    sim.set_faults(Faults::one(rule().first_n(1)));
    assert_eq!((status("sim-oracle", "b").await, status("sim-oracle", "c").await), (500, 200));
    sim.set_faults(Faults::one(rule().first_n_of_body(1)));
    assert_eq!((status("sim-oracle", "d").await, status("sim-oracle", "d").await), (500, 200));
    sim.set_faults(Faults::one(rule().when_prompt_contains("bad")));
    assert_eq!((status("sim-oracle", "bad").await, status("sim-oracle", "e").await), (500, 200));
    sim.set_faults(Faults::one(rule().on_turn(2)));
    assert_eq!(status("sim-oracle", "f").await, 200);
}

#[tokio::test]
async fn a_rate_of_faults_strikes_the_same_calls_on_every_server() {
    let rule = || Faults::one(FaultRule::always(Fault::ServerError).at_rate(0.3));
    let (one, other) = (start(rule()).await, start(rule()).await);
    let mut failed = 0;
    for seed in 0..100 {
        let request = body("sim-oracle", "a", seed);
        let status = post(&one, &request).await.unwrap().status();
        assert_eq!(status, post(&other, &request).await.unwrap().status());
        failed += u32::from(!status.is_success());
    }
    assert!((15..45).contains(&failed), "{failed}");
}

#[tokio::test]
async fn the_limiter_answers_429_once_its_burst_is_used_up() {
    let sim =
        start(Faults { rate_limit: Some(RateLimit { requests_per_minute: 1, burst: 2 }), ..Faults::none() })
            .await;
    for seed in 0..2 {
        assert!(ask(&sim, &body("sim-oracle", "a", seed)).await["id"].is_string());
    }
    let response = post(&sim, &body("sim-oracle", "a", 2)).await.unwrap();
    assert_eq!(response.status().as_u16(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}
