//! One run over every wire format and a program at once, and what it costs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Site, WALLET, text};

on_both_databases!(
    a_run_over_every_wire_format_at_once_is_whole_column_by_column,
    long_prompts_cached_tokens_and_plain_ones_cost_what_their_tiers_say
);

/// A provider that the simulated models are reached by, in its own wire format.
const PROVIDERS: [(&str, &str, &str); 4] = [
    ("chat", "openai_chat", "/v1"),
    ("responses", "openai_responses", "/v1"),
    ("messages", "anthropic_messages", "/v1"),
    ("gemini", "google_generate_content", "/v1beta"),
];

/// Dollars per million tokens; above 1,600 tokens of prompt the higher tier holds.
const PRICES: &str = r#"[
  { from = "2026-01-01", input_usd = 2.0, cached_input_usd = 0.5, output_usd = 8.0 },
  { from = "2026-01-01", above_input_tokens = 1600, input_usd = 4.0, cached_input_usd = 1.0, output_usd = 12.0 },
]"#;

fn configure(site: &Site) {
    let origin = site.sim.base_url().trim_end_matches("/v1").to_owned();
    let mut toml = String::new();
    for (id, format, path) in PROVIDERS {
        toml.push_str(&format!(
            "[providers.{id}]\nwire_format = \"{format}\"\nbase_url = \"{origin}{path}\"\nis_key_required = false\n\
             stream = {stream}\n\
             [models.\"{id}/sim-balanced\"]\nversions = [\"sim-balanced-2026-03-10\"]\n\
             default_version = \"sim-balanced-2026-03-10\"\nprices = {PRICES}\n",
            stream = id == "messages" || id == "gemini",
        ));
    }
    let program = site.write(
        "agent.py",
        "import json, sys\nasked = json.load(sys.stdin)\n\
         json.dump({'text': 'I keep it.\\nDecision: keep', 'model_version': asked['model'] + '-3',\n\
         'usage': {'input': 10, 'output': 5}}, sys.stdout)\n",
    );
    toml.push_str(&format!(
        "[providers.agent]\nwire_format = \"command\"\ncommand = {{ program = \"python3\", arguments = [{:?}] }}\n",
        program.display().to_string()
    ));
    site.write("probity.toml", toml);
}

async fn a_run_over_every_wire_format_at_once_is_whole_column_by_column(site: Site) {
    configure(&site);
    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(WALLET).await;
    let models: Vec<String> = PROVIDERS.iter().map(|(id, ..)| format!("{id}/sim-balanced")).collect();
    let mut names: Vec<&str> = models.iter().map(String::as_str).collect();
    names.push("agent/mine");
    let run = api.start(&definition, &names, json!({"temperature": 0.5, "maxTokens": 400})).await;
    let ended = api.finish(&run).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");

    let csv = api.csv(&run, "").await;
    let rows = csv.rows();
    assert_eq!(rows.len(), 32 * 5);
    let fields =
        "id modelVersion outcome turnCount inputTokens outputTokens costUsd latencyMs scenario { key }
        runModel { providerId modelId } probe { sampleIndex } decision { value score }
        turns { answer finish finishRaw omitted firstTokenMs modelVersion requestId }";
    let transcripts: BTreeMap<String, Value> =
        api.all("transcripts", &run, fields).await.into_iter().map(|row| (text(&row["id"]), row)).collect();
    for row in &rows {
        let transcript = &transcripts[&row["transcript_id"]];
        let number = |value: &Value| value.as_i64().map(|n| n.to_string()).unwrap_or_default();
        assert_eq!(row["run_id"], run);
        assert_eq!(row["provider_id"], text(&transcript["runModel"]["providerId"]));
        assert_eq!(row["model_id"], text(&transcript["runModel"]["modelId"]));
        assert_eq!(row["model_version"], text(&transcript["modelVersion"]));
        assert_eq!(row["scenario_key"], text(&transcript["scenario"]["key"]));
        assert_eq!(row["sample_index"], "0");
        assert_eq!(row["decision"], transcript["decision"]["value"].as_str().unwrap_or_default());
        assert_eq!(row["score"].parse().ok(), transcript["decision"]["score"].as_f64());
        assert_eq!(row["input_tokens"], number(&transcript["inputTokens"]));
        assert_eq!(row["output_tokens"], number(&transcript["outputTokens"]));
        assert_eq!(row["cost_usd"].parse::<f64>().ok(), transcript["costUsd"].as_f64());
        assert_eq!(row["latency_ms"], number(&transcript["latencyMs"]));
        assert_eq!(row["turn_count"], number(&transcript["turnCount"]));
        let turns = transcript["turns"].as_array().unwrap();
        for turn in turns {
            assert!(row["response"].contains(&text(&turn["answer"])), "{row:?}");
            let provider = row["provider_id"].as_str();
            let is_streamed = ["messages", "gemini"].contains(&provider);
            assert_eq!(turn["firstTokenMs"].is_i64(), is_streamed, "{provider}: {turn}");
            let omitted = turn["omitted"].as_array().unwrap();
            // Neither of these formats has a seed; the others and the program are sent one.
            let has_no_seed = ["responses", "messages"].contains(&provider);
            assert_eq!(omitted.contains(&json!("seed")), has_no_seed, "{provider}: {turn}");
            assert!(!omitted.contains(&json!("temperature")), "{provider}: {turn}");
            assert_eq!(turn["requestId"].is_string(), provider != "agent", "{turn}");
        }
        let version = if row["provider_id"] == "agent" { "mine-3" } else { "sim-balanced-2026-03-10" };
        assert_eq!(row["model_version"], version);
    }
    // The simulated model decides by model, prompt and seed, whatever the format it is asked in.
    let decided = |provider: &str| {
        rows.iter().filter(|row| row["provider_id"] == provider && !row["decision"].is_empty()).count()
    };
    for (id, ..) in PROVIDERS {
        assert!(decided(id) > 16, "{id}: {}", decided(id));
    }
    assert_eq!(decided("agent"), 32);
    site.assert_sound().await;
}

