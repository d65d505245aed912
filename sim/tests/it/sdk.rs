use std::process::Stdio;

use sim::{Sim, SimOptions};

/// Needs a Python with the vendors' packages, named by `PROBITY_PYTHON`. The script is called with
/// the address of a simulated provider whose key is "sk-sim".
#[allow(clippy::print_stderr, reason = "whoever runs the tests must see that one was skipped")]
async fn works_against_it(script: &str) {
    let Some(python) = std::env::var_os("PROBITY_PYTHON") else {
        eprintln!("skipped: PROBITY_PYTHON names no Python with the vendors' packages");
        return;
    };
    let options = SimOptions { required_key: Some("sk-sim".into()), ..SimOptions::default() };
    let sim = Sim::start(options).await.unwrap();
    let path = format!("{}/tests/sdk/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = tokio::process::Command::new(python)
        // No bytecode is left in the source tree, and no proxy stands in between.
        .args(["-B", &path, &format!("http://{}", sim.addr())])
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(output.stdout.trim_ascii(), b"ok");
}

#[tokio::test]
async fn the_openai_sdk_works_against_it_with_chat_completions() {
    works_against_it("openai_chat.py").await;
}

#[tokio::test]
async fn the_openai_sdk_works_against_it_with_responses() {
    works_against_it("openai_responses.py").await;
}

#[tokio::test]
async fn the_anthropic_sdk_works_against_it() {
    works_against_it("anthropic_messages.py").await;
}

#[tokio::test]
async fn the_google_sdk_works_against_it() {
    works_against_it("google_genai.py").await;
}
