use axum::{Router, body::Body};
use domain::auth::create_token;
use entity::Role;
use http::Request;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, apps, body_json, router, sqlite_with};

async fn ask_as(router: &Router, token: Option<&str>, query: &str) -> Value {
    let mut request =
        Request::post("/graphql").header("content-type", "application/json").header("host", "127.0.0.1:4400");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(json!({"query": query}).to_string())).unwrap();
    body_json(router.clone().oneshot(request).await.unwrap()).await
}

async fn token(app: &App, name: &str, role: Role) -> String {
    create_token(&app.api.db, name, role).await.unwrap().expose_secret().to_owned()
}

/// Has a run wait at a gate; returns the gate's id.
async fn open_gate(app: &App, run: &str) -> String {
    let tx = app.api.db.begin().await.unwrap();
    assert!(domain::gate::open_provider_gate(&tx, run.parse().unwrap()).await.unwrap());
    tx.commit().await.unwrap();
    let open = app.ask("{ openGates { nodes { id kind } } }").await;
    let nodes = open["openGates"]["nodes"].as_array().unwrap();
    nodes.iter().find(|gate| gate["kind"] == "PROVIDER").unwrap()["id"].as_str().unwrap().to_owned()
}

/// Puts a transcript on a review list; returns the line's id.
/// An assessment of a run, and a case of it that waits for a person.
async fn open_assessment(app: &App, run: &str, transcript: &str) -> (Uuid, Uuid) {
    let (run_id, transcript_id): (Uuid, Uuid) = (run.parse().unwrap(), transcript.parse().unwrap());
    let (at, id) = (domain::db::now(), Uuid::now_v7());
    let row = entity::run::Entity::find_by_id(run_id).one(app.api.db.read()).await.unwrap().unwrap();
    let assessment = entity::assessment::ActiveModel {
        id: Set(id),
        run_id: Set(run_id),
        kind: Set(entity::AssessmentKind::Feature),
        attempt: Set(1),
        definition_version_id: Set(row.definition_version_id.unwrap()),
        provider_id: Set("sim".into()),
        model_id: Set("beta".into()),
        wire_model: Set("beta".into()),
        seed: Set(0),
        only_missing: Set(false),
        prompt_version: Set("1".into()),
        requested_by: Set(row.created_by),
        created_at: Set(at),
        case_count: Set(Some(1)),
        ranking_state: Set(entity::RankingState::None),
        ranking_rounds: Set(0),
        ..Default::default()
    };
    assessment.insert(app.api.db.write()).await.unwrap();
    let case = entity::assessment_case::ActiveModel {
        id: Set(id),
        assessment_id: Set(id),
        seq: Set(0),
        transcript_id: Set(transcript_id),
        state: Set(entity::CaseState::Review),
        ended_at: Set(Some(at)),
        ..Default::default()
    };
    case.insert(app.api.db.write()).await.unwrap();
    (id, id)
}

async fn open_review(app: &App, run: &str, transcript: &str) -> Uuid {
    let (run_id, transcript_id): (Uuid, Uuid) = (run.parse().unwrap(), transcript.parse().unwrap());
    let (at, id) = (domain::db::now(), Uuid::now_v7());
    let gate = entity::gate::ActiveModel {
        id: Set(id),
        run_id: Set(run_id),
        kind: Set(entity::GateKind::Judge),
        state: Set(entity::GateState::Open),
        attempt: Set(1),
        allowed_actions: Set("approve".into()),
        reason: Set("r".into()),
        opened_at: Set(at),
        closed_at: Set(None),
    };
    gate.insert(app.api.db.write()).await.unwrap();
    let call = entity::ai_call::ActiveModel {
        id: Set(id),
        kind: Set(entity::AiCallKind::Judge),
        step: Set(entity::AiCallStep::Ask),
        status: Set(entity::AiCallStatus::Invalid),
        run_id: Set(run_id),
        transcript_id: Set(Some(transcript_id)),
        job_id: Set(id),
        fence: Set(1),
        lane: Set("sim".into()),
        provider_id: Set("sim".into()),
        wire_model: Set("beta".into()),
        prompt_version: Set("1".into()),
        held_usd_micros: Set(0),
        presumed_usd_micros: Set(0),
        created_at: Set(at),
        finished_at: Set(Some(at)),
        ..Default::default()
    };
    call.insert(app.api.db.write()).await.unwrap();
    let review = entity::review::ActiveModel {
        id: Set(id),
        run_id: Set(run_id),
        gate_id: Set(id),
        transcript_id: Set(transcript_id),
        ai_call_id: Set(id),
        category: Set("invalid_answer".into()),
        message: Set("m".into()),
        value: Set(None),
        state: Set(entity::ReviewState::Open),
        decided_by: Set(None),
        decided_at: Set(None),
        created_at: Set(at),
    };
    review.insert(app.api.db.write()).await.unwrap();
    id
}

