//! Executing a probe: its turns one after the other, each committed before the next is sent.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    Result, conversation,
    definition::Prompts,
    meter::meter,
    queue::{AttemptRecord, ClaimedProbe, Ending, NewTurn, ProbeWrite, Written},
    run::{FrozenModel, FrozenRun, combination_of},
};
use entity::{AttemptResult, ProbeOutcome, TranscriptOutcome};
use providers::{ErrorCategory, ProviderError, ProviderRequest, Timeouts};
use tokio::time::Instant;

use crate::{
    backend::Held,
    lane::Lane,
    pacer::{Call, Standing},
    retry::{self, Step},
    turns,
};

/// Executes one probe from its claim to its last write.
pub(crate) async fn execute(lane: Lane, held: Held) {
    // The place is given back when this function ends.
    let Held { probe, slot, place: _place, reserved_tokens } = held;
    let conversation = match Conversation::begin(&lane, probe.clone(), reserved_tokens).await {
        Ok(conversation) => conversation,
        Err(error) => {
            tracing::warn!(probe_id = %probe.id, %error, "the probe cannot be prepared; it goes back to the queue");
            let message = Some("The probe's run could not be read.".to_owned());
            let delay = Duration::from_secs(5);
            let ending = Ending::Requeued { delay, counts_as_try: false, category: None, message };
            let write =
                ProbeWrite { probe, worker_id: lane.worker_id, turns: Vec::new(), attempt: None, ending };
            drop(slot);
            lane.write(write).await;
            return;
        }
    };
    let last = conversation.converse().await;
    let Some(write) = last else { return };
    // The provider has answered: the slot is free for the next call while this one is written. An
    // error is written first: it may be the one that holds the model.
    if matches!(write.ending, Ending::Succeeded { .. }) {
        drop(slot);
        lane.pacer.wake();
        lane.write(write).await;
    } else {
        lane.write(write).await;
        drop(slot);
        lane.pacer.wake();
    }
}

/// A probe's conversation under way.
struct Conversation<'a> {
    lane: &'a Lane,
    probe: ClaimedProbe,
    run: Arc<FrozenRun>,
    model: FrozenModel,
    prompts: Prompts,
    /// All answered turns, of this try and earlier ones.
    turns: Vec<NewTurn>,
    first_turn_index: i32,
    started_at: DateTime<Utc>,
    latency: Duration,
    /// What the calls of earlier tries took.
    spent_before: Duration,
    /// Tokens that the claim reserved for the first call.
    reserved_tokens: f64,
}

impl<'a> Conversation<'a> {
    /// Reads what the probe needs, and the turns that earlier tries have had answered.
    async fn begin(lane: &'a Lane, probe: ClaimedProbe, reserved_tokens: f64) -> Result<Self> {
        let run = lane.runs.get(probe.run_id).await?;
        let model = run
            .models
            .get(&probe.run_model_id)
            .cloned()
            .ok_or_else(|| domain::Error::not_found("model of the run", probe.run_model_id))?;
        let turns = if probe.turn_count > 0 {
            let mut stored = domain::probe::turns_of(&lane.db, &[probe.id]).await?;
            stored.remove(&probe.id).unwrap_or_default().into_iter().map(turns::stored_turn).collect()
        } else {
            Vec::new()
        };
        let spent_before = match probe.attempt_count > 0 {
            true => domain::probe::call_time(&lane.db, probe.id).await?,
            false => Duration::ZERO,
        };
        let prompts = run.prompts(probe.scenario_id, probe.seq);
        Ok(Self {
            lane,
            first_turn_index: probe.turn_count,
            probe,
            run,
            model,
            prompts,
            turns,
            started_at: domain::db::now(),
            latency: Duration::ZERO,
            spent_before,
            reserved_tokens,
        })
    }

