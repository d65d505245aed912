//! How long the analysis of 100,000 transcripts takes, cold from the database, and how much memory. A
//! measurement, not a test; on PostgreSQL too where `PROBITY_TEST_POSTGRES` names a server:
//!
//! ```text
//! cargo test --release -p domain --test analysis_speed -- --ignored --nocapture
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement may stop where it stands"
)]
#![allow(clippy::print_stdout, reason = "what was measured is to be read")]

use std::{fs, time::Instant};

use domain::{
    analysis::{self, ROUNDS, SEED},
    db::Db,
    definition, run,
    stats::Draws,
};
use sea_orm::ConnectionTrait;
use test_support::Lane;
use uuid::Uuid;

/// 5 models × 1,000 scenarios × 20 samples: dimensions of 10 levels each.
const MODELS: [&str; 5] = ["sim-steadfast", "sim-balanced", "sim-utilitarian", "sim-cautious", "sim-oracle"];
const SAMPLES: u32 = 20;

fn definition_of() -> definition::DefinitionContent {
    let levels = |name: &str| {
        let level =
            |number: u32| format!("{{label: {name}{number}, score: {number}, wording: {name}{number}}}");
        let levels: Vec<String> = (0..10).map(level).collect();
        format!("  - name: {name}\n    levels: [{}]\n", levels.join(", "))
    };
    let yaml = format!(
        "name: Large\ntemplate: |\n  [one] [two] [three]\n  [scale]\ndimensions:\n{}{}{}decision:\n  scale: [{}]\n",
        levels("one"),
        levels("two"),
        levels("three"),
        (1..=5).map(|point| format!("{{value: {point}, label: P{point}}}")).collect::<Vec<_>>().join(", ")
    );
    definition::from_yaml(yaml.as_bytes()).unwrap()
}

/// Every probe answered and read, without a worker: rows as they are, counters with them.
async fn filled(db: &Db) -> Uuid {
    let lane = Lane::new(db).await;
    let (_, created) = test_support::start(db, &lane.config, definition_of(), &MODELS, |new| {
        new.samples_per_scenario = SAMPLES;
        new.max_tokens = Some(100);
    })
    .await;
    let run_id = created.run.id;
    run::fan_out(db, run_id).await.unwrap();
    let now = domain::db::now();
    let statements = [
        "INSERT INTO transcripts (id, probe_id, run_id, run_model_id, scenario_id, seq, is_complete, outcome, turn_count,
             word_count, latency_ms, started_at, finished_at)
         SELECT id, id, run_id, run_model_id, scenario_id, seq, true, 'answered', 1, 1, 1, $2, $2 FROM probes WHERE run_id = $1",
        "INSERT INTO decisions (id, transcript_id, run_id, revision, is_in_force, status, value, score, reader,
             reader_version, created_at)
         SELECT id, id, run_id, 1, true, 'decided', CAST(1 + (seq * 7 + seq / 5 + seq / 100 + seq / 1000) % 5 AS text),
             1 + (seq * 7 + seq / 5 + seq / 100 + seq / 1000) % 5, 'test', '1', $2 FROM probes WHERE run_id = $1",
        "UPDATE probes SET status = 'succeeded', outcome = 'decided', finished_at = $2 WHERE run_id = $1",
        "UPDATE run_models SET succeeded_count = planned_count, decided_count = planned_count
         WHERE run_id = $1 AND $2 IS NOT NULL",
    ];
    for sql in statements {
        let backend = db.write().get_database_backend();
        let sql = if backend == sea_orm::DbBackend::Postgres {
            sql.replace("$2 IS NOT NULL", "$2::timestamptz IS NOT NULL")
        } else {
            sql.into()
        };
        let values = [run_id.into(), now.into()];
        db.write().execute_raw(sea_orm::Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    }
    run_id
}

/// Bytes of resident memory: now, and the most there was since the last reset.
fn memory() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let of = |key: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1_024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn the_analysis_of_100_000_transcripts() {
    for database in test_support::databases().await {
        let run_id = filled(&database.db).await;
        // Connections of their own, which have nothing in their caches.
        let db = Db::connect(&database.url).await.unwrap();
        // Linux forgets the peak of before.
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let (before, _) = memory();
        let began = Instant::now();
        let columns = analysis::load_columns(&db, run_id).await.unwrap();
        let loaded = began.elapsed();
        let found = analysis::analyse(&columns).unwrap();
        let analysed = began.elapsed() - loaded;
        let document = serde_json::to_string(&found).unwrap();
        let total = began.elapsed();
        let (_, peak) = memory();
        analysis::resample(&columns, Draws::new(ROUNDS, SEED)).unwrap();
        let drawn = began.elapsed() - total;
        let n: usize = columns.models.iter().map(|model| model.cells.len()).sum();
        println!(
            "{}: {n} decisions: load {loaded:.0?}, analyse {analysed:.0?}, in all {total:.0?}; peak {} MB, {} MB above \
             what was there; document {} kB; interval of agreement {drawn:.0?}",
            database.name,
            peak >> 20,
            peak.saturating_sub(before) >> 20,
            document.len() >> 10,
        );
        db.close().await;
        database.db.close().await;
    }
}