#[tokio::test]
async fn a_viewer_reads_every_root_field_and_nobody_reads_none() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let run = app.start(&definition).await;
        app.work(10).await;
        let found = app
            .ask(&format!(
                "{{ transcripts(runId: \"{run}\") {{ nodes {{ id definitionSnapshot {{ id }} }} }} }}"
            ))
            .await;
        let transcript = found["transcripts"]["nodes"][0].clone();
        let (assessment, _) = open_assessment(&app, &run, transcript["id"].as_str().unwrap()).await;
        let fields = [
            ("me", "me { name }".to_owned()),
            ("definition", format!("definition(id: \"{definition}\") {{ id }}")),
            ("definitions", "definitions { totalCount }".into()),
            (
                "definitionVersion",
                format!("definitionVersion(id: {}) {{ id }}", transcript["definitionSnapshot"]["id"]),
            ),
            ("previewDefinition", "previewDefinition(definition: {yaml: \"\"}) { isValid }".into()),
            ("run", format!("run(id: \"{run}\") {{ pauseBlockedBecause }}")),
            ("runs", "runs { totalCount }".into()),
            ("probes", format!("probes(runId: \"{run}\") {{ totalCount }}")),
            ("transcripts", format!("transcripts(runId: \"{run}\") {{ totalCount }}")),
            ("transcript", format!("transcript(id: {}) {{ id }}", transcript["id"])),
            ("events", format!("events(runId: \"{run}\") {{ totalCount }}")),
            (
                "planRun",
                format!(
                    "planRun(input: {{definitionId: \"{definition}\", models: [{{model: \"alpha\"}}]}}) {{ planHash }}"
                ),
            ),
            ("tags", "tags { tag count }".into()),
            ("assessment", format!("assessment(id: \"{assessment}\") {{ id }}")),
            ("assessmentCases", format!("assessmentCases(assessmentId: \"{assessment}\") {{ totalCount }}")),
            (
                "planAssessment",
                format!("planAssessment(input: {{runId: \"{run}\", kind: FEATURE}}) {{ caseCount }}"),
            ),
            ("openGates", "openGates { totalCount }".into()),
            ("availableModels", "availableModels { modelId }".into()),
            ("providers", "providers { nodes { id notConfiguredBecause } }".into()),
            ("workers", "workers { totalCount }".into()),
            ("previewImport", "previewImport(input: {text: \"\"}) { isNameTaken }".into()),
            ("reviewList", format!("reviewList(runId: \"{run}\") {{ totalCount }}")),
            ("aiCalls", format!("aiCalls(runId: \"{run}\") {{ totalCount }}")),
            ("providerStates", "providerStates { providerId }".into()),
            ("health", "health { status }".into()),
            ("queue", "queue { depth }".into()),
            (
                "compare",
                format!(
                    "compare(input: {{baseline: {{runId: \"{run}\"}}, candidate: {{runId: \"{run}\"}}}}) {{ confidence }}"
                ),
            ),
        ];
        let all = app.ask("{ __type(name: \"Query\") { fields { name } } }").await;
        let mut names: Vec<&str> = all["__type"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        let mut tried: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        tried.sort_unstable();
        assert_eq!(names, tried, "a root field without a test");
        let outside = router(&app.api, "0.0.0.0:4400");
        let viewer = token(&app, "v", Role::Viewer).await;
        for (name, field) in &fields {
            let query = format!("{{ {field} }}");
            let answer = ask_as(&outside, Some(&viewer), &query).await;
            // The definition has no values: whoever may ask is told so.
            let is_told = *name == "planAssessment" && answer["errors"][0]["extensions"]["code"] == "INVALID";
            assert!(answer.get("errors").is_none() || is_told, "{name}: {answer}");
            for nobody in [None, Some("probity_wrong")] {
                let answer = ask_as(&outside, nobody, &query).await;
                assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{name}");
                assert!(answer.get("data").is_none(), "{name}");
            }
        }
        let blocked = ask_as(&outside, Some(&viewer), &format!("{{ {} }}", fields[5].1)).await;
        assert!(
            blocked["data"]["run"]["pauseBlockedBecause"].as_str().unwrap().contains("viewer"),
            "{blocked}"
        );
    }
}

