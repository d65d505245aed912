//! Why probes, models and runs wait: every kind by the public door.

use std::time::Duration;

use domain::{
    fleet,
    limits::{self, ModelOutcome, Outcome, Refusal, Report, SetLimits},
    queue::{self, ClaimedProbe, Ending, ProbeWrite},
};
use entity::AttemptResult;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, apps};

const LEASE: Duration = Duration::from_secs(60);

/// What a run says of itself, of its models and of its queued probes.
struct Seen {
    run: Value,
    models: Vec<Value>,
    probes: Vec<Value>,
}

impl Seen {
    async fn of(app: &App, run_id: &str) -> Self {
        let reason = "waitingBecause { kind message until }";
        let found = app
            .ask(&format!(
                "{{ run(id: \"{run_id}\") {{ {reason} models {{ modelId {reason} }}
                    probes(status: QUEUED) {{ nodes {{ id seq {reason} }} }} }} }}"
            ))
            .await["run"]
            .clone();
        let reasons =
            |list: &Value| list.as_array().unwrap().iter().map(|row| row["waitingBecause"].clone()).collect();
        Self {
            run: found["waitingBecause"].clone(),
            models: reasons(&found["models"]),
            probes: reasons(&found["probes"]["nodes"]),
        }
    }

    /// The run, all of its models and all of its queued probes wait for the same reason.
    fn all_say(&self, kind: &str, words: &str) -> Option<String> {
        assert!(!self.probes.is_empty());
        let own = [&self.run];
        for reason in own.into_iter().chain(&self.models).chain(&self.probes) {
            assert_eq!(reason["kind"], kind, "{reason}");
            let message = reason["message"].as_str().unwrap();
            assert!(message.contains(words) && message.ends_with('.'), "{message}");
        }
        self.run["until"].as_str().map(Into::into)
    }

    /// Nothing stands in the way of the run; its queued probes are in line.
    fn are_in_line(&self, words: &str) {
        assert_eq!(self.run, Value::Null);
        for reason in self.models.iter().chain(&self.probes) {
            assert_eq!(reason["kind"], "OTHERS_FIRST", "{reason}");
            assert!(reason["message"].as_str().unwrap().contains(words), "{reason}");
        }
    }
}

impl App {
    async fn start_with(&self, levels: usize, more: &str) -> String {
        let definition = self.define(&format!("d{}", Uuid::now_v7().simple()), levels).await;
        let query = format!(
            "mutation {{ createRun(input: {{definitionId: \"{definition}\", models: [{{model: \"alpha\"}}], {more}}})
                {{ run {{ id }} }} }}"
        );
        self.ask(&query).await["createRun"]["run"]["id"].as_str().unwrap().into()
    }

    async fn command(&self, name: &str, run_id: &str) {
        self.ask(&format!("mutation {{ {name}(input: {{id: \"{run_id}\"}}) {{ run {{ id }} }} }}")).await;
    }

    async fn claim(&self, count: u64) -> Vec<ClaimedProbe> {
        queue::claim_probes(&self.api.db, self.worker, "sim", count, LEASE).await.unwrap()
    }

    /// Puts a claimed probe back, as after an error.
    async fn put_back(&self, probe: ClaimedProbe, category: &str, delay: Duration) {
        let attempt = queue::AttemptRecord {
            error_category: Some(category.into()),
            error_message: Some("No.".into()),
            turn_count: 0,
            ..test_support::attempt(AttemptResult::Retried)
        };
        let ending = Ending::Requeued {
            delay,
            counts_as_try: true,
            category: Some(category.into()),
            message: Some("No.".into()),
        };
        let write =
            ProbeWrite { probe, worker_id: self.worker, turns: Vec::new(), attempt: Some(attempt), ending };
        queue::finish(&self.api.db, &[write]).await.unwrap();
    }
}

#[tokio::test]
async fn a_run_in_line_says_so_and_stands_not_still() {
    for app in apps().await {
        let run = app.start(&app.define("d", 2).await).await;
        let seen = Seen::of(&app, &run).await;
        seen.are_in_line("slot free");
        assert_eq!((seen.models.len(), seen.probes.len()), (2, 4));
        app.work(100).await;
        let seen = Seen::of(&app, &run).await;
        assert_eq!((seen.run, seen.models), (Value::Null, vec![Value::Null; 2]), "it is over");
    }
}

#[tokio::test]
async fn what_is_paused_or_cancelled_says_so_and_cancelled_comes_first() {
    for app in apps().await {
        let run = app.start(&app.define("d", 2).await).await;
        app.command("pauseRun", &run).await;
        Seen::of(&app, &run).await.all_say("PAUSED", "resume it");
        app.command("cancelRun", &run).await;
        Seen::of(&app, &run).await.all_say("CANCELLED", "will not be asked");
    }
}

