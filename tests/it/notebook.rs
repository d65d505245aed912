//! What a notebook does: Python, httpx and pandas.

use std::process::Stdio;

use tokio::{process::Command, time::timeout};

use crate::harness::{PATIENCE, Site};

on_both_databases!(a_notebook_runs_an_evaluation_and_its_counts_are_those_of_the_findings);

async fn a_notebook_runs_an_evaluation_and_its_counts_are_those_of_the_findings(site: Site) {
    let Some(python) = std::env::var_os("PROBITY_PYTHON") else {
        println!("skipped: PROBITY_PYTHON names no Python with httpx and pandas");
        return;
    };
    let (server, _workers) = site.serve_with_two_workers().await;
    let notebook = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/notebook.py"))
        .arg(&server.api.base)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/rescue-dilemma.yaml"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, notebook).await.expect("the notebook does not end").unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).trim_end().ends_with("ok"), "{said}");
    site.assert_sound().await;
}
