//! A client of the API, as a notebook would write it.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Download, PATIENCE};

pub(crate) struct Api {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    token: Option<String>,
}

impl Api {
    pub(crate) fn new(address: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { base: format!("http://{address}"), http, token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { base: self.base.clone(), http: self.http.clone(), token: Some(token.into()) }
    }

    /// An answer over HTTP, whatever its status.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    /// The whole answer, errors too.
    pub(crate) async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables});
        self.send(self.post("/graphql").json(&body)).await.1
    }

    /// The data of a query that succeeds.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].take()
    }

    /// The first error of a query that fails.
    pub(crate) async fn refusal(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert!(answer["errors"][0].is_object(), "{query}: {answer}");
        answer["errors"][0].take()
    }

    /// Saves a definition; returns its id.
    pub(crate) async fn import(&self, yaml: &str) -> String {
        let saved = self.ask(IMPORT, json!({"text": yaml})).await;
        text(&saved["importDefinition"]["definition"]["id"])
    }

    /// Makes a run; returns its id. `rest` is what the input has beside definition and models.
    pub(crate) async fn start(&self, definition_id: &str, models: &[&str], rest: Value) -> String {
        let made = self.ask(CREATE_RUN, run_input(definition_id, models, rest)).await;
        text(&made["createRun"]["run"]["id"])
    }

    pub(crate) async fn run(&self, run_id: &str) -> Value {
        self.ask(WATCH, json!({"id": run_id})).await["run"].take()
    }

    pub(crate) async fn command(&self, name: &str, run_id: &str) -> Value {
        let query =
            format!("mutation ($id: ID!) {{ {name}(input: {{id: $id}}) {{ run {{ status isFinished }} }} }}");
        self.ask(&query, json!({"id": run_id})).await[name]["run"].take()
    }

    /// Polls a run, as often as it says, until it is as wanted.
    pub(crate) async fn wait(&self, run_id: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let run = self.run(run_id).await;
            if is_wanted(&run) {
                return run;
            }
            assert!(began.elapsed() < PATIENCE, "the run does not get on: {run}");
            let pause = run["progress"]["pollAfterMs"].as_u64().unwrap_or(50);
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
        }
    }

    /// Polls a run until it is over.
    pub(crate) async fn finish(&self, run_id: &str) -> Value {
        self.wait(run_id, |run| run["isFinished"] == true).await
    }

    pub(crate) async fn workers_online(&self, count: usize) {
        let began = Instant::now();
        loop {
            let found = self.ask("{ workers { nodes { isOnline } } }", json!({})).await;
            let workers = found["workers"]["nodes"].as_array().unwrap();
            if workers.iter().filter(|worker| worker["isOnline"] == true).count() >= count {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{count} workers do not come up: {found}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// How many definitions and runs there are.
    pub(crate) async fn census(&self) -> (u64, u64) {
        let found = self.ask("{ definitions { totalCount } runs { totalCount } }", json!({})).await;
        let count = |list: &str| found[list]["totalCount"].as_u64().unwrap();
        (count("definitions"), count("runs"))
    }

    /// Every row of a list of a run, page by page. `fields` are those of a node.
    pub(crate) async fn all(&self, list: &str, run_id: &str, fields: &str) -> Vec<Value> {
        let query = format!(
            "query ($id: ID!, $after: String) {{ {list}(runId: $id, first: 250, after: $after) {{
                nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut page = self.ask(&query, json!({"id": run_id, "after": after})).await[list].take();
            rows.append(page["nodes"].as_array_mut().unwrap());
            if page["pageInfo"]["hasNextPage"] != true {
                return rows;
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }

    /// A run's CSV; `options` as in `?excel=true`.
    pub(crate) async fn csv(&self, run_id: &str, options: &str) -> Download {
        let request = self.http.get(format!("{}/api/export/run/{run_id}/csv{options}", self.base));
        Download::of(request.send().await.unwrap()).await
    }
}

pub(crate) const IMPORT: &str = "mutation ($text: String!) {
    importDefinition(input: {text: $text, format: YAML}) { definition { id } } }";

pub(crate) const CREATE_RUN: &str = "mutation ($input: CreateRunInput!) {
    createRun(input: $input) { run { id } warnings } }";

const WATCH: &str = "query ($id: ID!) { run(id: $id) {
    id status isFinished queuedAt startedAt completedAt runType scenarioCount
    progress { pollAfterMs costUsd ledger {
        planned queued running succeeded failed cancelled decided unreadable refused ended } } } }";

/// The variables of `CREATE_RUN`.
pub(crate) fn run_input(definition_id: &str, models: &[&str], rest: Value) -> Value {
    let models: Vec<Value> = models
        .iter()
        .map(|name| match name.split_once('/') {
            Some((provider, model)) => json!({"provider": provider, "model": model}),
            None => json!({"model": name}),
        })
        .collect();
    let mut input = json!({"definitionId": definition_id, "models": models, "sampleSeed": 7});
    for (key, value) in rest.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    json!({"input": input})
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
