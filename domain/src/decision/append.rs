//! Appending revisions, with all that follows from them: the probe's outcome, the counters of its
//! model, and which revision is in force.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{DecisionStatus, ProbeOutcome, decision, probe, transcript};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    analysis,
    db::{execute, in_powers_of_two, insert_all, locked, placeholders},
    error::Result,
    queue::{ModelDelta, NewDecision, add_to_counters, decision_row},
    reading::READER,
};

/// A transcript as its decisions stand; its probe is locked.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) transcript: transcript::Model,
    pub(crate) probe: probe::Model,
    /// All revisions, oldest first.
    pub(crate) decisions: Vec<decision::Model>,
}

impl Standing {
    /// The revision that counts.
    pub(crate) fn in_force(&self) -> Option<&decision::Model> {
        self.decisions.iter().find(|row| row.is_in_force)
    }

    /// True where a person has decided: no reader takes that back.
    pub(crate) fn is_decided_by_hand(&self) -> bool {
        self.in_force().is_some_and(|row| row.decided_by.is_some())
    }
}

/// A reading to be appended.
#[derive(Clone, Debug)]
pub(crate) struct Revision<'a> {
    pub(crate) of: &'a Standing,
    pub(crate) decision: NewDecision,
    /// None: a reader, not a person.
    pub(crate) decided_by: Option<Uuid>,
    /// The call in which a judge read it.
    pub(crate) ai_call_id: Option<Uuid>,
    /// False: it is kept beside the one in force.
    pub(crate) is_in_force: bool,
}

/// Locks the probes of these transcripts in the order of their ids, before anything else that a
/// change of their decisions touches, and reads what they have been read as. Those of
/// conversations that broke off are left out.
pub(crate) async fn lock(tx: &DatabaseTransaction, transcript_ids: &[Uuid]) -> Result<Vec<Standing>> {
    let found = transcript::Entity::find()
        .filter(transcript::Column::Id.is_in(transcript_ids.iter().copied()))
        .filter(transcript::Column::IsComplete.eq(true))
        .all(tx)
        .await?;
    let mut transcripts: HashMap<Uuid, transcript::Model> =
        found.into_iter().map(|row| (row.probe_id, row)).collect();
    let probes = probe::Entity::find()
        .filter(probe::Column::Id.is_in(transcripts.keys().copied()))
        .order_by_asc(probe::Column::Id);
    let probes = locked(probes, tx).all(tx).await?;
    // Read under the locks: a revision that was appended a moment ago is among them.
    let mut decisions: HashMap<Uuid, Vec<decision::Model>> = HashMap::new();
    let rows = decision::Entity::find()
        .filter(decision::Column::TranscriptId.is_in(transcript_ids.iter().copied()))
        .order_by_asc(decision::Column::Revision);
    for row in rows.all(tx).await? {
        decisions.entry(row.transcript_id).or_default().push(row);
    }
    let standing = |probe: probe::Model| {
        let transcript = transcripts.remove(&probe.id)?;
        let decisions = decisions.remove(&transcript.id).unwrap_or_default();
        Some(Standing { transcript, probe, decisions })
    };
    Ok(probes.into_iter().filter_map(standing).collect())
}

/// Appends revisions, at most one per transcript; returns their ids, in order.
pub(crate) async fn append(tx: &DatabaseTransaction, revisions: &[Revision<'_>]) -> Result<Vec<Uuid>> {
    let (mut replaced, mut outcomes) = (Vec::new(), Vec::new());
    for Revision { of, decision, .. } in revisions.iter().filter(|revision| revision.is_in_force) {
        replaced.push(of.transcript.id);
        // A judge is still to look at what the deterministic reader could not read.
        if of.probe.outcome == Some(ProbeOutcome::Reading)
            && decision.status == DecisionStatus::Unreadable
            && decision.reader == READER
        {
            continue;
        }
        let outcome = match decision.status {
            DecisionStatus::Decided => ProbeOutcome::Decided,
            DecisionStatus::Unreadable => ProbeOutcome::Unreadable,
        };
        outcomes.push((&of.probe, outcome));
    }
    // Two of one transcript in force are none: the old one steps back first.
    for chunk in in_powers_of_two(&replaced, 512) {
        let sql = format!(
            "UPDATE decisions SET is_in_force = false WHERE is_in_force AND transcript_id IN ({})",
            placeholders(1, chunk.len())
        );
        execute(tx, sql, chunk.iter().map(|id| (*id).into())).await?;
    }
    let mut ids = Vec::with_capacity(revisions.len());
    let rows: Vec<decision::ActiveModel> = revisions
        .iter()
        .map(|Revision { of, decision, decided_by, ai_call_id, is_in_force }| {
            let id = Uuid::now_v7();
            ids.push(id);
            let last = of.decisions.last().map_or(0, |row| row.revision);
            decision::ActiveModel {
                id: Set(id),
                revision: Set(last + 1),
                is_in_force: Set(*is_in_force),
                decided_by: Set(*decided_by),
                ai_call_id: Set(*ai_call_id),
                ..decision_row(of.transcript.id, of.transcript.run_id, decision)
            }
        })
        .collect();
    insert_all(tx, &rows).await?;
    let mut revised: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    for Revision { of, .. } in revisions.iter().filter(|revision| revision.is_in_force) {
        revised.entry(of.probe.run_model_id).or_default().reading_revisions += 1;
    }
    move_and_count(tx, &outcomes, revised).await?;
    let run_ids: BTreeSet<Uuid> = revisions.iter().map(|revision| revision.of.transcript.run_id).collect();
    for run_id in run_ids {
        analysis::ask_again(tx, run_id).await?;
    }
    Ok(ids)
}

/// Changes what became of probes that succeeded, and the counters of their models with it. The
/// probes are locked.
pub(crate) async fn move_outcomes(
    tx: &DatabaseTransaction,
    outcomes: &[(&probe::Model, ProbeOutcome)],
) -> Result<()> {
    move_and_count(tx, outcomes, BTreeMap::new()).await
}

async fn move_and_count(
    tx: &DatabaseTransaction,
    outcomes: &[(&probe::Model, ProbeOutcome)],
    mut deltas: BTreeMap<Uuid, ModelDelta>,
) -> Result<()> {
    let mut moved: BTreeMap<ProbeOutcome, Vec<Uuid>> = BTreeMap::new();
    for (probe, outcome) in outcomes {
        let Some(before) = probe.outcome.filter(|before| before != outcome) else { continue };
        moved.entry(*outcome).or_default().push(probe.id);
        deltas.entry(probe.run_model_id).or_default().move_one(before, *outcome);
    }
    for (outcome, ids) in moved {
        for chunk in in_powers_of_two(&ids, 512) {
            let sql = format!(
                "UPDATE probes SET outcome = $1 WHERE status = 'succeeded' AND id IN ({})",
                placeholders(2, chunk.len())
            );
            let values = std::iter::once(outcome.as_str().into()).chain(chunk.iter().map(|id| (*id).into()));
            execute(tx, sql, values).await?;
        }
    }
    add_to_counters(tx, &deltas).await?;
    Ok(())
}
