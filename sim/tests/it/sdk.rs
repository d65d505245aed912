use std::process::Stdio;

use sim::{Sim, SimOptions};

/// Needs a Python with the `openai` package, named by `PROBITY_PYTHON`.
#[tokio::test]
#[allow(clippy::print_stderr, reason = "whoever runs the tests must see that one was skipped")]
async fn the_official_python_sdk_works_against_it() {
    let Some(python) = std::env::var_os("PROBITY_PYTHON") else {
        eprintln!("skipped: PROBITY_PYTHON names no Python with the openai package");
        return;
    };
    let options = SimOptions { required_key: Some("sk-sim".into()), ..SimOptions::default() };
    let sim = Sim::start(options).await.unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openai_sdk.py");
    let output = tokio::process::Command::new(python)
        .arg(script)
        .arg(sim.base_url())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
