//! Checks of providers and costs of turns: real workers, the simulated provider over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{sync::Arc, time::Duration};

use domain::{
    auth::local_actor,
    config::{Config, ProviderConfig},
    db::Db,
    export::csv::{CsvExport, CsvOptions},
    health::{providers, request_check},
    page::PageRequest,
    probe::{self, TranscriptFilter},
    registry::{self, ModelKey, NewTier, set_price},
    run,
};
use entity::{TranscriptOutcome, provider_check};
use futures::TryStreamExt;
use serde_json::json;
use sim::{Sim, SimOptions};
use test_support::{databases, sample};
use tokio_util::sync::CancellationToken;

struct Shop {
    db: Db,
    config: Arc<Config>,
    stop: CancellationToken,
    worker: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Shop {
    async fn open(db: &Db, config: Config) -> Self {
        registry::sync(db, &config).await.unwrap();
        let (config, stop) = (Arc::new(config), CancellationToken::new());
        let worker = tokio::spawn(worker::run(db.clone(), config.clone(), "one", stop.clone()));
        while domain::fleet::online_workers(db, config.beat()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        Self { db: db.clone(), config, stop, worker }
    }

    /// Asks for a check and waits until it is there.
    async fn check(&self, provider_id: &str) -> provider_check::Model {
        let actor = local_actor(&self.db).await.unwrap();
        assert!(request_check(&self.db, &self.config, &actor, provider_id).await.unwrap().is_pending);
        loop {
            let found = providers(&self.db, &self.config).await.unwrap();
            let health = found.into_iter().find(|health| health.provider.id == provider_id).unwrap();
            if let (Some(check), false) = (health.last_check, health.is_check_pending) {
                return check;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn close(self) {
        self.stop.cancel();
        self.worker.await.unwrap().unwrap();
    }
}

/// A simulated provider that wants a key, and a configuration with this one in a file.
async fn with_key(dir: &std::path::Path, key: &str) -> (Sim, Config) {
    let options = SimOptions { required_key: Some("the-right-key".into()), ..SimOptions::default() };
    let sim = Sim::start(options).await.unwrap();
    let mut config = test_support::config(&sim.base_url());
    let file = dir.join("key");
    std::fs::write(&file, key).unwrap();
    let settings = config.providers.get_mut("sim").unwrap();
    settings.key_file = Some(file);
    settings.is_key_required = Some(true);
    (sim, config)
}

#[tokio::test]
async fn a_check_finds_the_key_accepted_and_counts_models_without_a_completion() {
    for database in databases().await {
        let (sim, config) = with_key(database.dir.path(), "the-right-key").await;
        let shop = Shop::open(&database.db, config).await;
        let check = shop.check("sim").await;
        assert_eq!((check.is_configured, check.is_reachable), (true, Some(true)), "{check:?}");
        assert_eq!(check.is_key_accepted, Some(true));
        assert!(check.model_count.unwrap() >= 5 && check.error_category.is_none(), "{check:?}");
        assert_eq!(sim.log().counts().total, 0, "no completion was asked for");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_check_says_in_the_vendors_words_that_the_key_is_refused_and_never_shows_it() {
    for database in databases().await {
        let (_sim, config) = with_key(database.dir.path(), "a-wrong-key-123").await;
        let shop = Shop::open(&database.db, config).await;
        let check = shop.check("sim").await;
        assert_eq!((check.is_reachable, check.is_key_accepted), (Some(true), Some(false)), "{check:?}");
        assert_eq!(check.error_category.as_deref(), Some("auth"));
        assert!(!format!("{check:?}").contains("wrong-key"), "{check:?}");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_check_tells_what_is_not_there_from_what_is_not_configured() {
    for database in databases().await {
        // Nothing listens on a port that was free a moment ago.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut config = test_support::config(&format!("http://{free}/v1"));
        config.providers.get_mut("openai").unwrap().key_variable = Some("PROBITY_TEST_NO_SUCH_KEY".into());
        let shop = Shop::open(&database.db, config).await;
        let check = shop.check("sim").await;
        assert_eq!((check.is_configured, check.is_reachable), (true, Some(false)), "{check:?}");
        assert_eq!(check.error_category.as_deref(), Some("connection"));
        let check = shop.check("openai").await;
        assert_eq!((check.is_configured, check.is_reachable), (false, None), "{check:?}");
        shop.close().await;
    }
}

#[tokio::test]
async fn the_command_line_checks_with_the_keys_at_hand_and_needs_no_database() {
    let dir = tempfile::tempdir().unwrap();
    let (_sim, config) = with_key(dir.path(), "the-right-key").await;
    let wanted = ["sim".to_owned(), "ollama".to_owned()];
    let checked = worker::check_providers(&config, &wanted).await;
    let ids: Vec<&str> = checked.iter().map(|checked| checked.provider_id.as_str()).collect();
    assert_eq!(ids, ["ollama", "sim"]);
    assert!(!checked[0].check.is_configured);
    assert_eq!(checked[1].check.is_key_accepted, Some(true));
}

#[tokio::test]
async fn every_turn_is_costed_in_the_tier_of_its_prompt_and_names_its_price() {
    for database in databases().await {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let config = test_support::config(&sim.base_url());
        registry::sync(&database.db, &config).await.unwrap();
        let admin = local_actor(&database.db).await.unwrap();
        let tier = |above_input_tokens, input, output| NewTier {
            above_input_tokens,
            input_usd_micros_per_million: input,
            cached_input_usd_micros_per_million: Some(input),
            cache_write_usd_micros_per_million: None,
            output_usd_micros_per_million: output,
        };
        let key = ModelKey { provider_id: "sim".into(), model_id: "sim-balanced".into() };
        // Found by looking: the first prompt of the sample has fewer tokens, the follow-up more.
        let first_tokens_max = 150;
        let tiers = [tier(0, 1_000_000, 2_000_000), tier(first_tokens_max, 3_000_000, 5_000_000)];
        set_price(&database.db, &admin, &key, domain::db::now(), &tiers, None).await.unwrap();
        let shop = Shop::open(&database.db, config).await;
        let (_, created) =
            test_support::start(&shop.db, &shop.config, sample("wallet"), &["sim-balanced"], |_| ()).await;
        while !run::find(&shop.db, created.run.id).await.unwrap().status.is_terminal() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let request = PageRequest { first: 500, after: None };
        let filter = TranscriptFilter::default();
        let transcripts = probe::transcripts(&shop.db, created.run.id, &filter, &request).await.unwrap();
        let (mut by_tier, mut total) = ([0, 0], 0);
        for (_, transcript) in transcripts.rows {
            let turns = probe::turns_of(&shop.db, &[transcript.probe_id]).await.unwrap();
            let mut of_transcript = 0;
            for turn in &turns[&transcript.probe_id] {
                let (input, output) = (turn.input_tokens.unwrap(), turn.output_tokens.unwrap());
                let is_long = input > i64::from(first_tokens_max);
                let cost = if is_long { input * 3 + output * 5 } else { input + output * 2 };
                assert_eq!(turn.cost_usd_micros, Some(cost));
                let id = turn.price_id.unwrap();
                let price = domain::lookup::prices(&shop.db, &[id]).await.unwrap().remove(&id).unwrap();
                assert_eq!(price.above_input_tokens > 0, is_long);
                by_tier[usize::from(is_long)] += 1;
                of_transcript += cost;
            }
            assert_eq!(transcript.cost_usd_micros, Some(of_transcript));
            total += of_transcript;
        }
        assert!(by_tier.iter().all(|count| *count > 0), "both tiers were used: {by_tier:?}");
        let progress = run::progress_of(&shop.db, &[created.run.id]).await.unwrap();
        assert_eq!(progress[&created.run.id].cost_usd_micros(), Some(total));
        shop.close().await;
    }
}

#[tokio::test]
async fn a_provider_whose_settings_cannot_be_used_is_out_of_service_alone_and_says_why() {
    for database in databases().await {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        let command = |settings: serde_json::Value| ProviderConfig {
            wire_format: Some("command".into()),
            command: Some(serde_json::from_value(settings).unwrap()),
            ..ProviderConfig::default()
        };
        let local = || ProviderConfig {
            base_url: Some(sim.base_url()),
            is_key_required: Some(false),
            ..ProviderConfig::default()
        };
        let broken = [
            ("b1", command(json!({"program": "does-not-exist"})), "does-not-exist is not in PATH"),
            ("b2", command(json!({"program": "sh", "environment": ["PROBITY_NONE"]})), "PROBITY_NONE"),
            ("b3", ProviderConfig { key_file: Some("/no/key".into()), ..local() }, "/no/key"),
            ("b4", ProviderConfig { ca_file: Some("/no/ca".into()), ..local() }, "/no/ca"),
            ("b5", ProviderConfig { proxy: Some("nonsense".into()), ..local() }, "nonsense"),
            ("b6", ProviderConfig { quirks: Some(json!({"unheard_of": 1})), ..local() }, "unheard_of"),
        ];
        for (id, settings, _) in &broken {
            config.providers.insert((*id).into(), settings.clone());
        }
        let checked = worker::check_providers(&config, &[]).await;
        let of = |id: &str| &checked.iter().find(|checked| checked.provider_id == id).unwrap().check;
        assert!(of("sim").error_category.is_none() && of("sim").is_configured, "{:?}", of("sim"));

        let shop = Shop::open(&database.db, config).await;
        let health = providers(&shop.db, &shop.config).await.unwrap();
        for (id, _, words) in &broken {
            let said = of(id).error_message.clone().unwrap();
            assert!(said.starts_with("not configured: ") && said.contains(words), "{id}: {said}");
            assert!(!of(id).is_configured && !said.contains("provider b"), "{id}: {said}");
            let check = health.iter().find(|health| health.provider.id == *id).unwrap().last_check.clone();
            assert_eq!(check.unwrap().error_message.unwrap(), said);
        }
        let actor = local_actor(&shop.db).await.unwrap();
        let definition = domain::library::create(&shop.db, &actor, &sample("capital")).await.unwrap();
        let new = test_support::new_run(definition.definition.id, &["b1/any"]);
        let access = domain::access::AccessLog::default();
        let refused =
            run::create(&shop.db, &shop.config, &access, &actor, &new).await.unwrap_err().to_string();
        assert!(refused.contains("not configured: command does-not-exist is not in PATH"), "{refused}");
        let new = test_support::new_run(definition.definition.id, &["sim/sim-balanced"]);
        run::create(&shop.db, &shop.config, &access, &actor, &new).await.unwrap();
        shop.close().await;
    }
}

#[tokio::test]
async fn an_answer_over_the_limit_is_cut_where_a_character_ends_and_counts_as_truncated() {
    for database in databases().await {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        config.answer_max_bytes = 6;
        let script = r#"echo '{"text":"\u00e9\u00e9\u00e9\u00e9\u00e9","finish":"other"}'"#;
        let program = ProviderConfig {
            wire_format: Some("command".into()),
            command: Some(
                serde_json::from_value(json!({"program": "sh", "arguments": ["-c", script]})).unwrap(),
            ),
            ..ProviderConfig::default()
        };
        config.providers.insert("program".into(), program);
        let shop = Shop::open(&database.db, config).await;
        let models = ["sim-balanced", "program/any"];
        let (_, created) =
            test_support::start(&shop.db, &shop.config, sample("capital"), &models, |_| ()).await;
        while !run::find(&shop.db, created.run.id).await.unwrap().status.is_terminal() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let request = PageRequest { first: 500, after: None };
        let filter = TranscriptFilter::default();
        let transcripts = probe::transcripts(&shop.db, created.run.id, &filter, &request).await.unwrap();
        assert!(transcripts.rows.len() > 1);
        for (_, transcript) in transcripts.rows {
            assert_eq!(transcript.outcome, TranscriptOutcome::Truncated);
            let turns = probe::turns_of(&shop.db, &[transcript.probe_id]).await.unwrap();
            let turn = &turns[&transcript.probe_id][0];
            assert!(turn.is_text_altered && (5..=6).contains(&turn.answer.len()), "{:?}", turn.answer);
            assert!(turn.raw_body.len() > 30, "the whole of it is there");
        }
        shop.close().await;
    }
}

#[tokio::test]
async fn what_a_model_is_not_sent_is_said_beforehand_counted_afterwards_and_exported() {
    for database in databases().await {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        let model = config.models.get_mut("sim/sim-balanced").unwrap();
        (model.has_temperature, model.has_reasoning) = (false, Some(false));
        let shop = Shop::open(&database.db, config).await;
        let models = ["sim-balanced", "sim-oracle"];
        let (_, created) = test_support::start(&shop.db, &shop.config, sample("capital"), &models, |new| {
            new.temperature = Some(0.5);
            new.reasoning_effort = Some(entity::ReasoningEffort::Low);
        })
        .await;
        let said = "sim/sim-balanced takes no temperature and no reasoning effort: they are left out.";
        assert_eq!(created.warnings, [said]);
        let run_id = created.run.id;
        while !run::find(&shop.db, run_id).await.unwrap().status.is_terminal() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let omitted = probe::omitted_of(&shop.db, run_id).await.unwrap();
        let each = created.run.planned_count / 2;
        let counted: Vec<_> =
            omitted.iter().map(|found| (found.parameter.as_str(), found.turn_count)).collect();
        assert_eq!(counted, [("reasoning_effort", each), ("temperature", each)]);
        let actor = local_actor(&shop.db).await.unwrap();
        let export = CsvExport::of(&shop.db, &actor, run_id, CsvOptions::default()).await.unwrap();
        let parts: Vec<_> = export.into_stream(shop.db.clone()).try_collect().await.unwrap();
        let text = String::from_utf8(parts.concat()).unwrap();
        assert!(text.lines().next().unwrap().ends_with(",omitted,decided_by,option_order"), "{text}");
        let rows = |part: &str| text.lines().filter(|line| line.contains(part)).count() as i64;
        assert_eq!(rows(",reasoning_effort;temperature,"), each, "{text}");
        shop.close().await;
    }
}
