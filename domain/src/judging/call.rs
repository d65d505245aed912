//! The calls of judges: noted before they are sent, with what they may cost, and settled after.

use std::{collections::HashMap, time::Duration};

use entity::{AiCallKind, AiCallStatus, AiCallStep, ai_call, assessment_call};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    FromQueryResult, PaginatorTrait, QueryFilter,
};
use uuid::Uuid;

use super::{Question, Terms, Work};
use crate::{
    budget,
    db::{Db, execute, now, placeholders, rows},
    error::{Error, Result},
    limits::{self, AsideLeave},
    lost_race::past_lost_races,
    queue::ClaimedJob,
    registry::Cost,
};

/// Whether a call may be made at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is noted, and what it may cost is held: this is its id.
    Call(Uuid),
    /// Not now: what is in flight holds what is left of the budget.
    Later,
    /// Not any more.
    Never {
        /// As a word: `budget` or `max_calls`.
        category: &'static str,
        /// As a sentence.
        message: String,
    },
}

/// Whether a noted call may be sent.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// After this wait.
    After(Duration),
    /// It has to ask again, after this wait.
    AskAgain(Duration),
}

/// Why a call brought nothing of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// As a word of the taxonomy, or `refused`, `invalid_answer`, `released`.
    pub category: String,
    /// In words.
    pub message: String,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its status from now on.
    pub status: AiCallStatus,
    /// None: its answer was used.
    pub failure: Option<Failure>,
    /// True where it may have been served without anybody knowing what it cost.
    pub is_unheard: bool,
    /// What it cost; None where no price or count is known.
    pub cost: Option<Cost>,
    /// Tokens; None where the provider did not count.
    pub input_tokens: Option<i64>,
    /// See `input_tokens`.
    pub output_tokens: Option<i64>,
    /// The version that answered.
    pub model_version: Option<String>,
    /// The provider's status line.
    pub http_status: Option<u16>,
    /// The provider's name for the call.
    pub request_id: Option<String>,
    /// What was sent, without the key.
    pub request_body: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// What came back, byte for byte.
    pub raw_body: Option<Vec<u8>>,
    /// From sending to the end.
    pub latency: Duration,
}

/// How long a call waits for a place among those in flight before it asks again.
const PLACE_WAIT: Duration = Duration::from_millis(50);

/// Notes a call that is to be made, under the lock of its run's budget, and holds what it may cost.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn start(
    db: &Db,
    terms: &Terms,
    question: &Question,
    step: AiCallStep,
    cost_max: Option<i64>,
    job: &ClaimedJob,
) -> Result<Started> {
    past_lost_races(|| start_once(db, terms, question, step, cost_max, job)).await
}

