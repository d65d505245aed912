//! What a judge may cost: between nothing asked and every answer asked.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{
    Estimate, NewRun,
    create::Prepared,
    estimate::{self, BYTES_PER_TOKEN},
};
use crate::{
    budget::{CallPrice, output_cap},
    db::{Db, row},
    definition::Prompts,
    error::Result,
    judging,
    registry::Tariffs,
};

/// The share of the answers that a judge is expected to be asked, where nothing is known.
const SHARE_USUAL: f64 = 0.1;
/// Output tokens of a usual verdict: three short texts.
const VERDICT_TOKENS: u64 = 120;
/// An answer that cannot be used is asked for once more.
const CALLS_PER_ANSWER: u64 = 2;

/// A judge's part of a plan.
#[derive(Clone, Debug)]
pub struct JudgePlan {
    /// Who serves it.
    pub provider_id: String,
    /// The model.
    pub model_id: String,
    /// What is asked for; None: the bare model.
    pub version: Option<String>,
    /// Calls that are expected.
    pub calls_expected: u64,
    /// Calls where every answer is asked about, and asked about again.
    pub calls_max: u64,
    /// True where the share of answers is that of earlier runs of the definition; false: a usual one.
    pub is_measured: bool,
    /// From nothing asked to every answer asked; None: it has no price.
    pub cost: Option<Estimate>,
}

/// What the judge of a run may cost; None: it has none.
pub(super) async fn of(
    db: &Db,
    new: &NewRun,
    prepared: &Prepared,
    prompts: &[Prompts],
    tariffs: &Tariffs,
    answer_tokens: u64,
) -> Result<Option<JudgePlan>> {
    let Some(judge) = &prepared.judge else { return Ok(None) };
    let most = new.judge.as_ref().and_then(|judge| judge.calls_max).map_or(u64::MAX, u64::from);
    let answers = prepared.planned_count;
    let share = share_asked(db, prepared.definition.id).await?;
    let expected = (answers as f64 * share.unwrap_or(SHARE_USUAL)).ceil() as u64;
    let (calls_expected, calls_max) = (expected.min(most), (answers * CALLS_PER_ANSWER).min(most));
    let turns = prompts.first().map_or(1, |prompts| 1 + prompts.follow_ups.len() as u64);
    let framing = judging::framing_bytes(&prepared.content.decision);
    let price = tariffs.of(&judge.model.provider_id, &judge.model.id).map(CallPrice::worst);
    let cost = price.map(|price| {
        // The conversation once, not turn by turn.
        let asked = prompts.iter().map(|prompts| {
            let follow_ups = prompts.follow_ups.iter().map(String::len).sum::<usize>();
            (prompts.first.len() + follow_ups) as u64
        });
        let input = (asked.sum::<u64>() / prompts.len().max(1) as u64 + framing).div_ceil(BYTES_PER_TOKEN);
        let expected =
            price.cost(calls_expected * (input + turns * answer_tokens), calls_expected * VERDICT_TOKENS);
        let caps = prepared.models.iter().map(|chosen| output_cap(new.max_tokens, &chosen.model));
        let cap = caps.collect::<Option<Vec<_>>>().map(|caps| caps.into_iter().max().unwrap_or(0));
        let high = cap.map(|cap| {
            let bytes = prepared.expansion.prompt_bytes_max().iter().sum::<u64>() + framing;
            // A repair sends the first answer again.
            let verdict = u64::from(judging::OUTPUT_TOKENS_MAX);
            let per_call = bytes + turns * cap * BYTES_PER_TOKEN + verdict;
            price.cost(calls_max.saturating_mul(per_call), calls_max.saturating_mul(verdict))
        });
        Estimate { low: 0, expected: high.map_or(expected, |high| expected.min(high)), high }
    });
    Ok(Some(JudgePlan {
        provider_id: judge.model.provider_id.clone(),
        model_id: judge.model.id.clone(),
        version: judge.version.clone(),
        calls_expected,
        calls_max,
        is_measured: share.is_some(),
        cost,
    }))
}

/// The share of its answers that the latest runs of a definition could not read without a judge.
async fn share_asked(db: &Db, definition_id: Uuid) -> Result<Option<f64>> {
    #[derive(FromQueryResult)]
    struct Sums {
        succeeded: Option<i64>,
        unread: Option<i64>,
        asked: Option<i64>,
    }
    let sql = "SELECT CAST(SUM(m.succeeded_count) AS bigint) AS succeeded,
            CAST(SUM(m.unreadable_count) AS bigint) AS unread,
            (SELECT COUNT(*) FROM ai_calls AS c JOIN run_judges AS j ON j.id = c.run_judge_id
             WHERE c.step = 'ask' AND j.run_id IN (SELECT id FROM runs WHERE definition_id = $1
                AND completed_at IS NOT NULL ORDER BY created_at DESC LIMIT 5)) AS asked
        FROM run_models AS m WHERE m.run_id IN (SELECT id FROM runs WHERE definition_id = $1
            AND completed_at IS NOT NULL ORDER BY created_at DESC LIMIT 5)";
    let sums: Option<Sums> = row(db.read(), sql, [definition_id.into()]).await?;
    Ok(sums.and_then(|sums| {
        let succeeded = sums.succeeded.filter(|count| *count > 0)?;
        // What a judge has read is not unreadable any more.
        let asked = sums.unread.unwrap_or(0).max(sums.asked.unwrap_or(0));
        Some((asked as f64 / succeeded as f64).min(1.0))
    }))
}

/// Tokens of a usual answer of the run's models: the longest of them counts.
pub(super) fn answer_tokens(past: &[estimate::Past]) -> u64 {
    past.iter().map(|past| past.output_tokens).max().unwrap_or(0)
}
