use std::collections::HashSet;

use serde_json::{Value, json};
use sim::{Faults, Profiles, WireFormat};

use crate::{
    CLIENT, DILEMMA, decided,
    dialect::{Dialect, dialects},
    start,
};

async fn ask(dialect: Dialect, sim: &sim::Sim, body: Value) -> Value {
    dialect.request(sim, body, false).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn every_format_answers_with_a_decision_and_its_version() {
    let sim = start(Faults::none()).await;
    for dialect in dialects() {
        let answer = ask(dialect, &sim, dialect.body("sim-steadfast", &[DILEMMA], 1)).await;
        let text = dialect.text(&answer);
        assert!(matches!(decided(&text), Some(1..=5)), "{dialect:?} {answer}");
        assert_eq!(dialect.model(&answer), "sim-steadfast-2026-08-15", "{dialect:?}");
        assert!(dialect.input_tokens(&answer).0 > 20, "{dialect:?}");
    }
    let counts = sim.log().counts();
    assert_eq!((counts.succeeded, counts.per_model["sim-steadfast"]), (4, 4));
}

#[tokio::test]
async fn formats_with_a_seed_give_the_same_sample_of_the_same_model() {
    let sim = start(Faults::none()).await;
    let [chat, _, _, google] = dialects();
    for seed in 0..10 {
        let [one, other] =
            [chat, google].map(|dialect| (dialect, dialect.body("sim-balanced", &[DILEMMA], seed)));
        let one = one.0.text(&ask(one.0, &sim, one.1).await);
        assert_eq!(one, other.0.text(&ask(other.0, &sim, other.1).await));
    }
}

#[tokio::test]
async fn formats_without_a_seed_give_another_sample_each_time_and_the_same_ones_to_every_server() {
    for dialect in [Dialect(WireFormat::OpenAiResponses), Dialect(WireFormat::Anthropic)] {
        let mut runs = Vec::new();
        for _ in 0..2 {
            let sim = start(Faults::none()).await;
            let mut texts = Vec::new();
            for _ in 0..8 {
                texts.push(
                    dialect.text(&ask(dialect, &sim, dialect.body("sim-cautious", &[DILEMMA], 0)).await),
                );
            }
            runs.push(texts);
        }
        assert_eq!(runs[0], runs[1], "{dialect:?}");
        assert!(runs[0].iter().collect::<HashSet<_>>().len() > 3, "{dialect:?} {runs:?}");
    }
}

#[tokio::test]
async fn a_follow_up_stands_by_what_was_said_in_every_format() {
    let sim = start(Faults::none()).await;
    let mut profiles = Profiles::builtin();
    let profile = profiles.get_mut("sim-cautious").unwrap();
    (profile.revision_rate, profile.unreadable_rate, profile.refusal_rate) = (0.0, 0.0, 0.0);
    sim.set_profiles(profiles);
    for dialect in dialects() {
        for sample in 0..8 {
            let first =
                dialect.text(&ask(dialect, &sim, dialect.body("sim-cautious", &[DILEMMA], sample)).await);
            let turns = [DILEMMA, &first, "Would you say so again?"];
            let second =
                dialect.text(&ask(dialect, &sim, dialect.body("sim-cautious", &turns, sample)).await);
            assert!(second.contains("stand by"), "{dialect:?} {second}");
            assert_eq!(decided(&first), decided(&second), "{dialect:?}\n{first}\n{second}");
        }
    }
}

#[tokio::test]
async fn a_stream_says_what_the_whole_answer_says() {
    let sim = start(Faults::none()).await;
    for dialect in dialects() {
        let body = dialect.body("sim-utilitarian", &[DILEMMA], 3);
        // Formats without a seed repeat themselves on a server that has not been asked yet.
        let whole = dialect.text(&ask(dialect, &start(Faults::none()).await, body.clone()).await);
        let events = dialect.events(&sim, body).await;
        let streamed: String = events.iter().map(|event| dialect.delta(event)).collect();
        assert!(events.len() > 5 && !whole.is_empty(), "{dialect:?}");
        assert_eq!(streamed, whole, "{dialect:?}");
    }
}

#[tokio::test]
async fn later_turns_report_the_prefix_as_cached() {
    let sim = start(Faults::none()).await;
    let long = format!("{}{DILEMMA}", "So it is. ".repeat(600));
    for dialect in dialects() {
        let is_anthropic = dialect.0 == WireFormat::Anthropic;
        let body = |turns: &[&str]| {
            let mut body = dialect.body("sim-balanced", turns, 1);
            if is_anthropic {
                body["cache_control"] = json!({ "type": "ephemeral" });
            }
            body
        };
        let first = ask(dialect, &sim, body(&[&long])).await;
        assert_eq!(dialect.input_tokens(&first).1, 0, "{dialect:?}");
        let second = ask(dialect, &sim, body(&[&long, "3", "Sure?"])).await;
        let (input, cached) = dialect.input_tokens(&second);
        assert!(cached > 1_024, "{dialect:?} {second}");
        assert!(is_anthropic || input > cached, "{dialect:?} {second}");
        if is_anthropic {
            let plain = ask(dialect, &sim, dialect.body("sim-balanced", &[&long, "3", "Sure?"], 1)).await;
            assert_eq!(dialect.input_tokens(&plain).1, 0, "{plain}");
            assert_eq!(plain["usage"]["cache_creation_input_tokens"], 0);
            let written = &first["usage"]["cache_creation_input_tokens"];
            assert!(written.as_u64().unwrap() > 1_024, "{first}");
        }
    }
}

#[tokio::test]
async fn an_answer_fits_the_schema_that_is_asked_for_and_decides_as_in_words() {
    let sim = start(Faults::none()).await;
    let schema = json!({ "type": "object", "required": ["why", "decision"], "properties": {
        "why": { "type": "string" },
        "decision": { "type": "integer", "minimum": 1, "maximum": 5 },
    }});
    for dialect in dialects() {
        let plain = dialect.body("sim-steadfast", &[DILEMMA], 2);
        let mut asked = plain.clone();
        match dialect.0 {
            WireFormat::OpenAiChat => {
                asked["response_format"] =
                    json!({ "type": "json_schema", "json_schema": { "name": "d", "schema": schema } });
            }
            WireFormat::OpenAiResponses => {
                asked["text"]["format"] = json!({ "type": "json_schema", "name": "d", "schema": schema });
            }
            WireFormat::Anthropic => {
                asked["output_config"]["format"] = json!({ "type": "json_schema", "schema": schema });
            }
            WireFormat::Google => {
                asked["generationConfig"]["responseMimeType"] = json!("application/json");
                asked["generationConfig"]["responseSchema"] = schema.clone();
            }
        }
        let mut servers = Vec::new();
        for body in [plain, asked] {
            servers.push(dialect.text(&ask(dialect, &start(Faults::none()).await, body).await));
        }
        let answer: Value = serde_json::from_str(&servers[1]).unwrap();
        assert_eq!(answer["decision"].as_i64(), decided(&servers[0]), "{dialect:?} {servers:?}");
        assert!(answer["why"].as_str().unwrap().len() > 10 && answer.as_object().unwrap().len() == 2);
    }
    drop(sim);
}

#[tokio::test]
async fn the_list_of_models_has_the_shape_of_whoever_asks() {
    let sim = start(Faults::none()).await;
    let get = async |url: String, header: &'static str| {
        let request = CLIENT.with(reqwest::Client::clone).get(url).header(header, "2023-06-01");
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let v1 = format!("{}/models", sim.base_url());
    let openai = get(v1.clone(), "x-nothing").await;
    assert_eq!((&openai["object"], &openai["data"][0]["object"]), (&json!("list"), &json!("model")));
    let anthropic = get(v1.clone(), "anthropic-version").await;
    assert_eq!((&anthropic["has_more"], &anthropic["data"][0]["type"]), (&json!(false), &json!("model")));
    let beta = format!("{}/models", sim.base_url_of(WireFormat::Google));
    for google in [get(v1.clone(), "x-goog-api-key").await, get(beta, "x-nothing").await] {
        assert_eq!(google["models"][0]["name"], "models/sim-steadfast");
    }
    let unknown = get(format!("{v1}/nobody"), "anthropic-version").await;
    assert_eq!(unknown["error"]["type"], "not_found_error");
    assert_eq!(get(format!("{v1}/nobody"), "x-nothing").await["error"]["code"], "model_not_found");
}

#[tokio::test]
async fn google_answers_at_the_paths_of_vertex_and_streams_an_array_where_no_events_are_asked_for() {
    let sim = start(Faults::none()).await;
    let body = Dialect(WireFormat::Google).body("sim-oracle", &[DILEMMA], 1);
    let root = format!("http://{}", sim.addr());
    let post = async |path: &str| {
        let request = CLIENT.with(reqwest::Client::clone).post(format!("{root}/{path}")).json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let mut answers = Vec::new();
    for prefix in [
        "v1beta/models",
        "v1/models",
        "v1/projects/p/locations/l/publishers/google/models",
        "v1beta1/projects/p/locations/l/publishers/google/models",
    ] {
        let answer = post(&format!("{prefix}/sim-oracle:generateContent")).await;
        answers.push(answer["candidates"][0]["content"]["parts"][0]["text"].clone());
    }
    assert!(answers[0].is_string() && answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let chunks = post("v1beta/models/sim-oracle:streamGenerateContent").await;
    assert!(chunks.as_array().unwrap().len() > 2, "{chunks}");
    assert_eq!(post("v1beta/models/sim-oracle:embedContent").await["error"]["status"], "NOT_FOUND");
}
