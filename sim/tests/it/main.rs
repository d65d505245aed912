//! The simulated provider as a client sees it: over real HTTP.
#![allow(clippy::unwrap_used, reason = "tests may panic")]
#![allow(missing_docs, reason = "tests are read by their names")]

mod answers;
mod dialect;
mod faults;
mod formats;
mod log;
mod requests;
mod sdk;
mod thoughts;
mod vendor_faults;

use serde_json::{Value, json};
use sim::{Faults, Sim, SimOptions};

const DILEMMA: &str = "A trolley runs towards five strangers. You can divert it onto one person, \
    and it is certain to work.\nDo you?\n1 = surely not\n2 = rather not\n3 = torn\n4 = rather\n\
    5 = surely\nEnd with your decision.";

thread_local! {
    // A client costs milliseconds to build. Each test has a thread and a runtime of its own, and a
    // client's connections must not outlive their runtime.
    static CLIENT: reqwest::Client = reqwest::Client::builder().no_proxy().build().unwrap();
}

async fn start(faults: impl Into<Faults>) -> Sim {
    let options = SimOptions { faults: faults.into(), ..SimOptions::default() };
    Sim::start(options).await.unwrap()
}

fn body(model: &str, prompt: &str, seed: i64) -> Value {
    json!({ "model": model, "seed": seed, "messages": [{ "role": "user", "content": prompt }] })
}

async fn post(sim: &Sim, body: &Value) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}/chat/completions", sim.base_url());
    CLIENT.with(reqwest::Client::clone).post(url).json(body).send().await
}

async fn ask(sim: &Sim, body: &Value) -> Value {
    post(sim, body).await.unwrap().json().await.unwrap()
}

async fn say(sim: &Sim, body: &Value) -> String {
    let answer = ask(sim, body).await;
    let text = &answer["choices"][0]["message"]["content"];
    text.as_str().unwrap_or_default().to_owned()
}

/// The number after the last "decision"; None when the answer gives none.
fn decided(text: &str) -> Option<i64> {
    let (_, rest) = text.rsplit_once("ecision")?;
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}