async fn start_once(
    db: &Db,
    terms: &Terms,
    question: &Question,
    step: AiCallStep,
    cost_max: Option<i64>,
    job: &ClaimedJob,
) -> Result<Started> {
    let run_id = terms.run.id;
    let tx = db.begin_queue().await?;
    let purse = budget::lock(&tx, run_id).await?;
    if let Some(most) = terms.calls_max {
        let made = match terms.work {
            Work::Decisions(id) => {
                ai_call::Entity::find().filter(ai_call::Column::RunJudgeId.eq(id)).count(&tx).await?
            }
            Work::Assessment(id) => {
                let of_work = assessment_call::Column::AssessmentId.eq(id);
                assessment_call::Entity::find().filter(of_work).count(&tx).await?
            }
        };
        if made >= most.unsigned_abs() {
            let message = format!(
                "The judge was asked {most} times, as often as it may be. Ask for it again to go on."
            );
            return Ok(Started::Never { category: "max_calls", message });
        }
    }
    if let Some(limit) = purse.limit_usd_micros {
        let Some(most) = cost_max else {
            let message =
                "The run has a budget, and the judge has no price: nothing bounds what it would cost.";
            return Ok(Started::Never { category: "budget", message: message.into() });
        };
        if purse.spent_usd_micros + purse.reserved_usd_micros + most > limit {
            if purse.reserved_usd_micros > 0 {
                return Ok(Started::Later);
            }
            let usd = |micros: i64| micros as f64 / 1e6;
            let message = format!(
                "Of the budget of {:.6} USD, {:.6} USD are spent, and the judge's next call can cost up to {:.6} USD. \
                 Raise the budget and ask for it again.",
                usd(limit),
                usd(purse.spent_usd_micros),
                usd(most)
            );
            return Ok(Started::Never { category: "budget", message });
        }
        budget::change(&tx, run_id, most, 0).await?;
    }
    let id = Uuid::now_v7();
    ai_call::ActiveModel {
        id: Set(id),
        kind: Set(terms.kind),
        step: Set(step),
        status: Set(AiCallStatus::Waiting),
        run_id: Set(run_id),
        run_judge_id: Set(match terms.work {
            Work::Decisions(id) => Some(id),
            Work::Assessment(_) => None,
        }),
        transcript_id: Set(Some(question.transcript_id)),
        job_id: Set(job.id),
        fence: Set(job.fence),
        lane: Set(terms.provider_id.clone()),
        provider_id: Set(terms.provider_id.clone()),
        wire_model: Set(terms.wire_model.clone()),
        prompt_version: Set(terms.prompt_version.into()),
        held_usd_micros: Set(cost_max.unwrap_or(0)),
        presumed_usd_micros: Set(0),
        created_at: Set(now()),
        ..Default::default()
    }
    .insert(&tx)
    .await?;
    if let Work::Assessment(assessment_id) = terms.work {
        let (ai_call_id, case_id) = (Set(id), Set(question.id));
        assessment_call::ActiveModel { ai_call_id, assessment_id: Set(assessment_id), case_id }
            .insert(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(Started::Call(id))
}

/// Asks for leave to send a call that was noted; where it is given, the call is in flight.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn enter(
    db: &Db,
    terms: &Terms,
    question: &Question,
    call_id: Uuid,
    tokens: f64,
) -> Result<Entered> {
    let tx = db.begin_queue().await?;
    let leave = limits::enter(&tx, &terms.provider_id, &terms.wire_model, question.probe_id, tokens).await?;
    let wait = match leave {
        AsideLeave::Full => return Ok(Entered::AskAgain(PLACE_WAIT)),
        AsideLeave::Broken(wait) => return Ok(Entered::AskAgain(wait)),
        AsideLeave::After(wait) => wait,
    };
    let sql = "UPDATE ai_calls SET status = 'running' WHERE id = $1 AND status = 'waiting'";
    execute(&tx, sql, [call_id.into()]).await?;
    tx.commit().await?;
    Ok(Entered::After(wait))
}

/// Settles a call: what was held becomes what it cost. Also one that was given up as lost.
pub(crate) async fn settle_call(
    tx: &DatabaseTransaction,
    run_id: Uuid,
    call_id: Uuid,
    ended: &Ended,
) -> Result<()> {
    let purse = budget::lock(tx, run_id).await?;
    let found = ai_call::Entity::find_by_id(call_id).one(tx).await?;
    let row = found.ok_or_else(|| Error::not_found("call", call_id))?;
    let worst_case = row.held_usd_micros.max(row.presumed_usd_micros);
    let is_answered = ended.answer.is_some();
    let presumed = match ended.cost {
        None if ended.is_unheard || is_answered => worst_case,
        _ => 0,
    };
    let paid = ended.cost.map(|cost| cost.usd_micros);
    if purse.limit_usd_micros.is_some() {
        let spent = paid.unwrap_or(0) + presumed - row.presumed_usd_micros - row.cost_usd_micros.unwrap_or(0);
        budget::change(tx, run_id, -row.held_usd_micros, spent).await?;
    }
    let storable = |text: &String| text.replace('\0', "\u{fffd}");
    let failure = ended.failure.as_ref();
    ai_call::ActiveModel {
        id: Set(call_id),
        status: Set(ended.status),
        held_usd_micros: Set(0),
        presumed_usd_micros: Set(presumed),
        input_tokens: Set(ended.input_tokens),
        output_tokens: Set(ended.output_tokens),
        price_id: Set(ended.cost.map(|cost| cost.price_id)),
        cost_usd_micros: Set(paid),
        model_version: Set(ended.model_version.as_ref().map(storable)),
        failure_category: Set(failure.map(|failure| failure.category.clone())),
        failure_message: Set(failure.map(|failure| storable(&failure.message))),
        http_status: Set(ended.http_status.map(i32::from)),
        request_id: Set(ended.request_id.as_ref().map(storable)),
        request_body: Set(ended.request_body.as_ref().map(storable)),
        answer: Set(ended.answer.as_ref().map(storable)),
        raw_body: Set(ended.raw_body.clone()),
        latency_ms: Set(Some(i64::try_from(ended.latency.as_millis()).unwrap_or(i64::MAX))),
        finished_at: Set(Some(now())),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// Calls in flight of a run whose job does not hold them any more.
const ORPHANED: &str = "c.status IN ('waiting', 'running') AND NOT EXISTS (
    SELECT 1 FROM jobs WHERE jobs.id = c.job_id AND jobs.fence = c.fence AND jobs.status = 'running')";

/// Gives up calls whose worker died: what was sent may have cost its worst case.
pub(super) async fn lose_orphans(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    #[derive(FromQueryResult)]
    struct Orphan {
        id: Uuid,
        status: String,
        held: i64,
    }
    let sql = format!("SELECT DISTINCT c.run_id FROM ai_calls AS c WHERE {ORPHANED}");
    for Id { run_id } in rows::<Id>(db.read(), sql, []).await? {
        let tx = db.begin_queue().await?;
        let purse = budget::lock(&tx, run_id).await?;
        let sql = format!(
            "SELECT c.id, c.status, c.held_usd_micros AS held FROM ai_calls AS c WHERE c.run_id = $1 AND {ORPHANED}"
        );
        for orphan in rows::<Orphan>(&tx, sql, [run_id.into()]).await? {
            let presumed = if orphan.status == "running" { orphan.held } else { 0 };
            let sql = "UPDATE ai_calls SET status = 'lost', held_usd_micros = 0, presumed_usd_micros = $2,
                    failure_category = 'worker_lost', finished_at = $3,
                    failure_message = 'The worker that made this call stopped answering.' WHERE id = $1";
            execute(&tx, sql, [orphan.id.into(), presumed.into(), now().into()]).await?;
            if purse.limit_usd_micros.is_some() {
                budget::change(&tx, run_id, -orphan.held, presumed).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// What the calls that Probity makes for itself about a run came to.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct CallCosts {
    /// Whose.
    pub run_id: Uuid,
    /// Calls, whatever became of them.
    pub calls: i64,
    /// Micro-dollars that were paid; None where no call had a known price.
    pub paid: Option<i64>,
    /// Micro-dollars that may have been paid without anybody having heard.
    pub presumed: i64,
    /// Micro-dollars that those in flight may cost.
    pub held: i64,
}

/// What the calls of several runs cost, in one statement; runs without any are left out. `kind`: only
/// those of this kind; None: all.
pub(crate) async fn costs_of(
    connection: &impl ConnectionTrait,
    run_ids: &[Uuid],
    kind: Option<AiCallKind>,
) -> Result<HashMap<Uuid, CallCosts>> {
    let sql = format!(
        "SELECT run_id, COUNT(*) AS calls, CAST(SUM(cost_usd_micros) AS bigint) AS paid,
             CAST(SUM(presumed_usd_micros) AS bigint) AS presumed, CAST(SUM(held_usd_micros) AS bigint) AS held
         FROM ai_calls WHERE run_id IN ({}){} GROUP BY run_id",
        placeholders(1, run_ids.len()),
        kind.map_or(String::new(), |kind| format!(" AND kind = '{kind}'"))
    );
    let found: Vec<CallCosts> = rows(connection, sql, run_ids.iter().map(|id| (*id).into())).await?;
    Ok(found.into_iter().map(|costs| (costs.run_id, costs)).collect())
}

/// Whether reviews agree with their gates. Returns what disagrees, in words.
pub(crate) async fn disagreements(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT g.id FROM gates AS g WHERE g.kind = 'judge' AND (g.state = 'open') <> EXISTS (
        SELECT 1 FROM reviews AS r WHERE r.gate_id = g.id AND r.state = 'open')";
    let wrong: Vec<Id> = rows(db.read(), sql, []).await?;
    Ok(wrong
        .into_iter()
        .map(|Id { id }| format!("gate {id}: its state and its review list disagree"))
        .collect())
}
