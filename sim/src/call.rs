//! One completion call: what every wire format does between decoding and encoding.

use std::time::Duration;

use crate::{
    answer::{Answer, Filter, Finish},
    chance::{Chance, join},
    conversation::{Conversation, Shape},
    fault::Fault,
    fault_plan::Admission,
    json_answer,
    odd_text::{ODD_ESCAPES, ODD_TEXT},
    profile::Profile,
    request_log::Entry,
    server::{Behaviour, Shared},
};

/// A call that was admitted to the log, with its fate.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) entry: Entry,
    pub(crate) fault: Option<Fault>,
    pub(crate) admission: Admission,
    /// Different for each call, also of the same body: for ids.
    pub(crate) key: u64,
    /// 1 for the first call of this body.
    pub(crate) nth: u32,
    latency: Duration,
}

/// Whether there will be an answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Answer,
    Cut,
}

impl Call {
    pub(crate) fn begin(
        shared: &Shared,
        behaviour: &Behaviour,
        profile: &Profile,
        conversation: &mut Conversation,
    ) -> Self {
        let mut entry = shared.log.begin(&conversation.model, conversation.call_key);
        let nth = entry.nth();
        conversation.count_as(nth);
        let admission = behaviour.plan.admit();
        let fault = match admission {
            // The limiter stands before the model: what it turns away cannot fail further in.
            Admission::Refused { .. } => None,
            _ => behaviour.plan.fault_of(shared.seed, conversation, profile, nth),
        };
        entry.set_fault(fault.map(Fault::name));
        let key = join(shared.seed, join(conversation.call_key, u64::from(nth)));
        let latency = match admission {
            Admission::Refused { .. } => Duration::ZERO,
            _ => behaviour.latency.draw(&mut Chance::new(key)),
        };
        Self { entry, fault, admission, key, nth, latency }
    }

    /// Takes the time the call takes. A server that is stopped cuts what it has not answered.
    pub(crate) async fn wait(&self, shared: &Shared) -> Fate {
        if self.fault == Some(Fault::Hang) {
            shared.stop.cancelled().await;
            return Fate::Cut;
        }
        if !self.latency.is_zero() {
            let slept = tokio::time::sleep(self.latency);
            if shared.stop.run_until_cancelled(slept).await.is_none() {
                return Fate::Cut;
            }
        }
        match self.fault {
            Some(Fault::Reset) => Fate::Cut,
            _ => Fate::Answer,
        }
    }

    pub(crate) fn latency(&self) -> Duration {
        self.latency
    }

    /// The model's answer, with what its fault does to it.
    pub(crate) fn answer(
        &self,
        seed: u64,
        profile: &Profile,
        version: usize,
        conversation: &Conversation,
    ) -> Answer {
        let mut answer = Answer::compose(seed, profile, version, conversation);
        answer.stop_at(&conversation.stops);
        if let Some(token_max) = conversation.token_max {
            answer.cut_to(token_max);
        }
        match self.fault {
            Some(Fault::Refusal) => answer = Answer::refused(),
            Some(Fault::ContentFilter) => answer.break_off(24, Finish::Filter(Filter::Safety)),
            Some(Fault::Recitation) => answer.break_off(24, Finish::Filter(Filter::Recitation)),
            Some(Fault::ProhibitedContent) => {
                answer = Answer::nothing(Finish::Filter(Filter::Prohibited));
            }
            Some(Fault::PromptBlocked) => answer = Answer::nothing(Finish::Filter(Filter::Prompt)),
            Some(Fault::Length) => answer.break_off(24, Finish::Length),
            Some(Fault::Empty { null }) => answer.text = (!null).then(String::new),
            Some(Fault::OddText) => {
                answer.escapes = ODD_ESCAPES;
                let text = answer.text.unwrap_or_default();
                answer.text = Some(format!("{ODD_TEXT}{text}"));
            }
            Some(Fault::ProseAnswer) if conversation.shape != Shape::Text => {
                answer.text = Some("I have read all of it, and it is not easy to say.".into());
            }
            Some(Fault::WrongSchema) if conversation.shape != Shape::Text => {
                let text = answer.text.unwrap_or_default();
                answer.text = Some(json_answer::misfit(&text).to_string());
            }
            Some(Fault::HugeAnswer { bytes }) => {
                let text = answer.text.unwrap_or_default();
                let filler = "All this has been said before, and it can be said again. ";
                let missing = usize::try_from(bytes).unwrap_or(0).saturating_sub(text.len());
                answer.text = Some(filler.repeat(missing / filler.len()) + &text);
            }
            _ => {}
        }
        answer
    }
}
