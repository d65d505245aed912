//! Each rule, the order between them, and nonsense.

use proptest::prelude::*;

use super::{
    Category, Failure, diagnose, rule_named,
    rules::{RULES, STOPPED},
};

fn cause(category: Option<&str>, message: &str) -> &'static str {
    diagnose(Failure { category, message }, None).rule.cause
}

#[test]
fn the_taxonomy_decides_and_the_words_say_more() {
    for (category, message, expected) in [
        ("timeout", "no response within 30 s", "timeout"),
        ("timeout", "no connection in time: operation timed out", "timeout_connect"),
        ("timeout", "the answer was not complete within 300 s", "timeout_incomplete"),
        ("timeout", "the program did not end within 5 s", "timeout_program"),
        ("timeout", "401 expected", "timeout"),
        ("connection", "no connection: dns error: failed to lookup address information", "connection_dns"),
        ("connection", "no connection: invalid peer certificate: UnknownIssuer", "connection_tls"),
        ("connection", "no connection: unsuccessful tunnel", "connection_proxy"),
        ("connection", "no connection: Connection refused (os error 111)", "connection_refused"),
        (
            "connection",
            "the connection broke before an answer came: Connection reset by peer",
            "connection_broken",
        ),
        ("connection", "./ask cannot be started: No such file or directory", "connection_program"),
        ("connection", "no connection: it is dark", "connection"),
        ("auth", "Incorrect API key provided", "key"),
        ("auth", "User location is not supported for the API use.", "permission"),
        ("auth", "no", "auth"),
        ("quota", "You exceeded your current quota, please check your plan and billing details.", "quota"),
        ("billing", "Your credit balance is too low", "billing"),
        ("context_length", "This model's maximum context length is 8192 tokens", "context_length"),
        ("model_not_found", "The model `x` does not exist", "model_not_found"),
        (
            "bad_request",
            "The response was filtered due to the prompt triggering the content management policy",
            "content_filter",
        ),
        ("bad_request", "Unsupported value: 'temperature' does not support 0.2", "parameter"),
        (
            "bad_request",
            "the provider redirects to https://x/; redirects are not followed, correct base_url",
            "redirect",
        ),
        ("bad_request", "no", "bad_request"),
        ("malformed", "the answer is larger than the limit of 10485760 bytes", "too_large"),
        ("malformed", "the answer is not a JSON object: <html>502 Bad Gateway", "malformed"),
        ("malformed", "the stream holds no answer: ", "malformed"),
        ("storage", "The answer could not be stored; the worker's log says why.", "storage"),
        ("rate_limited", "Please slow down.", "rate_limited"),
        ("overloaded", "busy", "overloaded"),
        (
            "worker_lost",
            "The worker that held this probe stopped answering; its lease lapsed.",
            "worker_lost",
        ),
        ("server", "The server had an error while processing your request", "server"),
        ("server", "expected 200", "server"),
        ("rejected", "The run was rejected before this probe was asked.", "rejected"),
        ("deadline", "The run's deadline passed before this probe was asked.", "deadline"),
        ("of_tomorrow", "nobody knows", "unknown"),
    ] {
        assert_eq!(cause(Some(category), message), expected, "{category}: {message}");
    }
}

