//! What can be done about decisions after their first reading.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    Error,
    decision::{self, Correction},
    run::Commanded,
};

use super::{
    access::{actor, api},
    decision::Decision,
    ids::parse_id,
    run::Run,
    run_mutation::RunCommandPayload,
    transcript::Transcript,
};

/// What a transcript decided, as somebody read it. Either `value` or `unreadable`.
#[derive(InputObject)]
pub(crate) struct CorrectDecisionInput {
    /// Which transcript; a complete one.
    transcript_id: ID,
    /// A point of the scale, the name of a choice, or words where answers are free.
    value: Option<String>,
    /// True: it decides nothing.
    #[graphql(default)]
    unreadable: bool,
    /// Why, in words. It stands beside the decision.
    reason: String,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A decision that was corrected.
#[derive(SimpleObject)]
pub(crate) struct CorrectDecisionPayload {
    /// The decision, in force.
    decision: Decision,
    /// Its transcript, unchanged.
    transcript: Transcript,
}

/// A run whose decisions are to be read again.
#[derive(InputObject)]
pub(crate) struct RereadDecisionsInput {
    /// Which run.
    run_id: ID,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// What can be done about decisions.
#[derive(Default)]
pub(crate) struct DecisionMutation;

/// Everything that can be changed.
#[Object]
impl DecisionMutation {
    /// Says by hand what a transcript decided. The decision is appended and in force from then on;
    /// what was read before stays in `Transcript.decisions`. Findings, counters and exports follow.
    async fn correct_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it decided.")] input: CorrectDecisionInput,
    ) -> Result<CorrectDecisionPayload> {
        if input.value.is_some() == input.unreadable {
            return Err(Error::invalid(
                "value",
                "Give either the value that the transcript decided, or `unreadable: true`.",
            )
            .into());
        }
        let correction = Correction {
            actor: actor(ctx)?,
            transcript_id: parse_id("transcriptId", &input.transcript_id)?,
            value: input.value.as_deref(),
            reason: &input.reason,
            client_token: input.client_token.as_deref(),
        };
        let corrected = decision::correct(&api(ctx).db, correction).await?;
        let probe_id = corrected.transcript.probe_id;
        Ok(CorrectDecisionPayload {
            decision: Decision::of(corrected.decision, probe_id),
            transcript: Transcript(corrected.transcript),
        })
    }

    /// Has every transcript of a run read again by the deterministic reader of today, in the
    /// background. Readings are appended; what somebody decided by hand stays in force. Refused
    /// where that version of the reader has read them all.
    async fn reread_decisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which run.")] input: RereadDecisionsInput,
    ) -> Result<RunCommandPayload> {
        let commanded = Commanded {
            actor: actor(ctx)?,
            run_id: parse_id("runId", &input.run_id)?,
            client_token: input.client_token.as_deref(),
        };
        Ok(RunCommandPayload { run: Run(decision::reread(&api(ctx).db, commanded).await?) })
    }
}
