//! Decisions after their first reading: corrected by hand, read again.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::queue::{ClaimedProbe, Ending, ProbeWrite};
use domain::{
    Error,
    auth::{Actor, actor_of_token, create_token},
    decision::{self, Correction},
    findings,
    page::PageRequest,
    probe::{self, TranscriptFilter},
    reading::READER_VERSION,
    run::{self, Commanded, FrozenRun},
};
use entity::{DecisionStatus, ProbeOutcome, Role, decision as row, transcript};
use futures::future::join_all;
use test_support::{Lane, on_each_lane};
use uuid::Uuid;

fn answered(probe: &ClaimedProbe, lane: &Lane) -> ProbeWrite {
    let mut write = test_support::answered(probe, lane.worker, Some(1));
    write.turns[0].answer = "Decision: Bern".into();
    if let Ending::Succeeded { decision: Some(decision), .. } = &mut write.ending {
        decision.value = Some("Bern".into());
    }
    write
}

/// A run of which so many probes are answered "Decision: Bern".
async fn answered_run(lane: &Lane, count: u64) -> (Actor, Uuid, Vec<transcript::Model>) {
    let (actor, run_id) = lane.run(|_| ()).await;
    for probe in lane.claim(count).await {
        lane.write(answered(&probe, lane)).await;
    }
    let request = PageRequest { first: 500, after: None };
    let page = probe::transcripts(&lane.db, run_id, &TranscriptFilter::default(), &request).await.unwrap();
    (actor, run_id, page.rows.into_iter().map(|(_, row)| row).collect())
}

fn by<'a>(actor: &'a Actor, transcript_id: Uuid, value: Option<&'a str>) -> Correction<'a> {
    Correction { actor, transcript_id, value, reason: "It says so.", client_token: None }
}

async fn revisions(lane: &Lane, transcript_id: Uuid) -> Vec<row::Model> {
    probe::revisions_of(&lane.db, &[transcript_id]).await.unwrap().remove(&transcript_id).unwrap()
}

/// Decided, unreadable, and how often each answer was given.
async fn counted(lane: &Lane, run_id: Uuid) -> (i64, i64, Vec<(String, u64)>) {
    let found = findings::of_run(&lane.db, run_id).await.unwrap().remove(0);
    let given = found.distribution.into_iter().filter(|given| given.count > 0);
    (found.ledger.decided, found.ledger.unreadable, given.map(|given| (given.value, given.count)).collect())
}

/// Reads again as the job does; returns how many were read, and changed.
async fn read_again(lane: &Lane, run_id: Uuid) -> (u64, u64) {
    let frozen = FrozenRun::load(&lane.db, run_id).await.unwrap();
    let (mut after, mut read, mut changed) = (Some(-1), 0, 0);
    while let Some(place) = after {
        let chunk = decision::reread_chunk(&lane.db, &frozen, place).await.unwrap();
        (after, read, changed) = (chunk.next, read + chunk.read, changed + chunk.changed);
    }
    (read, changed)
}

on_each_lane!(a_correction_is_appended_and_everything_counted_follows, lane, {
    let (actor, run_id, transcripts) = answered_run(&lane, 3).await;
    let first = &transcripts[0];
    let corrected = decision::correct(&lane.db, by(&actor, first.id, Some("Ankara"))).await.unwrap();
    assert_eq!(corrected.decision.value.as_deref(), Some("Ankara"));
    assert_eq!(corrected.decision.score, Some(0.0), "the right answer is another one");
    let rows = revisions(&lane, first.id).await;
    let seen: Vec<_> = rows.iter().map(|row| (row.revision, row.reader.as_str(), row.is_in_force)).collect();
    assert_eq!(seen, [(1, "test", false), (2, "manual", true)]);
    assert_eq!((rows[1].decided_by, rows[1].reason.as_deref()), (Some(actor.id), Some("It says so.")));
    assert_eq!(counted(&lane, run_id).await, (3, 0, vec![("Ankara".into(), 1), ("Bern".into(), 2)]));
    decision::correct(&lane.db, by(&actor, first.id, None)).await.unwrap();
    assert_eq!(counted(&lane, run_id).await, (2, 1, vec![("Bern".into(), 2)]));
    assert_eq!(revisions(&lane, first.id).await[2].status, DecisionStatus::Unreadable);
    decision::correct(&lane.db, by(&actor, first.id, Some("Bern"))).await.unwrap();
    assert_eq!(counted(&lane, run_id).await, (3, 0, vec![("Bern".into(), 3)]));
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "decision.corrected").count(), 3, "{events:?}");
});

on_each_lane!(the_same_token_corrects_once_and_another_input_is_a_conflict, lane, {
    let (actor, _, transcripts) = answered_run(&lane, 1).await;
    let correction = Correction { client_token: Some("t"), ..by(&actor, transcripts[0].id, Some("Ankara")) };
    let first = decision::correct(&lane.db, correction).await.unwrap();
    let again = decision::correct(&lane.db, correction).await.unwrap();
    assert_eq!(first.decision.id, again.decision.id);
    assert_eq!(revisions(&lane, transcripts[0].id).await.len(), 2);
    let other = Correction { value: Some("Bern"), ..correction };
    let refused = decision::correct(&lane.db, other).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
});

