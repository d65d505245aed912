//! Asking judges: some questions at once, each with one repair.

mod call;
mod decisions;
mod task;

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use domain::{
    Result,
    judging::{Conclusion, Ended, Failure},
    queue::{ClaimedJob, JobEnding},
};
use entity::{AiCallStatus, AiCallStep};
use futures::stream::{FuturesUnordered, StreamExt};
use providers::{NextStep, ProviderError};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    jobs::{Served, Workshop},
    retry::{self, Step},
};
use call::{Called, Unusable, may_have_cost, unanswered};
pub(crate) use decisions::judge;
pub(crate) use task::Task;

/// Transcripts that are read at once.
const CHUNK: u64 = 32;
/// How long a turn of the job takes up new ones: other runs have theirs in between.
const TURN: Duration = Duration::from_secs(5);
/// Calls of one run at once, in one worker.
const PARALLEL: usize = 8;
/// A longer wait is not slept through: the slot goes to another run.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// The longest that a job is put off.
const SNOOZE_MAX: Duration = Duration::from_secs(300);
/// Until somebody resumes a run, or starts a worker that can serve its judge.
pub(crate) const IDLE: Duration = Duration::from_secs(1);

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

/// What came of a turn of the job.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) decided: u64,
    pub(crate) unreadable: u64,
    pub(crate) given_up: u64,
    /// How long what was put off has to wait.
    wait: Duration,
    pub(crate) stop: Option<(String, String)>,
    /// The first of them.
    error: Option<domain::Error>,
    /// True where nothing waits to be judged.
    is_done: bool,
}

impl Tally {
    /// How the job goes on after a turn that nothing stopped.
    pub(crate) fn ending(self) -> Result<JobEnding> {
        match self.error {
            Some(error) => Err(error),
            None if self.is_done => Ok(JobEnding::Succeeded),
            None => Ok(JobEnding::Snooze(self.wait.min(SNOOZE_MAX))),
        }
    }

    fn add(&mut self, judged: Result<Judged>) {
        match judged {
            Ok(Judged::Decided) => self.decided += 1,
            Ok(Judged::Unreadable) => self.unreadable += 1,
            Ok(Judged::GivenUp) => self.given_up += 1,
            Ok(Judged::Later(pause)) => self.wait = self.wait.max(pause.max(Duration::from_millis(1))),
            Ok(Judged::Stop { category, message }) => {
                self.stop.get_or_insert((category, message));
            }
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
    }

    /// True where nothing more is to be begun; what is in flight is waited for, it was paid for.
    fn is_over(&self) -> bool {
        self.stop.is_some() || self.error.is_some() || !self.wait.is_zero()
    }
}

/// A judge being asked under a claim of its job.
pub(crate) struct Asking<'a, T> {
    pub(crate) shop: &'a Workshop,
    pub(crate) served: &'a Served,
    pub(crate) task: &'a T,
    pub(crate) job: &'a ClaimedJob,
}

impl<T: Task> Asking<'_, T> {
    /// Judges for a while, so many transcripts at once. One that hangs holds up none but itself:
    /// while it is waited for, others have their turn.
    pub(crate) async fn turn(&self) -> Tally {
        let shop = self.shop;
        let poll = Duration::from_millis(shop.config.poll_ms.max(1));
        let until = Instant::now() + TURN;
        let (mut tally, mut next) = (Tally::default(), VecDeque::new());
        let (mut in_flight, mut taken) = (FuturesUnordered::new(), HashSet::new());
        loop {
            let goes_on = !tally.is_over() && Instant::now() < until && !shop.abort.is_cancelled();
            if goes_on && next.is_empty() && in_flight.len() < PARALLEL {
                match self.waiting(&taken).await {
                    Ok(cases) => next.extend(cases),
                    Err(error) => tally.add(Err(error)),
                }
            }
            while goes_on && in_flight.len() < PARALLEL {
                let Some(case) = next.pop_front() else { break };
                let id = T::question(&case).id;
                taken.insert(id);
                in_flight.push(async move { (id, self.judge(case).await) });
            }
            if in_flight.is_empty() {
                tally.is_done = goes_on && !tally.is_over();
                return tally;
            }
            tokio::select! {
                Some((id, judged)) = in_flight.next() => {
                    taken.remove(&id);
                    tally.add(judged);
                }
                () = sleep(poll), if goes_on && in_flight.len() < PARALLEL => {}
            }
        }
    }

    /// What waits to be judged and is not in flight; nothing where the run was paused or cancelled
    /// meanwhile.
    async fn waiting(&self, taken: &HashSet<Uuid>) -> Result<Vec<T::Case>> {
        let before = &self.task.terms().run;
        let run = domain::run::find(&self.shop.db, before.id).await?;
        if run.paused_at != before.paused_at || run.cancelled_at != before.cancelled_at {
            return Ok(Vec::new());
        }
        let mut cases = self.task.next(&self.shop.db, CHUNK).await?;
        cases.retain(|case| !taken.contains(&T::question(case).id));
        Ok(cases)
    }

    /// Judges one transcript, from where an earlier claim has stopped.
    async fn judge(&self, case: T::Case) -> Result<Judged> {
        let mut invalid = T::question(&case).invalid.clone();
        let mut tries = T::question(&case).try_count;
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
            let verdict = self.read(&case, &reply);
            let ended = self.ended(reply);
            match verdict {
                Ok(verdict) => {
                    let is_decided = T::is_decided(&verdict);
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

    /// What becomes of a transcript whose call failed; None: it is asked again.
    async fn failed(
        &self,
        case: &T::Case,
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
        // Told to wait, all of this provider's calls are; a pause before another try is this one's alone.
        if step == Step::Wait && pause > WAIT_MAX {
            return Ok(Some(Judged::Later(pause)));
        }
        if self.shop.abort.run_until_cancelled(sleep(pause)).await.is_none() {
            return Ok(Some(Judged::Later(Duration::ZERO)));
        }
        Ok(None)
    }

    async fn give_up(
        &self,
        case: &T::Case,
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

    async fn settle(
        &self,
        case: &T::Case,
        call_id: Uuid,
        ended: &Ended,
        conclusion: &Conclusion<T::Found>,
    ) -> Result<()> {
        let mut is_out = false;
        // What was paid for is kept in memory until the database is back.
        loop {
            match self.task.settle(&self.shop.db, case, call_id, ended, conclusion).await {
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
}