#[test]
fn programs_and_test_suites_are_read_by_their_words() {
    for (message, expected) in [
        ("the program ended with exit status: 1: Traceback\nTimeoutError: timed out", "timeout"),
        (
            "the program ended with exit status: 1: ConnectionRefusedError: [Errno 111] Connection refused",
            "connection_refused",
        ),
        (
            "the program ended with exit status: 1: socket.gaierror: Name or service not known",
            "connection_dns",
        ),
        ("the program ended with exit status: 1: openai.AuthenticationError: Error code: 401", "key"),
        ("the program ended with exit status: 1: HTTP 403 Forbidden", "permission"),
        ("the program ended with exit status: 1: ModuleNotFoundError: No module named 'torch'", "missing"),
        ("the program ended with exit status: 1: json.decoder.JSONDecodeError: Expecting value", "malformed"),
        ("the program ended with exit status: 2: 429 Too Many Requests", "rate_limited"),
        ("the program ended with signal: 9 (SIGKILL)", "program_failed"),
        ("the program ended with exit status: 3", "program_failed"),
    ] {
        assert_eq!(cause(Some("server"), message), expected, "{message}");
    }
    for (message, expected) in [
        ("playwright._impl._errors.TimeoutError: Locator.click: Timeout 30000ms exceeded.", "timeout"),
        ("net::ERR_CONNECTION_REFUSED at http://localhost:3000", "connection"),
        ("AssertionError: expected 200, got 401", "key"),
        ("AssertionError: expected status 200 but was 403", "permission"),
        ("sqlalchemy.exc.IntegrityError: duplicate key value", "constraint"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'", "missing"),
        ("selenium.StaleElementReferenceException: stale element reference", "unsteady"),
        ("assert 3 == 4", "assertion"),
        ("expect(received).toBe(expected)\nExpected: 1\nReceived: 2", "assertion"),
        ("thread 'main' panicked at src/lib.rs:4: assertion `left == right` failed", "assertion"),
        ("HTTP 500 Internal Server Error", "server"),
        ("Bad Request", "invalid_request"),
        ("", "unknown"),
        ("¯\\_(ツ)_/¯", "unknown"),
    ] {
        assert_eq!(cause(None, message), expected, "{message}");
    }
}

#[test]
fn the_order_is_timeout_connection_auth_data_flaky_assertion() {
    let messages = [
        ("timed out", Category::Timeout),
        ("connection refused", Category::Connection),
        ("401 unauthorized", Category::Auth),
        ("invalid json", Category::Data),
        ("429 too many requests", Category::Flaky),
        ("expected 1, got 2", Category::Assertion),
    ];
    for (index, (first, expected)) in messages.iter().enumerate() {
        for (second, _) in &messages[index..] {
            for message in [format!("{first}; {second}"), format!("{second}\n{first}")] {
                let found = diagnose(Failure { category: None, message: &message }, None);
                assert_eq!(found.rule.category, *expected, "{message}");
            }
        }
    }
    let order: Vec<Category> = RULES.iter().map(|rule| rule.category).collect();
    assert!(order.is_sorted(), "the table is in the order in which it is asked");
}

#[test]
fn a_number_in_another_number_or_word_is_no_status() {
    for message in ["took 1401 ms", "4,015 rows", "version 1.401", "0.429 of it", "x403y", "error401"] {
        assert_eq!(cause(None, message), "unknown", "{message}");
    }
    for message in ["(401)", "401.", "status=401,", "HTTP/1.1 401"] {
        assert_eq!(cause(None, message), "key", "{message}");
    }
}

#[test]
fn every_rule_can_be_reached_and_says_what_to_do() {
    let all = || RULES.iter().chain(&STOPPED);
    for rule in all() {
        assert_eq!(all().filter(|other| other.cause == rule.cause).count(), 1, "{}", rule.cause);
        assert!(std::ptr::eq(rule_named(rule.cause), rule));
        assert!(rule.words.iter().all(|words| *words == words.to_lowercase()), "{}", rule.cause);
        let advice = super::what_to_do(rule, None);
        assert!(advice.ends_with('.') && !advice.contains("not known to this"), "{}: {advice}", rule.cause);
        // Alone, each of its words leads to it: none is hidden by a rule before.
        let by_words = rule.words.iter().map(|words| (None, words.replace('*', "")));
        let by_category =
            rule.of.iter().map(|word| (Some(*word), rule.words.first().unwrap_or(&"x").replace('*', "")));
        for (category, message) in by_words.chain(by_category) {
            assert_eq!(cause(category, &message), rule.cause, "{category:?} {message}");
        }
    }
}

#[test]
fn evidence_is_the_lines_that_matter_without_secrets() {
    let message = "the program ended with exit status: 1: starting\nloading 1\nloading 2\nloading 3\n\
        Traceback (most recent call last):\n  File \"a.py\", line 3\n\
        openai.AuthenticationError: 401 Incorrect API key provided: sk-abcdef1234567890\nbye";
    let found = diagnose(Failure { category: Some("server"), message }, None);
    assert_eq!(found.rule.cause, "key");
    assert_eq!(
        found.evidence,
        ["openai.AuthenticationError: 401 Incorrect API key provided: [redacted]", "bye"]
    );
    let long = "x".repeat(100_000);
    let found = diagnose(Failure { category: None, message: &long }, None);
    assert_eq!(found.evidence[0].chars().count(), 300);
    let two = diagnose(Failure { category: None, message: "one\n\n two\u{202e}\u{7} " }, None);
    assert_eq!(two.evidence, ["one", "two"]);
}

#[test]
fn what_is_to_be_done_names_the_provider() {
    let provider = entity::provider::Model {
        id: "openai".into(),
        display_name: "OpenAI".into(),
        wire_format: "openai_chat".into(),
        is_key_required: true,
        key_variable: Some("OPENAI_API_KEY".into()),
    };
    let failure = Failure { category: Some("auth"), message: "Incorrect API key" };
    assert!(diagnose(failure, Some(&provider)).what_to_do.contains("OPENAI_API_KEY"));
    assert!(diagnose(failure, None).what_to_do.starts_with("The provider refuses the key"));
}

proptest! {
    #[test]
    fn nothing_that_is_said_breaks_it(category in proptest::option::of("[a-z_]{0,12}"), message in "(?s).{0,400}") {
        let found = diagnose(Failure { category: category.as_deref(), message: &message }, None);
        prop_assert!(found.evidence.len() <= 5);
        prop_assert!(found.evidence.iter().all(|line| line.chars().count() <= 300 && !line.contains('\n')));
    }

    #[test]
    fn nor_does_a_mixture_of_its_own_words(parts in proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(RULES.iter().flat_map(|rule| rule.words).copied().collect::<Vec<_>>())
                .prop_map(str::to_owned),
            "[\\PC\\n]{0,20}",
        ], 0..30)) {
        let message = parts.concat();
        let first = diagnose(Failure { category: Some("server"), message: &message }, None);
        let again = diagnose(Failure { category: Some("server"), message: &message }, None);
        prop_assert_eq!(first.rule.cause, again.rule.cause);
        prop_assert_eq!(first.evidence, again.evidence);
    }

    #[test]
    fn a_key_is_never_shown(head in "[ -~]{0,40}", key in "sk-[A-Za-z0-9]{20,40}1", tail in "[ -~]{0,40}") {
        let message = format!("{head} {key} {tail}");
        let found = diagnose(Failure { category: Some("auth"), message: &message }, None);
        prop_assert!(!found.evidence.concat().contains(&key));
    }
}
