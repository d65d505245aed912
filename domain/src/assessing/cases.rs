//! The cases of an assessment: one per transcript, or two per pair.

use std::collections::{BTreeMap, HashMap};

use entity::{AssessmentKind, CaseState, assessment, assessment_case};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    db::{Db, insert_all, locked, rows},
    error::{Error, Result},
    lost_race::past_lost_races,
    sampling::sample,
};

/// Transcripts of one transaction.
const CHUNK: i64 = 500;

/// Writes a chunk of an assessment's cases. Returns true when all are written.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn write_cases(db: &Db, assessment_id: Uuid) -> Result<bool> {
    past_lost_races(|| write_once(db, assessment_id)).await
}

async fn write_once(db: &Db, assessment_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Answered {
        id: Uuid,
        seq: i64,
    }
    let tx = db.begin_queue().await?;
    let row = locked(assessment::Entity::find_by_id(assessment_id), &tx).one(&tx).await?;
    let row = row.ok_or_else(|| Error::not_found("assessment", assessment_id))?;
    if row.case_count.is_some() || row.finished_at.is_some() {
        return Ok(true);
    }
    let written = next_seq(&tx, row.id).await?;
    let (cases, cases_seq, is_done) = if row.kind == AssessmentKind::Pairwise {
        let most = row.pairs_max.unwrap_or(i64::MAX).unsigned_abs();
        let pairs = Pairs::of(&tx, row.run_id).await?.drawn(most, row.seed.unsigned_abs());
        let both = |(pair, (one, other)): (usize, &(Uuid, Uuid))| {
            let pair = i64::try_from(pair).unwrap_or(i64::MAX);
            [
                case(row.id, 2 * pair, *one, Some((*other, pair))),
                case(row.id, 2 * pair + 1, *other, Some((*one, pair))),
            ]
        };
        (pairs.iter().enumerate().flat_map(both).collect::<Vec<_>>(), row.cases_seq, true)
    } else {
        // Those in force of this scorer, by whatever version: who wants them all says so.
        let missing = "AND NOT EXISTS (SELECT 1 FROM scores AS s
            WHERE s.transcript_id = t.id AND s.is_in_force AND s.scorer = $4)";
        let sql = format!(
            "SELECT t.id, t.seq FROM transcripts AS t
             WHERE t.run_id = $1 AND t.is_complete AND t.outcome = 'answered' AND t.seq > $2 {}
             ORDER BY t.seq LIMIT $3",
            if row.only_missing { missing } else { "" }
        );
        let mut values = vec![row.run_id.into(), row.cases_seq.into(), CHUNK.into()];
        if row.only_missing {
            values.push(row.scorer.clone().unwrap_or_default().into());
        }
        let found: Vec<Answered> = rows(&tx, sql, values).await?;
        let cases = found.iter().zip(written..).map(|(found, seq)| case(row.id, seq, found.id, None));
        let last = found.last().map_or(row.cases_seq, |found| found.seq);
        (cases.collect(), last, (found.len() as i64) < CHUNK)
    };
    insert_all(&tx, &cases).await?;
    let count = written + i64::try_from(cases.len()).unwrap_or(i64::MAX);
    let changed = assessment::ActiveModel {
        id: Set(row.id),
        cases_seq: Set(cases_seq),
        case_count: Set(is_done.then_some(count)),
        ..Default::default()
    };
    changed.update(&tx).await?;
    tx.commit().await?;
    Ok(is_done)
}

async fn next_seq(tx: &impl ConnectionTrait, assessment_id: Uuid) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        total: i64,
    }
    let sql = "SELECT COUNT(*) AS total FROM assessment_cases WHERE assessment_id = $1";
    let found = crate::db::row::<Count>(tx, sql, [assessment_id.into()]).await?;
    Ok(found.map_or(0, |count| count.total))
}

fn case(
    assessment_id: Uuid,
    seq: i64,
    transcript_id: Uuid,
    other: Option<(Uuid, i64)>,
) -> assessment_case::ActiveModel {
    assessment_case::ActiveModel {
        id: Set(Uuid::now_v7()),
        assessment_id: Set(assessment_id),
        seq: Set(seq),
        transcript_id: Set(transcript_id),
        other_transcript_id: Set(other.map(|(id, _)| id)),
        pair: Set(other.map(|(_, pair)| pair)),
        state: Set(CaseState::Waiting),
        verdict: Set(None),
        reason: Set(None),
        category: Set(None),
        message: Set(None),
        ai_call_id: Set(None),
        decided_by: Set(None),
        ended_at: Set(None),
    }
}

