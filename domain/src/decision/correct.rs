//! Correcting a decision by hand.

use entity::{decision, transcript};
use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;

use super::{MANUAL, Revision, append, decided, lock, read_value, value::unreadable};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::Db,
    error::{Error, Result},
    event, judging,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    queue::NewDecision,
    receipt::{self, Token},
    run::{FrozenRun, combination_of},
};

/// What somebody says a transcript decided.
#[derive(Clone, Copy, Debug)]
pub struct Correction<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// Of which transcript; a complete one.
    pub transcript_id: Uuid,
    /// A point, a choice or words, as the definition has it; None: it decides nothing.
    pub value: Option<&'a str>,
    /// Why, in words; not blank.
    pub reason: &'a str,
    /// The same token has no second effect.
    pub client_token: Option<&'a str>,
}

/// What a correction made.
#[derive(Clone, Debug)]
pub struct Corrected {
    /// The transcript; it is as it was.
    pub transcript: transcript::Model,
    /// The revision, in force unless somebody has corrected it since.
    pub decision: decision::Model,
}

/// The version of what is noted of a decision by hand.
pub(crate) const MANUAL_VERSION: &str = "1";
const REASON_MAX: usize = 10_000;
const BROKE_OFF: &str = "This conversation broke off: only complete ones are counted, and can be corrected.";

/// Appends a decision by hand, which is in force from then on. Counters and event are written with it.
///
/// # Errors
/// `Invalid` where the value is none of the definition's or no reason is given, `Conflict` where the
/// conversation broke off, `NotFound`, `Forbidden`.
pub async fn correct(db: &Db, correction: Correction<'_>) -> Result<Corrected> {
    checked_reason(correction.reason)?;
    let found = crate::probe::transcript(db, correction.transcript_id).await?;
    let frozen = FrozenRun::load(db, found.run_id).await?;
    authorize(correction.actor, Action::Control, Resource::Run(Some(frozen.run.created_by)))?;
    let decision = by_hand(&frozen, &found, correction.value, correction.reason)?;
    past_lost_races(|| correct_once(db, correction, &decision)).await
}

/// Why somebody cannot correct a transcript of a run, as a sentence; None: they can.
pub fn correction_blocked_because(
    actor: &Actor,
    run: &entity::run::Model,
    transcript: &transcript::Model,
) -> Option<String> {
    let refusal = authorize(actor, Action::Control, Resource::Run(Some(run.created_by))).err();
    refusal.map(|error| error.to_string()).or_else(|| (!transcript.is_complete).then(|| BROKE_OFF.to_owned()))
}

/// The decision that somebody made about a transcript.
pub(crate) fn by_hand(
    frozen: &FrozenRun,
    transcript: &transcript::Model,
    value: Option<&str>,
    reason: &str,
) -> Result<NewDecision> {
    let spec = &frozen.content.decision;
    let target = frozen.expansion.target_of(combination_of(transcript.scenario_id));
    let decision = match value {
        Some(value) => decided(read_value(spec, value)?, spec, target, MANUAL, MANUAL_VERSION),
        None => unreadable(MANUAL, MANUAL_VERSION),
    };
    Ok(NewDecision { reason: Some(reason.to_owned()), ..decision })
}

pub(crate) fn checked_reason(reason: &str) -> Result<()> {
    crate::search::without_nul("reason", reason)?;
    if reason.trim().is_empty() || reason.len() > REASON_MAX {
        return Err(Error::invalid(
            "reason",
            format!("Say why, in 1 to {REASON_MAX} bytes: whoever reads the findings wants to know."),
        ));
    }
    Ok(())
}

async fn correct_once(db: &Db, correction: Correction<'_>, decision: &NewDecision) -> Result<Corrected> {
    let Correction { actor, transcript_id, value, reason, client_token } = correction;
    let input = format!("{transcript_id}/{value:?}/{reason}");
    let token = Token { client_token, command: "correctDecision", input };
    let tx = db.begin().await?;
    let standing = lock(&tx, &[transcript_id]).await?.into_iter().next();
    if let Some(id) = receipt::find(&tx, actor, &token).await? {
        let transcript = crate::probe::transcript(db, transcript_id).await?;
        return Ok(Corrected { transcript, decision: find(&tx, id).await? });
    }
    let standing = standing.ok_or_else(|| Error::conflict(BROKE_OFF))?;
    let revision = Revision {
        of: &standing,
        decision: decision.clone(),
        decided_by: Some(actor.id),
        ai_call_id: None,
        is_in_force: true,
    };
    let ids = append(&tx, std::slice::from_ref(&revision)).await?;
    let id = ids.first().copied().unwrap_or_default();
    let before = standing.in_force();
    let payload = json!({
        "transcriptId": transcript_id, "probeId": standing.probe.id, "decisionId": id,
        "from": before.and_then(|row| row.value.clone()), "to": decision.value, "reason": reason,
    });
    let corrected = NewEvent { kind: "decision.corrected", payload };
    event::append(&tx, standing.transcript.run_id, Some(actor.id), vec![corrected]).await?;
    receipt::keep(&tx, actor, &token, id).await?;
    let decision = find(&tx, id).await?;
    judging::close_reviewed(&tx, actor, standing.transcript.run_id, &decision).await?;
    tx.commit().await?;
    Ok(Corrected { transcript: standing.transcript, decision })
}

async fn find(tx: &impl sea_orm::ConnectionTrait, id: Uuid) -> Result<decision::Model> {
    decision::Entity::find_by_id(id).one(tx).await?.ok_or_else(|| Error::not_found("decision", id))
}