async fn long_prompts_cached_tokens_and_plain_ones_cost_what_their_tiers_say(site: Site) {
    configure(&site);
    let server = site.serve().await;
    let api = &server.api;
    // A system prompt that is long enough to be cached, and a question that is short or long.
    let filler = |words: usize| "weigh every reason once more ".repeat(words / 5);
    let yaml = format!(
        "name: Long\npreamble: {}\ntemplate: |\n  [detail] Is it right?\n  [scale]\ndimensions:\n  - name: detail\n    \
         levels:\n      - {{label: short, wording: Briefly.}}\n      - {{label: long, wording: {}}}\n\
         follow_ups:\n  - Are you sure? [scale]\n\
         decision:\n  scale:\n    - {{value: 1, label: No}}\n    - {{value: 2, label: Yes}}\n",
        filler(1_000),
        filler(600),
    );
    let definition = api.import(&yaml).await;
    let run = api.start(
        &definition,
        &["gemini/sim-balanced", "chat/sim-balanced"],
        json!({"samplesPerScenario": 3}),
    );
    let run = run.await;
    api.finish(&run).await;
    let turns: Vec<Value> = api
        .all(
            "transcripts",
            &run,
            "turns { inputTokens cachedInputTokens cacheWriteTokens outputTokens costUsd }",
        )
        .await
        .iter()
        .flat_map(|transcript| transcript["turns"].as_array().unwrap().clone())
        .collect();
    let mut seen = [0; 3];
    for turn in &turns {
        let count = |name: &str| turn[name].as_i64().unwrap_or(0);
        let (input, cached, output) =
            (count("inputTokens"), count("cachedInputTokens"), count("outputTokens"));
        assert_eq!(count("cacheWriteTokens"), 0);
        // By hand, in halves of a micro-dollar: 2, 0.5 and 8 dollars per million, or 4, 1 and 12.
        let halves = if input > 1_600 {
            (input - cached) * 8 + cached * 2 + output * 24
        } else {
            (input - cached) * 4 + cached + output * 16
        };
        let usd = ((halves + 1) / 2) as f64 / 1e6;
        assert_eq!(turn["costUsd"].as_f64(), Some(usd), "{turn}");
        seen[0] += usize::from(input <= 1_600 && cached == 0);
        seen[1] += usize::from(cached > 0);
        seen[2] += usize::from(input > 1_600);
    }
    assert!(seen.iter().all(|count| *count > 0), "plain, cached and long ones: {seen:?}");
}
