//! Gates: points at which a run waits for a person.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{auth::Resource, gate as domain_gate};
use entity::{gate, gate_decision};
use uuid::Uuid;

use super::{
    access::{actor, api, may_read, page, present, rows, visible_run},
    connection::connection,
    ids::usd,
    limits,
    loaders::{GateDecisionOf, RunKey},
    run::Run,
    user::{User, user_of},
};

/// Why a run waits for a person.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::GateKind")]
pub(crate) enum GateKind {
    /// It may cost more than may be spent without asking.
    Approval,
    /// The next call does not fit its budget.
    Budget,
    /// Every model is held by errors of its provider. Approving tries them again.
    Provider,
    /// Answers of the judge could not be used. The run does not wait for it: `reviewList` has what
    /// is to be decided. Approving leaves it unreadable, requesting changes has it judged again.
    Judge,
}

/// Where a gate stands.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::GateState")]
pub(crate) enum GateState {
    /// It waits for a person.
    Open,
    /// The run went on.
    Approved,
    /// The run was ended.
    Rejected,
    /// The run was paused to be changed; resumed, it waits at the next attempt of this gate.
    ChangesRequested,
    /// The run ended before anybody decided.
    Aborted,
}

/// What can be decided about a gate.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::GateAction")]
pub(crate) enum GateAction {
    /// Let the run go on.
    Approve,
    /// End it: what is queued fails, and so does the run.
    Reject,
    /// Have it changed, and ask again.
    RequestChanges,
}

/// Why a run is not worked on any more, though nobody cancelled it.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::StopReason")]
pub(crate) enum StopReason {
    /// A gate was rejected.
    Rejected,
    /// Its deadline passed.
    Deadline,
}

/// A point at which a run waits, or waited, for a person.
pub(crate) struct Gate(pub(crate) gate::Model);

/// A point at which a run waits, or waited, for a person.
#[Object]
impl Gate {
    /// The gate's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The run that waits.
    async fn run(&self, ctx: &Context<'_>) -> Result<Run> {
        let found = rows(ctx).load_one(RunKey(self.0.run_id)).await?;
        Ok(visible_run(ctx, present(found, "run")?)?)
    }

    /// What it waits for.
    async fn kind(&self) -> GateKind {
        self.0.kind.into()
    }

    /// Where the gate stands.
    async fn state(&self) -> GateState {
        self.0.state.into()
    }

    /// How often the run has come to a gate of this kind, from 1.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// Why the run waits, and what can be done.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What can be decided about it.
    async fn allowed_actions(&self) -> Vec<GateAction> {
        let allowed = domain::lifecycle::GateActions::parse(&self.0.allowed_actions);
        let actions = [
            (allowed.approve, GateAction::Approve),
            (allowed.reject, GateAction::Reject),
            (allowed.request_changes, GateAction::RequestChanges),
        ];
        actions.into_iter().filter_map(|(is_allowed, action)| is_allowed.then_some(action)).collect()
    }

    /// Why you cannot approve it, as a sentence; null: you can.
    async fn approve_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, entity::GateAction::Approve).await
    }

    /// Why you cannot reject it, as a sentence; null: you can.
    async fn reject_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, entity::GateAction::Reject).await
    }

    /// Why you cannot request changes, as a sentence; null: you can.
    async fn request_changes_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.blocked_because(ctx, entity::GateAction::RequestChanges).await
    }

    /// What was decided; null: nothing yet, or the run ended before.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<GateDecision>> {
        Ok(rows(ctx).load_one(GateDecisionOf(self.0.id)).await?.map(Into::into))
    }

    /// When it opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When it was decided or aborted; null: it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }
}

impl Gate {
    async fn blocked_because(&self, ctx: &Context<'_>, action: entity::GateAction) -> Result<Option<String>> {
        let run = present(rows(ctx).load_one(RunKey(self.0.run_id)).await?, "run")?;
        Ok(domain_gate::blocked_because(actor(ctx)?, &self.0, &run, action))
    }
}

/// What somebody decided about a gate.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct GateDecision {
    /// What.
    action: GateAction,
    /// Why, in words.
    comment: Option<String>,
    /// The run's budget from then on, in US dollars; null: it stayed as it was.
    new_budget_usd: Option<f64>,
    /// When.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    decided_by: Uuid,
}

#[ComplexObject]
impl GateDecision {
    /// Who.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.decided_by).await
    }
}

impl From<gate_decision::Model> for GateDecision {
    fn from(row: gate_decision::Model) -> Self {
        Self {
            action: row.action.into(),
            comment: row.comment,
            new_budget_usd: row.new_budget_usd_micros.map(usd),
            created_at: row.created_at,
            decided_by: row.decided_by,
        }
    }
}

connection! {
    /// A page of gates, longest waiting first.
    GateConnection,
    /// A gate with its place in the list.
    GateEdge of Gate
}

/// What can be read of gates.
#[derive(Default)]
pub(crate) struct GateQuery;

/// Everything that can be read.
#[Object]
impl GateQuery {
    /// The gates that wait for somebody, longest waiting first.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn open_gates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<GateConnection> {
        may_read(ctx, Resource::Run(None))?;
        let request = page(ctx, first, after)?;
        let found = domain_gate::list_open(&api(ctx).db, &request).await?;
        Ok(GateConnection::of(found, request.after.is_some(), |row| Ok(Gate(row)))?)
    }
}
