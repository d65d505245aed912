//! A client of the API that expects the worst of it: what fails on the way is told apart from
//! what was refused.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::time::sleep;

/// A run that does not get on for this long is a failure of the drill.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);
const POLL: Duration = Duration::from_millis(100);

/// Talks to one process; a process that is started again has another address.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
}

/// A run that was asked for.
pub(crate) struct Ask<'a> {
    pub(crate) definition_id: &'a str,
    pub(crate) models: &'a [&'a str],
    pub(crate) samples: usize,
    pub(crate) client_token: Option<&'a str>,
}

impl Client {
    pub(crate) fn new(address: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { http, base: format!("http://{address}") })
    }

    /// What stands below `data`. An error is what the API refused, or that it did not answer.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let body = json!({"query": query, "variables": variables});
        let answer = self.http.post(format!("{}/graphql", self.base)).json(&body).send().await?;
        let mut answer: Value = answer.json().await.context("an answer without JSON")?;
        if let Some(errors) = answer.get("errors") {
            bail!("refused: {errors}");
        }
        Ok(answer["data"].take())
    }

    pub(crate) async fn import(&self, definition: &Value) -> anyhow::Result<String> {
        let query = "mutation ($text: String!) {
            importDefinition(input: {text: $text, format: JSON}) { definition { id } } }";
        let found = self.ask(query, json!({"text": definition.to_string()})).await?;
        text(&found["importDefinition"]["definition"]["id"])
    }

    pub(crate) async fn create_run(&self, ask: &Ask<'_>) -> anyhow::Result<String> {
        let query = "mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } } }";
        let models: Vec<Value> =
            ask.models.iter().map(|model| json!({"provider": "sim", "model": model})).collect();
        let input = json!({
            "definitionId": ask.definition_id, "models": models, "samplesPerScenario": ask.samples,
            "sampleSeed": 1, "allowDuplicate": true, "clientToken": ask.client_token,
        });
        let found = self.ask(query, json!({"input": input})).await?;
        text(&found["createRun"]["run"]["id"])
    }

    /// A command on a run, e.g. `pauseRun`; returns the run's status.
    pub(crate) async fn command(&self, name: &str, run_id: &str, token: &str) -> anyhow::Result<String> {
        let query = format!(
            "mutation ($id: ID!, $token: String) {{
                {name}(input: {{id: $id, clientToken: $token}}) {{ run {{ status }} }} }}"
        );
        let found = self.ask(&query, json!({"id": run_id, "token": token})).await?;
        text(&found[name]["run"]["status"])
    }

    pub(crate) async fn run(&self, run_id: &str) -> anyhow::Result<Value> {
        let query = "query ($id: ID!) { run(id: $id) { status isFinished queuedAt
            progress { ledger { planned queued running succeeded failed cancelled } } } }";
        Ok(self.ask(query, json!({"id": run_id})).await?["run"].take())
    }

    /// Polls a run until it is as wanted. That nobody answers meanwhile is waited out.
    pub(crate) async fn wait(
        &self,
        run_id: &str,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let found = self.run(run_id).await;
            match &found {
                Ok(run) if is_wanted(run) => return found,
                _ if began.elapsed() > PATIENCE => {
                    return found.and_then(|run| bail!("the run does not get on: {run}"));
                }
                _ => sleep(POLL).await,
            }
        }
    }

    pub(crate) async fn finish(&self, run_id: &str) -> anyhow::Result<Value> {
        self.wait(run_id, |run| run["isFinished"] == true).await
    }

    /// Waits until so many workers are online.
    pub(crate) async fn workers_online(&self, count: usize) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let found = self.ask("{ workers(first: 200) { nodes { isOnline } } }", json!({})).await?;
            let nodes = found["workers"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
            if nodes.iter().filter(|worker| worker["isOnline"] == true).count() >= count {
                return Ok(());
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "{count} workers do not come up: {found}");
            sleep(POLL).await;
        }
    }

    /// Every row of a list, page by page. `arguments` are beside `first` and `after`.
    pub(crate) async fn all(&self, list: &str, arguments: &str, fields: &str) -> anyhow::Result<Vec<Value>> {
        let query = format!(
            "query ($after: String) {{ {list}({arguments} first: 250, after: $after) {{
                nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut page = self.ask(&query, json!({"after": after})).await?[list].take();
            rows.append(page["nodes"].as_array_mut().context("a list without nodes")?);
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(rows);
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }

    /// Begins the download of a run's CSV.
    pub(crate) async fn csv(&self, run_id: &str) -> anyhow::Result<reqwest::Response> {
        let request = self.http.get(format!("{}/api/export/run/{run_id}/csv", self.base));
        Ok(request.send().await?.error_for_status()?)
    }
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is no text"))
}
