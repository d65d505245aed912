//! One call of a judge: what is sent, when it may be, and what came back.

use std::{sync::Arc, time::Duration};

use domain::{
    Result,
    judging::{self, Conclusion, Ended, Entered, Failure, OUTPUT_TOKENS_MAX, Started},
    registry::{Cost, TokenCounts},
};
use entity::{AiCallStatus, AiCallStep};
use providers::{AnswerSchema, Finish, Message, ProviderError, ProviderReply, ProviderRequest, Timeouts};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Asking, IDLE, Judged, Task};
use crate::{pacer::Call, retry, turns};

/// What came of one call.
pub(super) enum Called {
    Answered(Uuid, Box<ProviderReply>),
    Failed(Uuid, Box<ProviderError>, Duration),
    Not(Judged),
}

impl<T: Task> Asking<'_, T> {
    pub(super) fn request(&self, case: &T::Case, invalid: Option<&(String, Vec<String>)>) -> ProviderRequest {
        let config = &self.shop.config;
        let (terms, question) = (self.task.terms(), T::question(case));
        let mut messages = vec![Message::user(&question.text)];
        if let Some((answer, faults)) = invalid {
            // Some vendors take no message without text.
            let said = if answer.trim().is_empty() { "(nothing)" } else { answer };
            messages.push(Message::assistant(said, None));
            messages.push(Message::user(self.task.repair(faults)));
        }
        ProviderRequest {
            model: terms.wire_model.clone(),
            system: Some(question.system.into()),
            messages,
            temperature: Some(0.0),
            top_p: None,
            max_output_tokens: Some(OUTPUT_TOKENS_MAX),
            seed: None,
            stop: Vec::new(),
            reasoning_effort: None,
            answer_schema: Some(Arc::new(AnswerSchema {
                name: "judgement".into(),
                schema: terms.schema.clone(),
            })),
            refuses: terms.model.as_ref().map(turns::refused).unwrap_or_default(),
            timeouts: Timeouts {
                first_byte: Duration::from_secs_f64(config.first_byte_timeout_seconds),
                total: Duration::from_secs_f64(config.attempt_timeout_seconds),
            },
        }
    }

    /// One call: noted with what it may cost, sent when the limits allow it.
    pub(super) async fn call(
        &self,
        case: &T::Case,
        step: AiCallStep,
        request: &ProviderRequest,
    ) -> Result<Called> {
        let (db, pacer) = (&self.shop.db, &self.served.pacer);
        let system = request.system.as_ref().map_or(0, String::len);
        let bytes = system + request.messages.iter().map(|message| message.text.len()).sum::<usize>();
        let cost_max = self.task.terms().cost_max(bytes);
        let call_id =
            match judging::start(db, self.task.terms(), T::question(case), step, cost_max, self.job).await? {
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
            probe_id: T::question(case).probe_id,
            wire_model: &self.task.terms().wire_model,
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
    async fn leave(&self, case: &T::Case, call_id: Uuid, estimate: f64) -> Result<()> {
        loop {
            let (terms, question) = (self.task.terms(), T::question(case));
            match judging::enter(&self.shop.db, terms, question, call_id, estimate).await? {
                Entered::After(wait) => {
                    sleep(wait).await;
                    return Ok(());
                }
                Entered::AskAgain(wait) => sleep(wait).await,
            }
        }
    }

    async fn released(&self, case: &T::Case, call_id: Uuid, is_unheard: bool) -> Result<Called> {
        let message = "The worker shut down before the answer came.".into();
        let failure = Failure { category: "released".into(), message };
        let ended = Ended { failure: Some(failure), is_unheard, ..unanswered() };
        self.settle(case, call_id, &ended, &Conclusion::Open).await?;
        Ok(Called::Not(Judged::Later(Duration::ZERO)))
    }

    pub(super) fn read(&self, case: &T::Case, reply: &ProviderReply) -> Result<T::Found, Unusable> {
        let cut = || Unusable::Invalid(vec!["It breaks off before its end; be brief.".into()]);
        match reply.finish {
            Finish::Refusal => Err(Unusable::Refused("The judge declined to answer.".into())),
            Finish::ContentFilter => {
                Err(Unusable::Refused("The provider's filter stopped the judge's answer.".into()))
            }
            Finish::Length => Err(cut()),
            Finish::Stop | Finish::Other => self.task.read(case, &reply.text).map_err(Unusable::Invalid),
        }
    }

    /// An answer that was used, until somebody says otherwise.
    pub(super) fn ended(&self, reply: ProviderReply) -> Ended {
        let tokens = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        let counts = TokenCounts {
            input: tokens(reply.usage.input),
            cached_input: tokens(reply.usage.cached_input),
            cache_write: tokens(reply.usage.cache_write),
            output: tokens(reply.usage.output),
        };
        let cost: Option<Cost> = self.task.terms().price.as_ref().and_then(|price| price.cost_of(&counts));
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
pub(super) enum Unusable {
    Refused(String),
    /// What is wrong with it, as sentences for the judge.
    Invalid(Vec<String>),
}

/// A call that brought nothing, and of which nothing is known.
pub(super) fn unanswered() -> Ended {
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
pub(super) fn may_have_cost(error: &ProviderError) -> bool {
    use providers::ErrorCategory::{Connection, Malformed, Timeout};
    matches!(error.category, Timeout | Connection | Malformed) && !error.message.contains("no connection")
}
