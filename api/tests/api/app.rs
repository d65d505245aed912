//! An API over a database of its own.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use api::Api;
use axum::{Router, body::Body};
use domain::{
    config::{Config, ModelConfig, PriceConfig, ProviderConfig},
    conversation::conclude,
    db::{Db, now},
    fleet, queue, registry,
    run::{FrozenRun, combination_of},
};
use http::{Request, Response};
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const LOOPBACK: &str = "127.0.0.1:4400";

pub(crate) struct App {
    pub(crate) api: Api,
    pub(crate) router: Router,
    pub(crate) worker: Uuid,
    pub(crate) statements: Arc<AtomicUsize>,
    files: tempfile::TempDir,
}

/// One app per database there is.
pub(crate) async fn apps() -> Vec<App> {
    let files = tempfile::tempdir().unwrap();
    let url = Db::embedded_url(files.path()).unwrap();
    let mut apps = vec![App::over(&url, files, |_| ()).await];
    match std::env::var("PROBITY_TEST_POSTGRES") {
        Ok(server) => {
            let name = format!("probity_{}", Uuid::now_v7().simple());
            let admin = Db::connect(&server).await.unwrap();
            admin.write().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            admin.close().await;
            let (base, _) = server.rsplit_once('/').unwrap();
            let files = tempfile::tempdir().unwrap();
            apps.push(App::over(&format!("{base}/{name}"), files, |_| ()).await);
        }
        Err(_) => println!("skipped on PostgreSQL: PROBITY_TEST_POSTGRES is not set"),
    }
    apps
}

/// An app over SQLite with another configuration.
pub(crate) async fn sqlite_with(change: impl FnOnce(&mut Config)) -> App {
    let files = tempfile::tempdir().unwrap();
    let url = Db::embedded_url(files.path()).unwrap();
    App::over(&url, files, change).await
}

