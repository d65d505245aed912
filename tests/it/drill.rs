//! The drills in their short form: every row is run for real, figures of time are not judged.

use std::path::Path;

use tokio::process::Command;

macro_rules! drills {
    ($($test:ident: $row:literal),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            drill($row).await;
        })+
    };
}

drills!(
    a_run_whose_workers_are_killed_again_and_again_loses_nothing: "1",
    what_is_asked_of_an_api_that_is_killed_is_done_once: "2",
    a_run_survives_the_stop_the_kill_and_the_stall_of_postgresql: "3",
    a_stop_costs_no_try_and_a_kill_no_answered_turn: "4",
    every_fault_of_a_bad_day_is_a_recorded_attempt: "5",
    a_paused_run_starts_nothing_and_a_cancel_beats_a_pause: "9",
);

async fn drill(row: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_probity")).with_file_name("probity-drill");
    assert!(program.is_file(), "`cargo build --workspace --bins` builds what these tests start");
    let mut command = Command::new(program);
    command.args(["--short", "--row", row]).kill_on_drop(true);
    if std::env::var_os("PROBITY_TEST_POSTGRES").is_none() {
        println!("PROBITY_TEST_POSTGRES is not set: SQLite only");
        command.arg("--no-postgres");
    }
    let output = command.output().await.unwrap();
    let (table, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{table}\n{log}");
}