    /// Asks turn after turn; returns the last write, None where another worker was faster.
    async fn converse(mut self) -> Option<ProbeWrite> {
        let turn_count = 1 + self.prompts.follow_ups.len();
        while self.turns.len() < turn_count {
            let index = self.turns.len();
            let prompt =
                if index == 0 { &self.prompts.first } else { &self.prompts.follow_ups[index - 1] }.clone();
            if self.time_left(Duration::ZERO).is_zero() {
                return Some(self.overdue());
            }
            let request = self.request(&prompt);
            let estimate = self.estimate(&request);
            if self.lane.abort.run_until_cancelled(self.leave(estimate)).await != Some(true) {
                return Some(self.release());
            }
            let (sent_at, sent) = (domain::db::now(), Instant::now());
            self.lane.pacer.sent();
            let timer = meter().call(&self.lane.id);
            let reply = tokio::select! {
                // An answer that is there at the same moment was paid for.
                biased;
                reply = self.lane.provider.converse(&request) => reply,
                () = self.lane.abort.cancelled() => return Some(self.release()),
            };
            drop(timer);
            let call = Call {
                probe_id: self.probe.id,
                wire_model: &self.model.row.wire_model,
                estimate,
                sent_at: sent,
            };
            let reply = match reply {
                Ok(reply) => reply,
                Err(error) => {
                    let pause = |waits| retry::wait(&self.lane.config, &error, waits);
                    let (standing, wait) = self.lane.pacer.failed(call, &error, pause).await;
                    return Some(self.failed(error, standing, wait));
                }
            };
            self.lane.pacer.answered(call, &reply).await;
            self.latency += reply.total;
            let reply = turns::within_limit(reply, self.lane.config.answer_max_bytes);
            let index = i32::try_from(index).unwrap_or(i32::MAX);
            let turn = turns::turn_of(index, prompt, reply, self.model.price.as_ref(), sent_at);
            let goes_on = conversation::outcome_of_turn(&turn) == TranscriptOutcome::Answered
                && self.turns.len() + 1 < turn_count;
            self.turns.push(turn);
            if !goes_on {
                break;
            }
            if !self.commit_turn().await {
                return None;
            }
        }
        Some(self.conclude())
    }

    /// Waits for leave to send a turn; the claim has given it for the first one of this try. False:
    /// the probe goes back to the queue.
    async fn leave(&self, estimate: f64) -> bool {
        if self.turns.len() > usize::try_from(self.first_turn_index).unwrap_or(0) {
            return self.lane.pacer.turn(estimate).await;
        }
        self.lane.pacer.correct(estimate - self.reserved_tokens);
        true
    }

    fn estimate(&self, request: &ProviderRequest) -> f64 {
        let system = request.system.as_ref().map_or(0, String::len);
        let bytes = request.messages.iter().map(|message| message.text.len()).sum::<usize>() + system;
        self.lane.pacer.estimate(bytes, request.max_output_tokens)
    }

    fn request(&self, prompt: &str) -> ProviderRequest {
        let run = &self.run.run;
        let config = &self.lane.config;
        ProviderRequest {
            model: self.model.row.wire_model.clone(),
            system: self.prompts.system.clone(),
            messages: turns::messages(&self.turns, prompt),
            temperature: run.temperature,
            top_p: run.top_p,
            max_output_tokens: run.max_tokens.and_then(|tokens| u32::try_from(tokens).ok()),
            // Repetitions differ in their seed; the same probe asks with the same one again.
            seed: Some((run.sample_seed + i64::from(self.probe.sample_index)) & i64::from(i32::MAX)),
            stop: run.stop_texts(),
            reasoning_effort: run.reasoning_effort.map(turns::effort),
            answer_schema: None,
            refuses: self.model.model.as_ref().map(turns::refused).unwrap_or_default(),
            timeouts: Timeouts {
                first_byte: Duration::from_secs_f64(config.first_byte_timeout_seconds),
                total: Duration::from_secs_f64(config.attempt_timeout_seconds)
                    .min(self.time_left(Duration::ZERO)),
            },
        }
    }

    /// What the probe's deadline leaves for further calls, after one that took so long.
    fn time_left(&self, call: Duration) -> Duration {
        let most = Duration::from_secs_f64(self.lane.config.probe_timeout_seconds);
        most.saturating_sub(self.spent_before + self.latency + call)
    }

    /// The probe fails because its calls have taken all the time that it has.
    fn overdue(self) -> ProbeWrite {
        let message = self.overdue_message();
        let attempt = AttemptRecord {
            error_category: Some(ErrorCategory::Timeout.to_string()),
            error_message: Some(message.clone()),
            ..self.attempt(AttemptResult::Failed)
        };
        let ending = self.given_up(ErrorCategory::Timeout, message);
        self.write(ending, Some(attempt), Vec::new())
    }

    fn overdue_message(&self) -> String {
        format!(
            "The probe's deadline passed: its calls have taken {} s in all (probe_timeout_seconds).",
            self.lane.config.probe_timeout_seconds
        )
    }

    /// The end of a probe that is given up, with the turns that were answered.
    fn given_up(&self, category: ErrorCategory, message: String) -> Ending {
        let partial = (!self.turns.is_empty())
            .then(|| conversation::transcript_of(&self.turns, TranscriptOutcome::BrokenOff));
        Ending::Failed { category: category.to_string(), message, partial }
    }

    /// Commits the turn just answered; false where the probe is not this worker's any more.
    async fn commit_turn(&mut self) -> bool {
        let write = self.write(Ending::Continues, None, self.turns.last().cloned().into_iter().collect());
        match self.lane.write(write).await {
            Written::Accepted => {
                self.probe.turn_count += 1;
                true
            }
            Written::AcceptedLate | Written::Late | Written::Lapsed => {
                // The turn was paid for: it is booked with the try that it belongs to.
                let attempt = self.attempt(AttemptResult::Late);
                let write = self.write(
                    Ending::Continues,
                    Some(attempt),
                    self.turns.last().cloned().into_iter().collect(),
                );
                self.lane.write(write).await;
                false
            }
        }
    }