#[tokio::test]
async fn no_mutation_is_allowed_to_a_viewer_nor_to_a_researcher_on_what_is_not_theirs() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let run = app.start(&definition).await;
        app.work(1).await;
        let found = app.ask(&format!("{{ transcripts(runId: \"{run}\") {{ nodes {{ id }} }} }}")).await;
        let transcript = found["transcripts"]["nodes"][0]["id"].clone();
        let review = open_review(&app, &run, transcript.as_str().unwrap()).await;
        let (assessment, case) = open_assessment(&app, &run, transcript.as_str().unwrap()).await;
        let gate = open_gate(&app, &run).await;
        let content =
            "{name: \"n\", template: \"t [choices]\", decision: {choices: [{name: \"A\"}, {name: \"B\"}]}}";
        let create = |name: &str| content.replace("\"n\"", &format!("\"{name}\""));
        let own = [
            ("createDefinition", format!("createDefinition(input: {{content: {}}}) {{ definition {{ id }} }}", create("n1"))),
            ("forkDefinition", format!("forkDefinition(input: {{id: \"{definition}\", name: \"n2\"}}) {{ definition {{ id }} }}")),
            ("importDefinition", "importDefinition(input: {format: YAML, text: \"name: n3\\ntemplate: t\\ndecision: {choices: [{name: A}, {name: B}]}\"}) { definition { id } }".into()),
            ("createRun", format!("createRun(input: {{definitionId: \"{definition}\", models: [{{model: \"alpha\"}}]}}) {{ run {{ id }} }}")),
            ("rerun", format!("rerun(input: {{runId: \"{run}\", allowDuplicate: true}}) {{ run {{ id }} }}")),
        ];
        let own = own.into_iter().chain([(
            "checkProvider",
            "checkProvider(input: {providerId: \"sim\"}) { provider { id } }".to_owned(),
        )]);
        let own: Vec<(&str, String)> = own.collect();
        let others = [
            ("setModel", "setModel(input: {providerId: \"sim\", modelId: \"m\"}) { model { modelId } }".into()),
            (
                "retireModel",
                "retireModel(input: {providerId: \"sim\", modelId: \"alpha\"}) { model { modelId } }".into(),
            ),
            (
                "setPrice",
                "setPrice(input: {providerId: \"sim\", modelId: \"alpha\", effectiveFrom: \"2026-01-01T00:00:00Z\", tiers: [{inputUsd: 1, outputUsd: 1}]}) { model { modelId } }".into(),
            ),
            (
                "updateDefinition",
                format!(
                    "updateDefinition(input: {{id: \"{definition}\", content: {content}}}) {{ definition {{ id }} }}"
                ),
            ),
            (
                "deleteDefinition",
                format!("deleteDefinition(input: {{id: \"{definition}\"}}) {{ definition {{ id }} }}"),
            ),
            ("pauseRun", format!("pauseRun(input: {{id: \"{run}\"}}) {{ run {{ id }} }}")),
            ("resumeRun", format!("resumeRun(input: {{id: \"{run}\"}}) {{ run {{ id }} }}")),
            ("cancelRun", format!("cancelRun(input: {{id: \"{run}\"}}) {{ run {{ id }} }}")),
            ("retryHeldModels", format!("retryHeldModels(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}")),
            ("failHeldModels", format!("failHeldModels(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}")),
            (
                "setProviderLimits",
                "setProviderLimits(input: {providerId: \"sim\"}) { providerState { providerId } }".into(),
            ),
            (
                "retryFailedProbes",
                format!("retryFailedProbes(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}"),
            ),
            (
                "setRunLimits",
                format!("setRunLimits(input: {{runId: \"{run}\", priority: 1}}) {{ run {{ id }} }}"),
            ),
            ("approveGate", format!("approveGate(input: {{gateId: \"{gate}\"}}) {{ gate {{ id }} }}")),
            ("rejectGate", format!("rejectGate(input: {{gateId: \"{gate}\"}}) {{ gate {{ id }} }}")),
            (
                "correctDecision",
                format!(
                    "correctDecision(input: {{transcriptId: {transcript}, value: \"1\", reason: \"r\"}}) {{ decision {{ id }} }}"
                ),
            ),
            (
                "assessRun",
                format!("assessRun(input: {{runId: \"{run}\", kind: FEATURE}}) {{ assessment {{ id }} }}"),
            ),
            (
                "stopAssessment",
                format!("stopAssessment(input: {{assessmentId: \"{assessment}\"}}) {{ assessment {{ id }} }}"),
            ),
            (
                "reviewAssessmentCase",
                format!(
                    "reviewAssessmentCase(input: {{caseId: \"{case}\", reason: \"r\"}}) {{ case {{ id }} }}"
                ),
            ),
            ("analyzeRun", format!("analyzeRun(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}")),
            ("rescoreRun", format!("rescoreRun(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}")),
            (
                "judgeRun",
                format!("judgeRun(input: {{runId: \"{run}\", judge: {{model: \"beta\"}}}}) {{ run {{ id }} }}"),
            ),
            (
                "decideReview",
                format!(
                    "decideReview(input: {{reviewId: \"{review}\", action: LEAVE_UNREADABLE, reason: \"r\"}}) {{ review {{ id }} }}"
                ),
            ),
            ("rereadDecisions", format!("rereadDecisions(input: {{runId: \"{run}\"}}) {{ run {{ id }} }}")),
            ("requestChanges", format!("requestChanges(input: {{gateId: \"{gate}\"}}) {{ gate {{ id }} }}")),
        ];
        let all = app.ask("{ __type(name: \"Mutation\") { fields { name } } }").await;
        assert_eq!(all["__type"]["fields"].as_array().unwrap().len(), own.len() + others.len(), "{all}");
        let outside = router(&app.api, "0.0.0.0:4400");
        let viewer = token(&app, "v", Role::Viewer).await;
        let researcher = token(&app, "r", Role::Researcher).await;
        for (name, field) in own.iter().chain(&others) {
            assert!(all.to_string().contains(name));
            let answer = ask_as(&outside, Some(&viewer), &format!("mutation {{ {field} }}")).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{name}: {answer}");
        }
        for (name, field) in &others {
            let answer = ask_as(&outside, Some(&researcher), &format!("mutation {{ {field} }}")).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{name}: {answer}");
        }
        for (name, field) in &own {
            let answer = ask_as(&outside, Some(&researcher), &format!("mutation {{ {field} }}")).await;
            assert!(answer.get("errors").is_none(), "{name}: {answer}");
        }
    }
}

