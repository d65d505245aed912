//! Deciding about gates.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::gate::{self, Decision};
use entity::GateAction;

use super::{
    access::{actor, api},
    gate::Gate,
    ids::{parse_id, parse_usd},
    run::Run,
};

/// A gate to be approved.
#[derive(InputObject)]
pub(crate) struct ApproveGateInput {
    /// Which gate.
    gate_id: ID,
    /// The run's budget from now on, in US dollars. A budget gate needs one into which the next
    /// probe fits. Null: as it is.
    new_budget_usd: Option<f64>,
    /// Why, in words.
    comment: Option<String>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A gate to be rejected or sent back.
#[derive(InputObject)]
pub(crate) struct GateInput {
    /// Which gate.
    gate_id: ID,
    /// Why, in words.
    comment: Option<String>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A gate that was decided.
#[derive(SimpleObject)]
pub(crate) struct GatePayload {
    /// The gate as it is now.
    gate: Gate,
    /// Its run as it is now.
    run: Run,
}

/// Deciding about gates.
#[derive(Default)]
pub(crate) struct GateMutation;

/// Everything that can be changed.
#[Object]
impl GateMutation {
    /// Lets a run pass its gate. A gate is decided once: whoever comes second is told who was
    /// first. An approval gate takes an admin; on loopback that is you.
    async fn approve_gate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gate.")] input: ApproveGateInput,
    ) -> Result<GatePayload> {
        let new_budget = parse_usd("newBudgetUsd", input.new_budget_usd)?;
        let rest =
            GateInput { gate_id: input.gate_id, comment: input.comment, client_token: input.client_token };
        decide(ctx, &rest, GateAction::Approve, new_budget).await
    }

    /// Ends a run at its gate: what is queued fails, what is in flight finishes and counts, and
    /// the run fails.
    async fn reject_gate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gate.")] input: GateInput,
    ) -> Result<GatePayload> {
        decide(ctx, &input, GateAction::Reject, None).await
    }

    /// Sends a run back to be changed: it is paused, and asked again when it is resumed.
    async fn request_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gate.")] input: GateInput,
    ) -> Result<GatePayload> {
        decide(ctx, &input, GateAction::RequestChanges, None).await
    }
}

async fn decide(
    ctx: &Context<'_>,
    input: &GateInput,
    action: GateAction,
    new_budget_usd_micros: Option<i64>,
) -> Result<GatePayload> {
    let decision = Decision {
        actor: actor(ctx)?,
        gate_id: parse_id("gateId", &input.gate_id)?,
        action,
        new_budget_usd_micros,
        comment: input.comment.as_deref(),
        client_token: input.client_token.as_deref(),
    };
    let api = api(ctx);
    let (gate, run) = gate::decide(&api.db, &api.config, decision).await?;
    Ok(GatePayload { gate: Gate(gate), run: Run(run) })
}