impl App {
    async fn over(url: &str, files: tempfile::TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        let sim = ProviderConfig {
            base_url: Some("http://127.0.0.1:9/v1".into()),
            is_key_required: Some(false),
            ..ProviderConfig::default()
        };
        config.providers.insert("sim".into(), sim);
        for name in ["alpha", "beta"] {
            let price = PriceConfig {
                from: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
                above_input_tokens: 0,
                input_usd: 1.0,
                cached_input_usd: None,
                cache_write_usd: None,
                output_usd: 2.0,
            };
            let model = ModelConfig {
                versions: vec![format!("{name}-1")],
                default_version: Some(format!("{name}-1")),
                prices: vec![price],
                ..ModelConfig::default()
            };
            config.models.insert(format!("sim/{name}"), model);
        }
        change(&mut config);
        let mut db = Db::connect(url).await.unwrap();
        db.migrate().await.unwrap();
        registry::sync(&db, &config).await.unwrap();
        let worker = fleet::register(&db, "tests", &["sim".into()]).await.unwrap();
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        db.on_statement(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let api = Api::new(db, Arc::new(config));
        let router = router(&api, LOOPBACK);
        Self { api, router, worker, statements, files }
    }

    /// Where its SQLite file lies.
    pub(crate) fn dir(&self) -> &std::path::Path {
        self.files.path()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Body> {
        self.send(get(path)).await
    }

    /// The whole answer to a query, errors too.
    pub(crate) async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables}).to_string();
        body_json(self.send(post(body)).await).await
    }

    /// The data of a query that succeeds.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        let answer = self.answer(query, json!({})).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].clone()
    }

    /// The error of a query that fails.
    pub(crate) async fn refusal(&self, query: &str) -> Value {
        let answer = self.answer(query, json!({})).await;
        assert!(answer["errors"][0].is_object(), "{query}: {answer}");
        answer["errors"][0].clone()
    }

    /// How many statements a query costs.
    pub(crate) async fn cost(&self, query: &str) -> usize {
        let before = self.statements.load(Ordering::SeqCst);
        self.ask(query).await;
        self.statements.load(Ordering::SeqCst) - before
    }

    pub(crate) async fn define(&self, name: &str, levels: usize) -> String {
        let levels: Vec<Value> = (0..levels)
            .map(|level| json!({"score": level, "label": format!("L{level}"), "wordings": [format!("w{level}")]}))
            .collect();
        let content = json!({
            "name": name, "preamble": "Be brief.", "template": "How many? [x]\n[scale]", "tags": ["t"],
            "dimensions": [{"name": "x", "levels": levels}],
            "decision": {"scale": [{"value": 1, "label": "no"}, {"value": 2, "label": "yes"}]},
        });
        let create = "mutation ($content: DefinitionContentInput!) {
            createDefinition(input: {content: $content}) { definition { id } } }";
        let answer = self.answer(create, json!({"content": content})).await;
        answer["data"]["createDefinition"]["definition"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .into()
    }

    pub(crate) async fn start(&self, definition_id: &str) -> String {
        let query = format!(
            "mutation {{ createRun(input: {{definitionId: \"{definition_id}\", allowDuplicate: true,
                models: [{{model: \"alpha\"}}, {{model: \"beta\"}}]}}) {{ run {{ id }} warnings }} }}"
        );
        self.ask(&query).await["createRun"]["run"]["id"].as_str().unwrap().into()
    }

    /// Answers up to `count` queued probes; each says its combination's parity.
    pub(crate) async fn work(&self, count: u64) {
        let db = &self.api.db;
        let claimed =
            queue::claim_probes(db, self.worker, "sim", count, Duration::from_secs(60)).await.unwrap();
        for probe in claimed {
            let frozen = FrozenRun::load(db, probe.run_id).await.unwrap();
            let combination = combination_of(probe.scenario_id);
            let turn = queue::NewTurn {
                turn_index: 0,
                prompt: frozen.expansion.prompts(combination).first,
                answer: format!("=Héllo, \"all\"\nDecision: {}", 1 + combination % 2),
                reasoning: None,
                finish: entity::Finish::Stop,
                finish_raw: None,
                model_version: (combination > 0).then(|| "alpha-1".into()),
                request_id: None,
                request_body: "{\"asked\":1}".into(),
                raw_body: b"{\"answered\":1}".to_vec(),
                is_text_altered: false,
                input_tokens: Some(1_000),
                cached_input_tokens: None,
                cache_write_tokens: None,
                output_tokens: Some(500),
                reasoning_tokens: None,
                price_id: None,
                cost_usd_micros: Some(2_000),
                first_byte: Duration::from_millis(3),
                first_token: None,
                omitted: vec![],
                latency: Duration::from_millis(5),
                started_at: now(),
                finished_at: now(),
            };
            let turns = [turn];
            let (scorers, values) = (&frozen.scorers, &frozen.values);
            let concluded = conclude(&turns, &frozen.reader, scorers, values, &frozen.content.decision, None);
            let attempt = queue::AttemptRecord {
                result: entity::AttemptResult::Succeeded,
                error_category: None,
                error_message: None,
                http_status: Some(200),
                retry_after: None,
                request_id: None,
                raw_body: None,
                partial_answer: None,
                partial_reasoning: None,
                first_turn_index: 0,
                turn_count: 1,
                input_tokens: Some(1_000),
                output_tokens: Some(500),
                cost_usd_micros: Some(2_000),
                latency: Duration::from_millis(5),
                started_at: now(),
                finished_at: now(),
            };
            let ending = queue::Ending::Succeeded {
                transcript: concluded.transcript,
                decision: concluded.decision,
                scores: concluded.scores,
                values: concluded.values,
                outcome: concluded.outcome,
            };
            let [turn] = turns;
            let write = queue::ProbeWrite {
                probe,
                worker_id: self.worker,
                turns: vec![turn],
                attempt: Some(attempt),
                ending,
            };
            queue::finish(db, &[write]).await.unwrap();
        }
    }
}

/// The routes as bound to an address.
pub(crate) fn router(api: &Api, address: &str) -> Router {
    api::router(api.clone(), address.parse::<SocketAddr>().unwrap(), CancellationToken::new())
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", LOOPBACK).body(Body::empty()).unwrap()
}

pub(crate) fn post(body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/graphql").header("host", LOOPBACK);
    request.header("content-type", "application/json").body(body.into()).unwrap()
}

pub(crate) async fn body_json(response: Response<Body>) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{error}: {bytes:?}"))
}

pub(crate) async fn body_text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