    fn conclude(self) -> ProbeWrite {
        let combination = combination_of(self.probe.scenario_id);
        let target = self.run.expansion.target_of(combination);
        let concluded = conversation::conclude(
            &self.turns,
            &self.run.reader,
            &self.run.scorers,
            &self.run.values,
            &self.run.expansion.content().decision,
            target,
        );
        let attempt = self.attempt(AttemptResult::Succeeded);
        let ending = Ending::Succeeded {
            transcript: concluded.transcript,
            decision: concluded.decision,
            scores: concluded.scores,
            values: concluded.values,
            outcome: match concluded.outcome {
                ProbeOutcome::Unreadable if self.run.has_judge => ProbeOutcome::Reading,
                outcome => outcome,
            },
        };
        let unwritten = self.unwritten();
        self.write(ending, Some(attempt), unwritten)
    }

    fn failed(self, error: ProviderError, standing: Standing, wait: Duration) -> ProbeWrite {
        let (result, ending) = match retry::step(&self.lane.config, &error, self.probe.attempt_count) {
            Step::Wait => (AttemptResult::Waited, requeued(wait, false, &error)),
            // The provider is known to be failing: this says nothing about the probe.
            step if let Some(delay) = retry::excused(step, standing) => {
                (AttemptResult::Waited, requeued(delay, false, &error))
            }
            Step::Retry(_) if self.time_left(error.elapsed).is_zero() => {
                let message = format!("{} The last error: {}", self.overdue_message(), error.message);
                (AttemptResult::Failed, self.given_up(ErrorCategory::Timeout, message))
            }
            Step::Retry(delay) => (AttemptResult::Retried, requeued(delay, true, &error)),
            Step::GiveUp => (AttemptResult::Failed, self.given_up(error.category, error.message.clone())),
        };
        let (partial_answer, partial_reasoning) =
            error.partial.map_or((None, None), |partial| (Some(partial.text), partial.reasoning));
        let attempt = AttemptRecord {
            error_category: Some(error.category.to_string()),
            error_message: Some(error.message),
            http_status: error.status,
            retry_after: error.retry_after,
            request_id: error.request_id,
            raw_body: error.raw_body.map(|body| body.to_vec()),
            partial_answer,
            partial_reasoning,
            latency: self.latency + error.elapsed,
            ..self.attempt(result)
        };
        self.write(ending, Some(attempt), Vec::new())
    }

    fn release(self) -> ProbeWrite {
        let attempt = self.attempt(AttemptResult::Released);
        let ending =
            Ending::Requeued { delay: Duration::ZERO, counts_as_try: false, category: None, message: None };
        self.write(ending, Some(attempt), Vec::new())
    }

    /// Turns that no earlier write has committed.
    fn unwritten(&self) -> Vec<NewTurn> {
        let committed = usize::try_from(self.probe.turn_count).unwrap_or(0);
        self.turns.get(committed..).unwrap_or_default().to_vec()
    }

    fn attempt(&self, result: AttemptResult) -> AttemptRecord {
        let first = usize::try_from(self.first_turn_index).unwrap_or(0);
        let mine = self.turns.get(first..).unwrap_or_default();
        let sum = |of: fn(&NewTurn) -> Option<i64>| mine.iter().map(of).sum::<Option<i64>>();
        AttemptRecord {
            result,
            error_category: None,
            error_message: None,
            http_status: None,
            retry_after: None,
            request_id: mine.last().and_then(|turn| turn.request_id.clone()),
            raw_body: None,
            partial_answer: None,
            partial_reasoning: None,
            first_turn_index: self.first_turn_index,
            turn_count: i32::try_from(mine.len()).unwrap_or(i32::MAX),
            input_tokens: sum(|turn| turn.input_tokens),
            output_tokens: sum(|turn| turn.output_tokens),
            cost_usd_micros: sum(|turn| turn.cost_usd_micros),
            latency: self.latency,
            started_at: self.started_at,
            finished_at: domain::db::now(),
        }
    }

    fn write(&self, ending: Ending, attempt: Option<AttemptRecord>, turns: Vec<NewTurn>) -> ProbeWrite {
        ProbeWrite { probe: self.probe.clone(), worker_id: self.lane.worker_id, turns, attempt, ending }
    }
}

fn requeued(delay: Duration, counts_as_try: bool, error: &ProviderError) -> Ending {
    Ending::Requeued {
        delay,
        counts_as_try,
        category: Some(error.category.to_string()),
        message: Some(error.message.clone()),
    }
}