#[tokio::test]
async fn a_run_at_a_gate_says_what_is_asked() {
    for app in apps().await {
        let run = app.start_with(30, "maxTokens: 1000000").await;
        Seen::of(&app, &run).await.all_say("GATE", "has to be approved");
    }
}

#[tokio::test]
async fn a_held_model_says_what_to_do_and_the_other_one_goes_on() {
    for app in apps().await {
        let run = app.start(&app.define("d", 4).await).await;
        let models = app.ask(&format!("{{ run(id: \"{run}\") {{ models {{ id }} }} }}")).await;
        let first = models["run"]["models"][0]["id"].as_str().unwrap().to_owned();
        let (of_first, others): (Vec<_>, Vec<_>) =
            app.claim(100).await.into_iter().partition(|probe| probe.run_model_id.to_string() == first);
        assert_eq!(of_first.len(), 4);
        for probe in of_first {
            app.put_back(probe, "auth", Duration::ZERO).await;
        }
        for probe in others {
            app.put_back(probe, "server", Duration::ZERO).await;
        }
        let seen = Seen::of(&app, &run).await;
        assert_eq!(seen.run, Value::Null, "the other model goes on");
        assert_eq!(seen.models[0]["kind"], "HOLD");
        let message = seen.models[0]["message"].as_str().unwrap();
        assert!(message.contains("No.") && message.contains("retry the held models"), "{message}");
        assert_eq!(seen.models[1]["kind"], "OTHERS_FIRST");
        let held = seen.probes.iter().filter(|reason| reason["kind"] == "HOLD").count();
        assert_eq!((held, seen.probes.len()), (4, 8));
    }
}

