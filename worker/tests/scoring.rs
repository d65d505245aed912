//! Scorers at work: scored as probes finish, and again afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{sync::Arc, time::Duration};

use domain::{
    Error, audit,
    auth::local_actor,
    db::Db,
    definition::{ScoredText, Scorer, ScorerKind},
    export::csv::{CsvExport, CsvOptions},
    findings, library,
    page::PageRequest,
    probe::{self, TranscriptFilter},
    run::{self, Commanded},
    scoring,
};
use entity::{run_rescore, score};
use futures::TryStreamExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sim::{Sim, SimOptions};
use test_support::{TestDatabase, databases, sample};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn scorer(name: &str, kind: ScorerKind, expected: Option<&str>) -> Scorer {
    Scorer {
        name: name.into(),
        kind,
        of: ScoredText::LastAnswer,
        expected: expected.map(Into::into),
        pattern: None,
        schema: None,
        tolerance: None,
        is_relative: false,
        ignore_case: true,
        criteria: None,
        scale: Vec::new(),
    }
}

async fn scores(db: &Db, run_id: Uuid) -> Vec<score::Model> {
    let page = PageRequest { first: 500, after: None };
    let found = probe::transcripts(db, run_id, &TranscriptFilter::default(), &page).await.unwrap();
    let ids: Vec<Uuid> = found.rows.iter().map(|(_, row)| row.id).collect();
    scoring::scores_of(db, &ids).await.unwrap().into_values().flatten().collect()
}

async fn csv(db: &Db, run_id: Uuid) -> String {
    let actor = local_actor(db).await.unwrap();
    let export = CsvExport::of(db, &actor, run_id, CsvOptions::default()).await.unwrap();
    let parts: Vec<_> = export.into_stream(db.clone()).try_collect().await.unwrap();
    String::from_utf8(parts.concat()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_scored_as_they_come_and_again_when_somebody_wants_it() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let config = Arc::new(test_support::config(&sim.base_url()));
        domain::registry::sync(&db, &config).await.unwrap();
        let stop = CancellationToken::new();
        let worker = tokio::spawn({
            let (db, config, stop) = (db.clone(), config.clone(), stop.clone());
            async move { worker::run(db, config, "worker", stop).await }
        });
        while domain::fleet::online_workers(&db, config.beat()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let mut content = sample("capital");
        let right = Scorer { ignore_case: false, ..scorer("right", ScorerKind::MultipleChoice, None) };
        content.scorers = vec![right, scorer("polite", ScorerKind::Includes, Some("please"))];
        let (actor, created) =
            test_support::start(&db, &config, content.clone(), &["sim-oracle"], |_| ()).await;
        let run_id = created.run.id;
        let command = Commanded { actor: &actor, run_id, client_token: None };
        let early = scoring::rescore(&db, command, None).await;
        let is_over = async || run::find(&db, run_id).await.unwrap().status.is_terminal();
        // Whether the run is over by now is a race; where it is not, it is refused.
        assert!(early.is_err() || is_over().await, "{name}");
        while !is_over().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let first = scores(&db, run_id).await;
        let count = |rows: &[score::Model], scorer: &str, value: f64| {
            rows.iter().filter(|row| row.is_in_force && row.scorer == scorer && row.value == value).count()
        };
        assert_eq!(
            (count(&first, "right", 1.0), count(&first, "polite", 0.0)),
            (12, 12),
            "{name}: {first:?}"
        );
        let found = findings::of_run(&db, run_id).await.unwrap().remove(0);
        let right = &found.scores[0];
        assert_eq!(
            (right.scorer.as_str(), right.passed, right.scored, right.rate.mean),
            ("right", 12, 12, Some(1.0))
        );
        assert_eq!(found.scores[1].rate.mean, Some(0.0));
        let wilson = found.scores[1].wilson.unwrap();
        assert!(wilson.low == 0.0 && (0.2..0.3).contains(&wilson.high), "{wilson:?}");
        let file = csv(&db, run_id).await;
        assert!(
            file.lines().next().unwrap().ends_with(",decided_by,score_right,score_polite,option_order"),
            "{file}"
        );
        assert_eq!(file.matches(",deterministic,1,0,\r\n").count(), 12, "{file}");

        // Another version of the definition asks something else of the same answers.
        let run = run::find(&db, run_id).await.unwrap();
        let saved = library::find(&db, run.definition_id.unwrap()).await.unwrap();
        content.name.clone_from(&saved.name);
        content.scorers[1].expected = Some("capital".into());
        content.scorers.push(scorer("said", ScorerKind::Includes, Some("decision")));
        library::update(&db, &actor, saved.id, None, &content).await.unwrap();
        let wanted = Commanded { client_token: Some("again"), ..command };
        for _ in 0..2 {
            scoring::rescore(&db, wanted, Some(2)).await.unwrap();
        }
        let open = || {
            let of_run = run_rescore::Entity::find().filter(run_rescore::Column::RunId.eq(run_id));
            of_run.filter(run_rescore::Column::FinishedAt.is_null())
        };
        while open().one(db.read()).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let again = scores(&db, run_id).await;
        assert_eq!(again.len(), first.len() + 24, "{name}: one that is the same is not added");
        assert!(first.iter().all(|old| again.iter().any(|row| row.id == old.id && row.value == old.value)));
        assert_eq!(again.iter().filter(|row| row.is_in_force).count(), 36);
        let header = csv(&db, run_id).await.lines().next().unwrap().to_owned();
        assert!(header.ends_with(",score_right,score_polite,score_said,option_order"), "{header}");
        let missing = scoring::rescore(&db, command, Some(9)).await.unwrap_err();
        assert!(matches!(missing, Error::Invalid(_)), "{missing}");
        assert_eq!(audit::counters(&db).await.unwrap(), Vec::<String>::new());
        stop.cancel();
        worker.await.unwrap().unwrap();
        sim.shutdown().await;
        db.close().await;
    }
}
