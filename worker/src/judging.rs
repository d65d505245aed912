//! Asking judges: a few transcripts at a time, some of them at once, each with one repair.

use std::{sync::Arc, time::Duration};

use domain::{
    Result,
    judging::{
        self, Case, Conclusion, Ended, Entered, Failure, Judging, OUTPUT_TOKENS_MAX, Started, Verdict,
    },
    queue::{ClaimedJob, JobEnding},
    registry::{Cost, TokenCounts},
};
use entity::{AiCallStatus, AiCallStep};
use futures::stream::{self, StreamExt};
use providers::{
    AnswerSchema, Finish, Message, NextStep, ProviderError, ProviderReply, ProviderRequest, Timeouts,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    jobs::{Served, Workshop},
    pacer::Call,
    retry::{self, Step},
    turns,
};

/// Transcripts of one turn of the job: others have theirs in between.
const CHUNK: u64 = 32;
/// Calls of one run at once, in one worker.
const PARALLEL: usize = 8;
/// A longer wait is not slept through: the slot goes to another run.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// The longest that a job is put off.
const SNOOZE_MAX: Duration = Duration::from_secs(300);
/// Until somebody resumes a run, or starts a worker that can serve its judge.
const IDLE: Duration = Duration::from_secs(1);

const OUTAGE_PAUSE: Duration = Duration::from_millis(500);

/// What became of one transcript.
#[derive(Clone, Debug, PartialEq)]
enum Judged {
    Decided,
    Unreadable,
    /// It is on the review list.
    GivenUp,
    /// Nothing yet: not before so long.
    Later(Duration),
    /// The judge ends, for a reason that the next call would meet too.
    Stop {
        category: String,
        message: String,
    },
}

/// Judges what waits of a run, a chunk at a time.
pub(crate) async fn judge(
    shop: &Workshop,
    job: &ClaimedJob,
    run_id: Uuid,
    provider_id: &str,
) -> Result<JobEnding> {
    let db = &shop.db;
    // What an earlier claim of this job had in flight when its worker died.
    judging::resume(db).await?;
    let Some(judging) = judging::load(db, shop.runs.get(run_id).await?).await? else {
        return Ok(JobEnding::Succeeded);
    };
    if judging.row.provider_id != provider_id {
        // Another judge was named since: its job is for who can serve it, once this one has ended.
        return Ok(JobEnding::Succeeded);
    }
    if let Some((category, message)) = judging.stopped_because() {
        judging::stop(db, &judging, category, &message).await?;
        return Ok(JobEnding::Succeeded);
    }
    if judging.waits_because().is_some() {
        return Ok(JobEnding::Snooze(IDLE));
    }
    let Some(served) = shop.providers.get(&judging.row.provider_id) else {
        return Ok(JobEnding::Snooze(IDLE));
    };
    while !judging::reopen(db, &judging).await? {}
    let cases = judging::next(db, &judging, CHUNK).await?;
    if cases.is_empty() {
        return Ok(JobEnding::Succeeded);
    }
    let asking = Asking { shop, served, judging: &judging, job };
    let judged: Vec<Result<Judged>> =
        stream::iter(cases).map(|case| asking.judge(case)).buffer_unordered(PARALLEL).collect().await;
    let count = |wanted: Judged| {
        judged.iter().filter(|judged| judged.as_ref().is_ok_and(|judged| *judged == wanted)).count() as u64
    };
    let (decided, unreadable, given_up) =
        (count(Judged::Decided), count(Judged::Unreadable), count(Judged::GivenUp));
    judging::note(db, &judging, decided, unreadable, given_up).await?;
    let mut wait = Duration::ZERO;
    for judged in judged {
        match judged? {
            Judged::Later(pause) => wait = wait.max(pause),
            Judged::Stop { category, message } => {
                judging::stop(db, &judging, &category, &message).await?;
                return Ok(JobEnding::Succeeded);
            }
            Judged::Decided | Judged::Unreadable | Judged::GivenUp => {}
        }
    }
    Ok(JobEnding::Snooze(wait.min(SNOOZE_MAX)))
}