#[tokio::test]
async fn what_the_budget_does_not_cover_waits_for_it() {
    for app in apps().await {
        // One call costs at most 0.002 USD for its answer and some for its prompt.
        let run = app.start_with(4, "maxTokens: 1000, budgetUsd: 0.003").await;
        assert_eq!(app.claim(100).await.len(), 1);
        Seen::of(&app, &run).await.all_say("BUDGET", "becomes free");
        app.ask(&format!(
            "mutation {{ setRunLimits(input: {{runId: \"{run}\", budgetUsd: 0.001}}) {{ run {{ id }} }} }}"
        ))
        .await;
        Seen::of(&app, &run).await.all_say("BUDGET", "raise the budget");
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_waited_for_until_its_next_trial() {
    for app in apps().await {
        let run = app.start_with(2, "maxTokens: 100").await;
        let outcome = || ModelOutcome {
            wire_model: "alpha-1".into(),
            outcome: Outcome { probe_id: Uuid::nil(), is_fault: true },
            fault: Some(("server".into(), "500: out of order.".into())),
        };
        let wire = app.ask(&format!("{{ run(id: \"{run}\") {{ models {{ wireModel }} }} }}")).await;
        let wire_model = wire["run"]["models"][0]["wireModel"].as_str().unwrap();
        let outcomes = (0..5).map(|_| ModelOutcome { wire_model: wire_model.into(), ..outcome() }).collect();
        limits::report(&app.api.db, "sim", &Report { outcomes, ..Report::default() }).await.unwrap();
        let until = Seen::of(&app, &run).await.all_say("BREAKER", "out of order");
        assert!(until.is_some());
    }
}

#[tokio::test]
async fn a_provider_that_asks_for_a_pause_is_waited_for() {
    for app in apps().await {
        let run = app.start_with(2, "maxTokens: 100").await;
        let refusal = Refusal {
            wire_model: "alpha".into(),
            age: Duration::ZERO,
            pause: Duration::from_secs(60),
            is_of_a_day: false,
            is_told: true,
            message: "Slow down".into(),
        };
        let report = Report { refusals: vec![refusal], ..Report::default() };
        limits::report(&app.api.db, "sim", &report).await.unwrap();
        let until = Seen::of(&app, &run).await.all_say("RATE_LIMIT", "Slow down.");
        assert!(until.is_some());
    }
}

#[tokio::test]
async fn a_rate_that_is_used_up_is_named_with_who_set_it() {
    for app in apps().await {
        let run = app.start_with(4, "maxTokens: 100").await;
        let actor = domain::auth::local_actor(&app.api.db).await.unwrap();
        let set = SetLimits { requests_per_minute: Some(1), ..SetLimits::default() };
        limits::set(&app.api.db, &actor, "sim", set, None).await.unwrap();
        assert_eq!(app.claim(100).await.len(), 1, "one may be sent");
        let until =
            Seen::of(&app, &run).await.all_say("RATE_LIMIT", "1 requests per minute (set by an admin)");
        assert!(until.is_some());
        let set = SetLimits { parallel: Some(1), ..SetLimits::default() };
        limits::set(&app.api.db, &actor, "sim", set, None).await.unwrap();
        Seen::of(&app, &run).await.are_in_line("1 calls in flight at once (set by an admin)");
    }
}

#[tokio::test]
async fn a_probe_between_two_tries_says_when_the_next_one_comes() {
    for app in apps().await {
        let run = app.start_with(2, "maxTokens: 100").await;
        for (category, kind, words) in
            [("server", "BACKOFF", "The last try failed: No."), ("rate_limited", "RATE_LIMIT", "no try")]
        {
            let Some(probe) = app.claim(1).await.pop() else { panic!("nothing to claim") };
            app.put_back(probe, category, LEASE).await;
            let seen = Seen::of(&app, &run).await;
            let waits = seen.probes.iter().find(|reason| reason["kind"] == kind);
            let waits = waits.unwrap_or_else(|| panic!("{category}: {:?}", seen.probes));
            assert!(waits["message"].as_str().unwrap().contains(words), "{waits}");
            assert!(waits["until"].is_string());
        }
        // Now that all of them back off, so does the model, and so does the run.
        let seen = Seen::of(&app, &run).await;
        assert_eq!((&seen.run["kind"], &seen.models[0]["kind"]), (&json!("BACKOFF"), &json!("BACKOFF")));
    }
}

#[tokio::test]
async fn a_run_that_nobody_can_work_on_says_so() {
    for app in apps().await {
        let run = app.start_with(2, "maxTokens: 100").await;
        fleet::deregister(&app.api.db, app.worker).await.unwrap();
        Seen::of(&app, &run).await.all_say("NO_WORKER", "No worker that is online has a key for sim");
    }
}

#[tokio::test]
async fn a_run_of_lower_priority_waits_for_the_others() {
    for app in apps().await {
        let low = app.start_with(2, "priority: 0").await;
        app.start_with(2, "priority: 5").await;
        Seen::of(&app, &low).await.are_in_line("higher priority");
    }
}

#[tokio::test]
async fn why_twenty_probes_wait_costs_as_many_statements_as_why_two_do() {
    for app in apps().await {
        let run = app.start_with(30, "maxTokens: 100, budgetUsd: 1").await;
        let probes = |first: usize| {
            format!(
                "{{ probes(runId: \"{run}\", first: {first}) {{ nodes {{ waitingBecause {{ kind }} }} }} }}"
            )
        };
        app.ask(&probes(1)).await;
        let (of_two, of_twenty) = (app.cost(&probes(2)).await, app.cost(&probes(20)).await);
        assert_eq!(of_two, of_twenty);
        assert!(of_two <= 14, "{of_two}");
    }
}

const ETA: &str = "eta { low expected high basis unknownBecause { kind message } }";

#[tokio::test]
async fn a_run_says_when_it_will_be_over_or_why_nobody_knows() {
    for app in apps().await {
        let run = app.start_with(30, "maxTokens: 100").await;
        let eta =
            async || app.ask(&format!("{{ run(id: \"{run}\") {{ {ETA} }} }}")).await["run"]["eta"].clone();
        let found = eta().await;
        assert_eq!((&found["basis"], &found["unknownBecause"]), (&json!("ASSUMED"), &Value::Null));
        app.work(20).await;
        let found = eta().await;
        assert_eq!(found["basis"], "OBSERVED");
        let at =
            |name: &str| -> chrono::DateTime<chrono::Utc> { found[name].as_str().unwrap().parse().unwrap() };
        assert!(at("low") <= at("expected") && at("expected") <= at("high"), "{found}");
        app.command("pauseRun", &run).await;
        let found = eta().await;
        assert_eq!((&found["low"], &found["unknownBecause"]["kind"]), (&Value::Null, &json!("PAUSED")));
        app.command("resumeRun", &run).await;
        app.work(100).await;
        assert_eq!(eta().await, Value::Null, "it is over");
    }
}

#[tokio::test]
async fn a_forecast_costs_the_same_however_large_the_run() {
    for app in apps().await {
        let mut costs = Vec::new();
        for levels in [2, 900] {
            let run = app.start_with(levels, "maxTokens: 100").await;
            let query = format!("{{ run(id: \"{run}\") {{ {ETA} waitingBecause {{ kind }} }} }}");
            app.ask(&query).await;
            costs.push(app.cost(&query).await);
        }
        assert_eq!(costs[0], costs[1]);
    }
}
