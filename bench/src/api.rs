//! Probity's API as a notebook uses it.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::workload::Workload;

/// Often enough to see the end soon, seldom enough to cost nothing.
const POLL: Duration = Duration::from_millis(100);

pub(crate) struct Api {
    client: reqwest::Client,
    base_url: String,
}

/// A run that was created.
pub(crate) struct Created {
    pub(crate) id: String,
    /// How long the mutation took.
    pub(crate) took: Duration,
    /// When its answer was there.
    pub(crate) answered: Instant,
    /// The same by the wall clock, to compare with what the database says.
    pub(crate) answered_at: DateTime<Utc>,
}

/// A run as it stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    pub(crate) status: String,
    pub(crate) is_finished: bool,
    pub(crate) queued_at: Option<DateTime<Utc>>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) csv_url: String,
    pub(crate) progress: Progress,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Progress {
    pub(crate) ledger: Ledger,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) planned: u64,
    pub(crate) succeeded: u64,
}

/// What is asked again and again while a run is under way.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Question {
    /// Status and counts.
    Progress,
    /// With when it will be over, and what it waits for.
    Page,
}

const LEDGER: &str = "ledger { planned queued running succeeded failed cancelled decided unreadable }";

impl Api {
    pub(crate) fn new(address: &str) -> anyhow::Result<Self> {
        let client =
            reqwest::Client::builder().no_gzip().no_brotli().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { client, base_url: format!("http://{address}") })
    }

    /// True once a worker that is online serves the simulated models.
    pub(crate) async fn is_sim_served(&self) -> anyhow::Result<bool> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Model {
            provider_id: String,
            is_key_configured: bool,
        }
        let models: Vec<Model> = self
            .query("{ availableModels { providerId isKeyConfigured } }", json!({}), "/availableModels")
            .await?;
        Ok(models.iter().any(|model| model.provider_id == "sim" && model.is_key_configured))
    }

    /// Imports the workload's definition; returns its id.
    pub(crate) async fn import(&self, workload: Workload) -> anyhow::Result<String> {
        let query = "mutation($input: ImportDefinitionInput!) {
            importDefinition(input: $input) { definition { id } } }";
        let input = json!({"text": workload.definition(), "format": "JSON"});
        self.query(query, json!({"input": input}), "/importDefinition/definition/id").await
    }

    pub(crate) async fn create_run(
        &self,
        definition_id: &str,
        workload: Workload,
    ) -> anyhow::Result<Created> {
        let query = "mutation($input: CreateRunInput!) { createRun(input: $input) { run { id } } }";
        let input = json!({
            "definitionId": definition_id, "models": workload.models(), "samplesPerScenario": workload.samples,
            "sampleSeed": 1,
        });
        let started = Instant::now();
        let id = self.query(query, json!({"input": input}), "/createRun/run/id").await?;
        Ok(Created { id, took: started.elapsed(), answered: Instant::now(), answered_at: Utc::now() })
    }

    pub(crate) async fn run(&self, id: &str) -> anyhow::Result<Run> {
        let query = "query($id: ID!) { run(id: $id) {
            status isFinished queuedAt startedAt completedAt csvUrl progress { ledger { planned succeeded } } } }";
        self.query(query, json!({"id": id}), "/run").await
    }

    /// Asks once, and throws the answer away.
    pub(crate) async fn ask(&self, question: Question, id: &str) -> anyhow::Result<()> {
        let more = match question {
            Question::Progress => "",
            Question::Page => {
                "eta { low expected high } waitingBecause { kind message } pauseBlockedBecause
                 models { waitingBecause { kind message } }"
            }
        };
        let query = format!(
            "query($id: ID!) {{ run(id: $id) {{ status isFinished {more}
                progress {{ {LEDGER} costUsd pollAfterMs models {{ {LEDGER} }} }} }} }}"
        );
        self.query(&query, json!({"id": id}), "/run").await.map(|_: Value| ())
    }

    /// Polls a run until it satisfies a condition.
    pub(crate) async fn wait(
        &self,
        id: &str,
        most: Duration,
        is_there: impl Fn(&Run) -> bool,
    ) -> anyhow::Result<Run> {
        let started = Instant::now();
        loop {
            let run = self.run(id).await?;
            if is_there(&run) {
                return Ok(run);
            }
            if started.elapsed() > most {
                bail!("the run did not get there within {most:?}: {run:?}");
            }
            sleep(POLL).await;
        }
    }

    /// Starts a download.
    pub(crate) async fn download(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let path = path.strip_prefix(&self.base_url).unwrap_or(path);
        Ok(self.client.get(format!("{}{path}", self.base_url)).send().await?.error_for_status()?)
    }

    async fn query<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
        pointer: &str,
    ) -> anyhow::Result<T> {
        let body = json!({"query": query, "variables": variables});
        let answer = self.client.post(format!("{}/graphql", self.base_url)).json(&body).send().await?;
        let mut answer: Value = answer.json().await.context("the API answered without JSON")?;
        if let Some(errors) = answer.get("errors") {
            bail!("the API refused: {errors}");
        }
        let found = answer.pointer_mut(&format!("/data{pointer}")).map(Value::take).unwrap_or_default();
        serde_json::from_value(found).with_context(|| format!("{pointer} in the API's answer"))
    }
}