on_each_lane!(what_is_no_decision_here_or_has_no_reason_is_refused_and_nothing_is_written, lane, {
    let (actor, _, transcripts) = answered_run(&lane, 1).await;
    let of = transcripts[0].id;
    let wrong = decision::correct(&lane.db, by(&actor, of, Some("Atlantis"))).await.unwrap_err();
    assert!(wrong.to_string().contains("Bern"), "{wrong}");
    let blank = Correction { reason: " ", ..by(&actor, of, Some("Ankara")) };
    assert!(matches!(decision::correct(&lane.db, blank).await, Err(Error::Invalid(_))));
    let token = create_token(&lane.db, "Rosalind", Role::Researcher).await.unwrap();
    let other = actor_of_token(&lane.db, &token).await.unwrap();
    let refused = decision::correct(&lane.db, by(&other, of, Some("Ankara"))).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let missing = decision::correct(&lane.db, by(&actor, Uuid::now_v7(), Some("Ankara"))).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    assert_eq!(revisions(&lane, of).await.len(), 1);
});

on_each_lane!(corrections_at_once_are_all_kept_and_one_is_in_force, lane, {
    let (actor, run_id, transcripts) = answered_run(&lane, 1).await;
    let of = transcripts[0].id;
    let values = [Some("Ankara"), None, Some("Bern"), None, Some("Ankara"), None];
    let corrected =
        join_all(values.iter().map(|value| decision::correct(&lane.db, by(&actor, of, *value)))).await;
    assert!(corrected.iter().all(Result::is_ok), "{corrected:?}");
    let rows = revisions(&lane, of).await;
    assert_eq!(rows.iter().map(|row| row.revision).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());
    let in_force: Vec<_> = rows.iter().filter(|row| row.is_in_force).collect();
    assert_eq!(in_force.len(), 1);
    assert_eq!(in_force[0].revision, 7, "the last one counts");
    let outcome = probe::list(&lane.db, run_id, &Default::default(), &PageRequest { first: 1, after: None })
        .await
        .unwrap()
        .rows[0]
        .1
        .outcome;
    let wanted = match in_force[0].status {
        DecisionStatus::Decided => ProbeOutcome::Decided,
        DecisionStatus::Unreadable => ProbeOutcome::Unreadable,
    };
    assert_eq!(outcome, Some(wanted));
});

on_each_lane!(reading_again_appends_and_leaves_in_force_what_was_decided_by_hand, lane, {
    let (actor, run_id, transcripts) = answered_run(&lane, 3).await;
    // The reader of the test "read" Bern; ours reads the same of "Decision: Bern".
    decision::correct(&lane.db, by(&actor, transcripts[0].id, Some("Ankara"))).await.unwrap();
    let command = Commanded { actor: &actor, run_id, client_token: Some("again") };
    for _ in 0..2 {
        decision::reread(&lane.db, command).await.unwrap();
    }
    assert_eq!(read_again(&lane, run_id).await, (3, 0));
    assert_eq!(read_again(&lane, run_id).await, (0, 0), "repeating it changes nothing");
    let by_hand = revisions(&lane, transcripts[0].id).await;
    let seen: Vec<_> = by_hand.iter().map(|row| (row.reader.as_str(), row.is_in_force)).collect();
    assert_eq!(seen, [("test", false), ("manual", true), ("deterministic", false)]);
    let other = revisions(&lane, transcripts[1].id).await;
    assert_eq!(other[1].reader_version, READER_VERSION);
    assert!(other[1].is_in_force && other[1].quote_start.is_some());
    assert_eq!(counted(&lane, run_id).await, (3, 0, vec![("Ankara".into(), 1), ("Bern".into(), 2)]));
    let refused = decision::reread(&lane.db, Commanded { client_token: None, ..command }).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "reread.requested").count(), 1, "{events:?}");
    assert!(events.contains(&"decisions.reread".to_owned()), "{events:?}");
});

on_each_lane!(what_reads_differently_now_moves_the_ledger, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    for (index, probe) in lane.claim(2).await.into_iter().enumerate() {
        let mut write = answered(&probe, &lane);
        if index == 0 {
            write.turns[0].answer = "I would rather not say.".into();
        }
        lane.write(write).await;
    }
    assert_eq!(counted(&lane, run_id).await.0, 2);
    decision::reread(&lane.db, Commanded { actor: &actor, run_id, client_token: None }).await.unwrap();
    assert_eq!(read_again(&lane, run_id).await, (2, 1));
    assert_eq!(counted(&lane, run_id).await, (1, 1, vec![("Bern".into(), 1)]));
    assert!(run::find(&lane.db, run_id).await.is_ok());
});