/// A judge being asked under a claim of its job.
struct Asking<'a> {
    shop: &'a Workshop,
    served: &'a Served,
    judging: &'a Judging,
    job: &'a ClaimedJob,
}

/// What came of one call.
enum Called {
    Answered(Uuid, Box<ProviderReply>),
    Failed(Uuid, Box<ProviderError>, Duration),
    Not(Judged),
}

impl Asking<'_> {
    /// Judges one transcript, from where an earlier claim has stopped.
    async fn judge(&self, case: Case) -> Result<Judged> {
        let mut invalid = case.invalid.clone();
        let mut tries = case.try_count;
        loop {
            let step = if invalid.is_some() { AiCallStep::Repair } else { AiCallStep::Ask };
            let request = self.request(&case, invalid.as_ref());
            let (call_id, reply) = match self.call(&case, step, &request).await? {
                Called::Not(judged) => return Ok(judged),
                Called::Failed(call_id, error, wait) => {
                    match self.failed(&case, call_id, *error, wait, &mut tries).await? {
                        Some(judged) => return Ok(judged),
                        None => continue,
                    }
                }
                Called::Answered(call_id, reply) => (call_id, *reply),
            };
            let verdict = self.read(&reply);
            let ended = self.ended(reply);
            match verdict {
                Ok(verdict) => {
                    let is_decided = verdict.decision.is_some();
                    self.settle(&case, call_id, &ended, &Conclusion::Read(verdict)).await?;
                    return Ok(if is_decided { Judged::Decided } else { Judged::Unreadable });
                }
                Err(Unusable::Refused(message)) => {
                    let failure = Failure { category: "refused".into(), message };
                    return self.give_up(&case, call_id, ended, AiCallStatus::Failed, failure).await;
                }
                Err(Unusable::Invalid(faults)) => {
                    let failure = Failure { category: "invalid_answer".into(), message: faults.join(" ") };
                    if step == AiCallStep::Repair {
                        return self.give_up(&case, call_id, ended, AiCallStatus::Invalid, failure).await;
                    }
                    let answer = ended.answer.clone().unwrap_or_default();
                    let ended = Ended { status: AiCallStatus::Invalid, failure: Some(failure), ..ended };
                    self.settle(&case, call_id, &ended, &Conclusion::Open).await?;
                    invalid = Some((answer, faults));
                }
            }
        }
    }

    fn request(&self, case: &Case, invalid: Option<&(String, Vec<String>)>) -> ProviderRequest {
        let config = &self.shop.config;
        let mut messages = vec![Message::user(&case.question)];
        if let Some((answer, faults)) = invalid {
            // Some vendors take no message without text.
            let said = if answer.trim().is_empty() { "(nothing)" } else { answer };
            messages.push(Message::assistant(said, None));
            messages.push(Message::user(Case::repair(faults)));
        }
        ProviderRequest {
            model: self.judging.row.wire_model.clone(),
            system: Some(case.system.into()),
            messages,
            temperature: Some(0.0),
            top_p: None,
            max_output_tokens: Some(OUTPUT_TOKENS_MAX),
            seed: None,
            stop: Vec::new(),
            reasoning_effort: None,
            answer_schema: Some(Arc::new(AnswerSchema {
                name: "judgement".into(),
                schema: self.judging.schema.clone(),
            })),
            refuses: self.judging.model.as_ref().map(turns::refused).unwrap_or_default(),
            timeouts: Timeouts {
                first_byte: Duration::from_secs_f64(config.first_byte_timeout_seconds),
                total: Duration::from_secs_f64(config.attempt_timeout_seconds),
            },
        }
    }

    /// One call: noted with what it may cost, sent when the limits allow it.
    async fn call(&self, case: &Case, step: AiCallStep, request: &ProviderRequest) -> Result<Called> {
        let (db, pacer) = (&self.shop.db, &self.served.pacer);
        let system = request.system.as_ref().map_or(0, String::len);
        let bytes = system + request.messages.iter().map(|message| message.text.len()).sum::<usize>();
        let cost_max = self.judging.cost_max(bytes);
        let call_id = match judging::start(db, self.judging, case, step, cost_max, self.job).await? {
            Started::Call(id) => id,
            Started::Later => return Ok(Called::Not(Judged::Later(IDLE))),
            Started::Never { category, message } => {
                return Ok(Called::Not(Judged::Stop { category: category.into(), message }));
            }
        };
        let estimate = pacer.estimate(bytes, None);
        let is_sent = self.shop.abort.run_until_cancelled(self.leave(case, call_id, estimate)).await;
        match is_sent.transpose()? {
            Some(()) => {}
            // Nothing was sent: the worker stops.
            None => return self.released(case, call_id, false).await,
        }
        let call = Call {
            probe_id: case.transcript.probe_id,
            wire_model: &self.judging.row.wire_model,
            estimate,
            sent_at: Instant::now(),
        };
        pacer.sent();
        let reply = tokio::select! {
            // An answer that is there at the same moment was paid for.
            biased;
            reply = self.served.provider.converse(request) => reply,
            () = self.shop.abort.cancelled() => return self.released(case, call_id, true).await,
        };
        match reply {
            Ok(reply) => {
                pacer.answered(call, &reply).await;
                let reply = turns::within_limit(reply, self.shop.config.answer_max_bytes);
                Ok(Called::Answered(call_id, Box::new(reply)))
            }
            Err(error) => {
                let pause = |waits| retry::wait(&self.shop.config, &error, waits);
                let (_, wait) = pacer.failed(call, &error, pause).await;
                Ok(Called::Failed(call_id, Box::new(error), wait))
            }
        }
    }

    /// Waits until the call may be sent.
    async fn leave(&self, case: &Case, call_id: Uuid, estimate: f64) -> Result<()> {
        loop {
            match judging::enter(&self.shop.db, self.judging, case, call_id, estimate).await? {
                Entered::After(wait) => {
                    sleep(wait).await;
                    return Ok(());
                }
                Entered::AskAgain(wait) => sleep(wait).await,
            }
        }
    }

    async fn released(&self, case: &Case, call_id: Uuid, is_unheard: bool) -> Result<Called> {
        let message = "The worker shut down before the answer came.".into();
        let failure = Failure { category: "released".into(), message };
        let ended = Ended { failure: Some(failure), is_unheard, ..unanswered() };
        self.settle(case, call_id, &ended, &Conclusion::Open).await?;
        Ok(Called::Not(Judged::Later(Duration::ZERO)))
    }

    /// What becomes of a transcript whose call failed; None: it is asked again.
    async fn failed(
        &self,
        case: &Case,
        call_id: Uuid,
        error: ProviderError,
        wait: Duration,
        tries: &mut i32,
    ) -> Result<Option<Judged>> {
        let step = retry::step(&self.shop.config, &error, *tries);
        let is_of_the_account = error.category.next_step() == NextStep::Hold;
        let failure = Failure { category: error.category.to_string(), message: error.message.clone() };
        let ended = Ended {
            failure: Some(failure.clone()),
            is_unheard: may_have_cost(&error),
            http_status: error.status,
            request_id: error.request_id,
            request_body: error.request_body,
            raw_body: error.raw_body.map(|body| body.to_vec()),
            latency: error.elapsed,
            ..unanswered()
        };
        let pause = match step {
            Step::GiveUp if is_of_the_account => {
                self.settle(case, call_id, &ended, &Conclusion::Open).await?;
                let Failure { category, message } = failure;
                return Ok(Some(Judged::Stop { category, message }));
            }
            Step::GiveUp => {
                let status = AiCallStatus::Failed;
                return self.give_up(case, call_id, ended, status, failure).await.map(Some);
            }
            Step::Wait => wait,
            Step::Retry(pause) => {
                *tries += 1;
                pause
            }
        };
        self.settle(case, call_id, &ended, &Conclusion::Open).await?;
        if pause > WAIT_MAX {
            return Ok(Some(Judged::Later(pause)));
        }
        if self.shop.abort.run_until_cancelled(sleep(pause)).await.is_none() {
            return Ok(Some(Judged::Later(Duration::ZERO)));
        }
        Ok(None)
    }

    async fn give_up(
        &self,
        case: &Case,
        call_id: Uuid,
        ended: Ended,
        status: AiCallStatus,
        failure: Failure,
    ) -> Result<Judged> {
        let conclusion = Conclusion::GivenUp {
            category: failure.category.clone(),
            message: failure.message.clone(),
            answer: ended.answer.clone(),
        };
        let ended = Ended { status, failure: Some(failure), ..ended };
        self.settle(case, call_id, &ended, &conclusion).await?;
        Ok(Judged::GivenUp)
    }

    async fn settle(&self, case: &Case, call_id: Uuid, ended: &Ended, conclusion: &Conclusion) -> Result<()> {
        let mut is_out = false;
        // What was paid for is kept in memory until the database is back.
        loop {
            match judging::settle(&self.shop.db, self.judging, case, call_id, ended, conclusion).await {
                Err(error) if error.is_outage() => {
                    if !std::mem::replace(&mut is_out, true) {
                        tracing::warn!(%error, "a judge's answer is kept in memory until the database is back");
                    }
                    sleep(OUTAGE_PAUSE).await;
                }
                other => return other,
            }
        }
    }

    fn read(&self, reply: &ProviderReply) -> Result<Verdict, Unusable> {
        let cut = || Unusable::Invalid(vec!["It breaks off before its end; be brief.".into()]);
        match reply.finish {
            Finish::Refusal => Err(Unusable::Refused("The judge declined to answer.".into())),
            Finish::ContentFilter => {
                Err(Unusable::Refused("The provider's filter stopped the judge's answer.".into()))
            }
            Finish::Length => Err(cut()),
            Finish::Stop | Finish::Other => self.judging.read(&reply.text).map_err(Unusable::Invalid),
        }
    }

    /// An answer that was used, until somebody says otherwise.
    fn ended(&self, reply: ProviderReply) -> Ended {
        let tokens = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        let counts = TokenCounts {
            input: tokens(reply.usage.input),
            cached_input: tokens(reply.usage.cached_input),
            cache_write: tokens(reply.usage.cache_write),
            output: tokens(reply.usage.output),
        };
        let cost: Option<Cost> = self.judging.price.as_ref().and_then(|price| price.cost_of(&counts));
        Ended {
            status: AiCallStatus::Succeeded,
            cost,
            input_tokens: counts.input,
            output_tokens: counts.output,
            model_version: reply.model_version,
            request_id: reply.request_id,
            request_body: Some(reply.request_body),
            answer: Some(reply.text),
            raw_body: Some(reply.raw_body.to_vec()),
            latency: reply.total,
            ..unanswered()
        }
    }
}

/// Why an answer is none.
enum Unusable {
    Refused(String),
    /// What is wrong with it, as sentences for the judge.
    Invalid(Vec<String>),
}

/// A call that brought nothing, and of which nothing is known.
fn unanswered() -> Ended {
    Ended {
        status: AiCallStatus::Failed,
        failure: None,
        is_unheard: false,
        cost: None,
        input_tokens: None,
        output_tokens: None,
        model_version: None,
        http_status: None,
        request_id: None,
        request_body: None,
        answer: None,
        raw_body: None,
        latency: Duration::ZERO,
    }
}

/// Whether a call that failed may have been served, and billed, all the same.
fn may_have_cost(error: &ProviderError) -> bool {
    use providers::ErrorCategory::{Connection, Malformed, Timeout};
    matches!(error.category, Timeout | Connection | Malformed) && !error.message.contains("no connection")
}