/// The pairs of a run: two models' transcripts of one scenario and sample.
pub(super) struct Pairs {
    /// Transcripts of one scenario and sample each, in the order of their models.
    groups: Vec<Vec<Uuid>>,
}

impl Pairs {
    /// Of a run's answered transcripts.
    pub(super) async fn of(connection: &impl ConnectionTrait, run_id: Uuid) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Found {
            id: Uuid,
            scenario_id: Uuid,
            sample_index: i32,
        }
        let sql = "SELECT t.id, t.scenario_id, p.sample_index
            FROM transcripts AS t JOIN probes AS p ON p.id = t.probe_id
            WHERE t.run_id = $1 AND t.is_complete AND t.outcome = 'answered' ORDER BY t.run_model_id, t.seq";
        let mut groups: BTreeMap<(Uuid, i32), Vec<Uuid>> = BTreeMap::new();
        for row in rows::<Found>(connection, sql, [run_id.into()]).await? {
            groups.entry((row.scenario_id, row.sample_index)).or_default().push(row.id);
        }
        Ok(Self { groups: groups.into_values().collect() })
    }

    /// How many there are.
    pub(super) fn total(&self) -> u64 {
        self.groups.iter().map(|group| pairs_in(group.len() as u64)).sum()
    }

    /// All of them, or a seeded sample of so many.
    pub(super) fn drawn(&self, most: u64, seed: u64) -> Vec<(Uuid, Uuid)> {
        let total = self.total();
        let mut wanted = sample(total, most.min(total), seed).into_iter().peekable();
        let mut drawn = Vec::new();
        let mut before = 0;
        for group in &self.groups {
            let mut place = before;
            for (index, one) in group.iter().enumerate() {
                for other in group.iter().skip(index + 1) {
                    if wanted.next_if_eq(&place).is_some() {
                        drawn.push((*one, *other));
                    }
                    place += 1;
                }
            }
            before = place;
        }
        drawn
    }
}

fn pairs_in(models: u64) -> u64 {
    models * models.saturating_sub(1) / 2
}

/// The bytes of the conversations of a run's answered transcripts.
pub(super) async fn answered_bytes(
    connection: &impl ConnectionTrait,
    run_id: Uuid,
) -> Result<HashMap<Uuid, u64>> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
        bytes: i64,
        turns: i64,
    }
    let sql = "SELECT t.id, CAST(SUM(OCTET_LENGTH(u.prompt) + OCTET_LENGTH(u.answer)) AS bigint) AS bytes,
            COUNT(*) AS turns
        FROM transcripts AS t JOIN turns AS u ON u.probe_id = t.probe_id AND u.turn_index < t.turn_count
        WHERE t.run_id = $1 AND t.is_complete AND t.outcome = 'answered' GROUP BY t.id";
    let found: Vec<Found> = rows(connection, sql, [run_id.into()]).await?;
    // The marks around a question and its answer.
    const MARKS: u64 = 100;
    let bytes = |row: Found| (row.id, row.bytes.unsigned_abs() + MARKS * row.turns.unsigned_abs());
    Ok(found.into_iter().map(bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pairs_are_compared_or_a_seeded_sample_of_them() {
        let ids: Vec<Uuid> = (0..7).map(Uuid::from_u128).collect();
        let pairs = Pairs { groups: vec![ids[..3].to_vec(), ids[3..4].to_vec(), ids[4..6].to_vec()] };
        assert_eq!(pairs.total(), 4);
        let all = pairs.drawn(100, 0);
        let pair = |one: usize, other: usize| (ids[one], ids[other]);
        assert_eq!(all, [pair(0, 1), pair(0, 2), pair(1, 2), pair(4, 5)]);
        let some = pairs.drawn(2, 7);
        assert_eq!(some.len(), 2);
        assert_eq!(some, pairs.drawn(2, 7));
        assert!(some.iter().all(|pair| all.contains(pair)));
    }
}