#[tokio::test]
async fn outside_loopback_everything_but_health_needs_a_token() {
    let app = sqlite_with(|_| ()).await;
    let outside = router(&app.api, "0.0.0.0:4400");
    let status = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        outside.clone().oneshot(request).await.unwrap().status()
    };
    for path in [
        "/",
        "/graphql",
        "/metrics",
        "/api/export/run/x/csv",
        "/api/export/run/x/report.md",
        "/api/export/definition/x/yaml",
        "/nothing",
    ] {
        assert_eq!(status(path).await, 401, "{path}");
    }
    assert_eq!(
        (status("/healthz").await, status("/readyz").await),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
}

#[tokio::test]
async fn an_open_address_is_refused_until_there_is_a_token() {
    let app = sqlite_with(|config| config.bind = "0.0.0.0:4400".parse().unwrap()).await;
    let error = api::check_bind(&app.api.db, &app.api.config).await.unwrap_err().to_string();
    assert!(error.contains("probity token create"), "{error}");
    token(&app, "n", Role::Viewer).await;
    api::check_bind(&app.api.db, &app.api.config).await.unwrap();
    let local = sqlite_with(|_| ()).await;
    api::check_bind(&local.api.db, &local.api.config).await.unwrap();
}

#[tokio::test]
async fn a_token_that_is_presented_counts_on_loopback_too() {
    for app in apps().await {
        let viewer = token(&app, "v", Role::Viewer).await;
        let inside = router(&app.api, "127.0.0.1:4400");
        let name = async |token| ask_as(&inside, token, "{ me { name } }").await["data"]["me"]["name"].take();
        assert_eq!(name(None).await, "local");
        assert_eq!(name(Some(&viewer)).await, "v");
        let change =
            "mutation { setModel(input: {providerId: \"sim\", modelId: \"m\"}) { model { modelId } } }";
        let refused = ask_as(&inside, Some(&viewer), change).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
        for wrong in ["Bearer probity_wrong", "bearer", "Bearer "] {
            let request = Request::post("/graphql")
                .header("host", "127.0.0.1:4400")
                .header("content-type", "application/json")
                .header("authorization", wrong)
                .body(Body::from("{\"query\": \"{ me { name } }\"}"))
                .unwrap();
            assert_eq!(inside.clone().oneshot(request).await.unwrap().status(), 401, "{wrong}");
        }
    }
}
