//! Answers of every kind, in every dialect.

use providers::{Finish, Message, ProviderRequest, Usage};
use serde_json::Value;

use super::{
    client,
    dialect::{DIALECTS, Ending},
};
use crate::server::{request, serve, serve_always};

#[tokio::test]
async fn an_answer_is_read_with_who_gave_it_why_it_ended_and_what_it_took() {
    for dialect in &DIALECTS {
        let body = (dialect.answer)("hi\n there ", Ending::Stop);
        let headers = [("x-request-id", "r1"), ("content-type", "application/json")];
        let url = serve_always(200, &headers, body.to_string()).await;
        let reply = client(dialect, &url).converse(&request()).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.finish), ("hi\n there ", Finish::Stop), "{:?}", dialect.kind);
        assert_eq!((reply.model_version.as_deref(), reply.request_id.as_deref()), (Some("m-1"), Some("r1")));
        let usage = Usage {
            input: Some(30),
            cached_input: Some(20),
            output: Some(12),
            reasoning: Some(5),
            cache_write: reply.usage.cache_write.filter(|tokens| *tokens == 0),
        };
        assert_eq!(reply.usage, usage, "{:?}", dialect.kind);
        assert_eq!(serde_json::from_slice::<Value>(&reply.raw_body).unwrap(), body);
        assert_eq!((reply.reasoning, reply.first_token, reply.omitted.len()), (None, None, 0));
        assert!(reply.first_byte <= reply.total);
    }
}

#[tokio::test]
async fn refused_filtered_cut_off_and_empty_answers_are_answers() {
    for dialect in &DIALECTS {
        for (ending, text) in
            [(Ending::Refusal, "no"), (Ending::Filtered, "par"), (Ending::Length, "par"), (Ending::Stop, "")]
        {
            let finish = match (ending, dialect.kind.as_str()) {
                // Vendors with one word for both.
                (Ending::Filtered, "anthropic_messages") => Finish::Refusal,
                (Ending::Refusal, "google_generate_content") => Finish::ContentFilter,
                (Ending::Refusal, _) => Finish::Refusal,
                (Ending::Filtered, _) => Finish::ContentFilter,
                (Ending::Length, _) => Finish::Length,
                (Ending::Stop, _) => Finish::Stop,
            };
            let url = serve_always(200, &[], (dialect.answer)(text, ending).to_string()).await;
            let reply = client(dialect, &url).converse(&request()).await.unwrap();
            let read = (reply.text.as_str(), reply.finish);
            assert_eq!(read, (text, finish), "{:?} {ending:?}", dialect.kind);
            assert!(reply.finish_raw.is_some());
        }
    }
}

#[tokio::test]
async fn a_conversation_is_sent_whole_and_in_order_with_its_system_prompt() {
    for dialect in &DIALECTS {
        let said = dialect.said;
        let echo = dialect.answer;
        let url = serve(move |_, body| {
            let said = said(&serde_json::from_slice(&body).unwrap());
            let said: Vec<String> = said.into_iter().map(|(role, text)| format!("{role}={text}")).collect();
            axum::http::Response::new(echo(&said.join("|"), Ending::Stop).to_string().into())
        })
        .await;
        let earlier = (dialect.answer)("first \"answer\"", Ending::Stop).to_string();
        for raw_body in [None, Some(earlier.into())] {
            let asked = ProviderRequest {
                system: Some("be brief".to_owned()),
                messages: vec![
                    Message::user("one"),
                    Message::assistant("first \"answer\"", raw_body),
                    Message::user("two 😀"),
                ],
                ..request()
            };
            let reply = client(dialect, &url).converse(&asked).await.unwrap();
            assert_eq!(
                reply.text, "system=be brief|user=one|assistant=first \"answer\"|user=two 😀",
                "{:?}",
                dialect.kind
            );
        }
    }
}

#[tokio::test]
async fn what_text_cannot_hold_is_replaced_flagged_and_kept_in_the_raw_body() {
    for dialect in &DIALECTS {
        let whole = (dialect.answer)("@@", Ending::Stop).to_string();
        let (before, after) = whole.split_once("@@").unwrap();
        for content in [&b"a\\ud800b"[..], b"a\\u0000b", b"a\xFFb"] {
            let body = [before.as_bytes(), content, after.as_bytes()].concat();
            let url = serve_always(200, &[], body.clone()).await;
            let reply = client(dialect, &url).converse(&request()).await.unwrap();
            assert_eq!(
                (reply.text.as_str(), reply.text_is_altered),
                ("a\u{FFFD}b", true),
                "{:?}",
                dialect.kind
            );
            assert_eq!(reply.raw_body, body);
        }
    }
}

#[tokio::test]
async fn ten_megabytes_of_emoji_survive_the_trip() {
    let text = "😀".repeat(2_500_000);
    for dialect in &DIALECTS {
        let whole = (dialect.answer)("@@", Ending::Stop).to_string();
        let body = whole.replace("@@", &"\\ud83d\\ude00".repeat(2_500_000));
        let url = serve_always(200, &[], body).await;
        let reply = client(dialect, &url).converse(&request()).await.unwrap();
        assert!(reply.text == text && !reply.text_is_altered, "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn hundreds_of_calls_are_in_flight_at_once_and_none_is_mixed_up_with_another() {
    for dialect in &DIALECTS {
        let (said, echo) = (dialect.said, dialect.answer);
        let url = serve(move |_, body| {
            let said = said(&serde_json::from_slice(&body).unwrap());
            axum::http::Response::new(echo(&said[0].1, Ending::Stop).to_string().into())
        })
        .await;
        let provider = client(dialect, &url);
        let calls = (0..300).map(|number| {
            let provider = &provider;
            async move {
                let asked =
                    ProviderRequest { messages: vec![Message::user(number.to_string())], ..request() };
                provider.converse(&asked).await.unwrap().text == number.to_string()
            }
        });
        assert!(futures::future::join_all(calls).await.into_iter().all(|is_own| is_own));
    }
}

#[tokio::test]
async fn a_check_asks_for_the_models_and_not_for_an_answer() {
    for dialect in &DIALECTS {
        let list = match dialect.kind.as_str() {
            "google_generate_content" => r#"{"models":[{"name":"models/a"},{"name":"models/b"}]}"#,
            _ => r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":false}"#,
        };
        let url = serve_always(200, &[], list).await;
        let check = client(dialect, &url).check().await.unwrap();
        assert_eq!(check.model_ids, Some(vec!["a".to_owned(), "b".to_owned()]), "{:?}", dialect.kind);
        assert_eq!(check.is_key_accepted, Some(true));
    }
}
