//! Why probes failed, and what to do.

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use domain::diagnosis;
use uuid::Uuid;

use super::{
    access::{present, rows},
    loaders::ProbeKey,
    probe::Probe,
    run_model::{RunModel, run_model_of},
};

/// What kind of trouble it was, in the order in which rules are asked: specific before general.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "diagnosis::Category")]
pub(crate) enum DiagnosisCategory {
    /// A deadline passed.
    Timeout,
    /// No connection, or one that broke.
    Connection,
    /// The account: its key, permissions, quota or payment.
    Auth,
    /// What was sent or came back: too long, not taken, not readable, not storable.
    Data,
    /// What passes by itself: limits, overload, a failing server, a dead worker.
    Flaky,
    /// Something else came than was expected.
    Assertion,
    /// It was ended without being asked.
    Stopped,
    /// No rule knows it.
    Unknown,
}

/// Why one probe failed.
#[derive(SimpleObject)]
pub(crate) struct ProbeDiagnosis {
    /// What kind of trouble it was.
    category: DiagnosisCategory,
    /// The cause as a stable word, e.g. `connection_dns`.
    cause: &'static str,
    /// The cause, for people.
    title: &'static str,
    /// The lines that show it, without what looks like a secret; at last what became of its tries,
    /// where it had several.
    evidence: Vec<String>,
    /// What to do, in whole sentences.
    what_to_do: String,
    /// True where trying the same probe again can succeed: by itself, or once what is to be done is
    /// done. False where the same request would get the same answer.
    is_retryable: bool,
}

impl From<diagnosis::Diagnosis> for ProbeDiagnosis {
    fn from(found: diagnosis::Diagnosis) -> Self {
        Self {
            category: found.rule.category.into(),
            cause: found.rule.cause,
            title: found.rule.title,
            evidence: found.evidence,
            what_to_do: found.what_to_do,
            is_retryable: found.rule.is_retryable,
        }
    }
}

/// Failed probes of a run that have one cause.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Diagnosis {
    /// What kind of trouble it was.
    category: DiagnosisCategory,
    /// The cause as a stable word, e.g. `connection_dns`.
    cause: &'static str,
    /// The cause, for people.
    title: &'static str,
    /// How many probes failed so.
    count: i64,
    /// By model, in the order of the run.
    models: Vec<DiagnosisModel>,
    /// What they say most often, at most three.
    evidence: Vec<DiagnosisEvidence>,
    /// What to do, in whole sentences.
    what_to_do: String,
    /// True where trying the same probes again can succeed: by itself, or once what is to be done is
    /// done. False where the same requests would get the same answers.
    is_retryable: bool,
    #[graphql(skip)]
    example_probe_ids: Vec<Uuid>,
}

#[ComplexObject]
impl Diagnosis {
    /// Some of the probes, at most five.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn example_probes(&self, ctx: &Context<'_>) -> Result<Vec<Probe>> {
        let keys: Vec<ProbeKey> = self.example_probe_ids.iter().copied().map(ProbeKey).collect();
        let mut found = rows(ctx).load_many(keys.iter().copied()).await?;
        keys.iter().map(|key| Ok(Probe(present(found.remove(key), "probe")?))).collect()
    }
}

/// What several failures say, but for numbers and ids.
#[derive(SimpleObject)]
pub(crate) struct DiagnosisEvidence {
    /// As the first of them said it, without what looks like a secret.
    text: String,
    /// How many said so.
    count: i64,
}

/// How often a model of the run failed so.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct DiagnosisModel {
    /// Its failed probes of this cause.
    count: i64,
    #[graphql(skip)]
    run_model_id: Uuid,
}

#[ComplexObject]
impl DiagnosisModel {
    /// The model.
    async fn run_model(&self, ctx: &Context<'_>) -> Result<RunModel> {
        run_model_of(ctx, self.run_model_id).await
    }
}

impl From<diagnosis::Group> for Diagnosis {
    fn from(group: diagnosis::Group) -> Self {
        let model = |model: diagnosis::ModelCount| DiagnosisModel {
            count: model.count,
            run_model_id: model.run_model_id,
        };
        let evidence = |said: diagnosis::Evidence| DiagnosisEvidence { text: said.text, count: said.count };
        Self {
            category: group.rule.category.into(),
            cause: group.rule.cause,
            title: group.rule.title,
            count: group.count,
            models: group.models.into_iter().map(model).collect(),
            evidence: group.evidence.into_iter().map(evidence).collect(),
            what_to_do: group.what_to_do,
            is_retryable: group.rule.is_retryable,
            example_probe_ids: group.example_probe_ids,
        }
    }
}
