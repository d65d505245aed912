//! LiteLLM's proxy as a real gateway, with its mock responses: no model is asked.

use std::{
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use providers::{
    ErrorCategory, Finish, Message, Provider, ProviderRequest, ProviderSettings, Quirks, WireFormat, connect,
};
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::server::{request, settings};

const MASTER_KEY: &str = "sk-test-master-key-1234";

const CONFIG: &str = r#"
model_list:
  - {model_name: mocked, litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: "Decision: 3"}}
  - {model_name: limited, litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: litellm.RateLimitError}}
  - {model_name: short, litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: litellm.ContextWindowExceededError}}
  - {model_name: broken, litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: litellm.InternalServerError}}
general_settings: {master_key: sk-test-master-key-1234}
litellm_settings: {telemetry: false, num_retries: 0}
"#;

/// A running gateway; `None` where `PROBITY_LITELLM` names no `litellm`.
async fn start(folder: &Path) -> Option<(Child, String)> {
    let program = std::env::var_os("PROBITY_LITELLM")?;
    let config = folder.join("litellm.yaml");
    std::fs::write(&config, CONFIG).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let child = Command::new(program)
        .arg("--config")
        .arg(&config)
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        // Without this it asks the network for prices.
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let began = Instant::now();
    // It listens once it is ready; there is nothing else to wait for.
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(120), "the gateway does not start");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Some((child, format!("http://127.0.0.1:{port}/v1")))
}

fn client(kind: WireFormat, base_url: &str, key: &str, stream: bool) -> Arc<dyn Provider> {
    let quirks = Quirks { stream, ..Quirks::default() };
    connect(ProviderSettings { kind, quirks, api_key: Some(key.into()), ..settings(base_url) }).unwrap()
}

fn asking(model: &str) -> ProviderRequest {
    let messages = vec![Message::user("one"), Message::assistant("Decision: 2", None), Message::user("two")];
    ProviderRequest { model: model.to_owned(), system: Some("be brief".to_owned()), messages, ..request() }
}

#[tokio::test]
async fn a_real_gateway_is_spoken_to_in_three_wire_formats() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_gateway, url)) = start(folder.path()).await else {
        eprintln!("skipped: PROBITY_LITELLM names no litellm with its proxy");
        return;
    };
    for kind in [WireFormat::OpenAiChat, WireFormat::OpenAiResponses, WireFormat::AnthropicMessages] {
        for stream in [false, true] {
            // The gateway itself cannot stream a mock response in this format.
            if stream && kind == WireFormat::OpenAiResponses {
                continue;
            }
            let reply = client(kind, &url, MASTER_KEY, stream).converse(&asking("mocked")).await;
            let reply = reply.unwrap_or_else(|error| panic!("{kind:?} {stream}: {error:?}"));
            assert_eq!(
                (reply.text.as_str(), reply.finish),
                ("Decision: 3", Finish::Stop),
                "{kind:?} {stream}"
            );
        }
    }
    let chat = client(WireFormat::OpenAiChat, &url, MASTER_KEY, false);
    let reply = chat.converse(&asking("mocked")).await.unwrap();
    assert_eq!((reply.usage.input, reply.usage.output), (Some(10), Some(20)));
    for (model, category) in [
        ("limited", ErrorCategory::RateLimited),
        ("short", ErrorCategory::ContextLength),
        ("broken", ErrorCategory::Server),
        ("unheard-of", ErrorCategory::ModelNotFound),
    ] {
        let error = chat.converse(&asking(model)).await.unwrap_err();
        assert_eq!(error.category, category, "{error}");
    }
    let models = chat.check().await.unwrap().model_ids.unwrap();
    assert!(models.contains(&"mocked".to_owned()), "{models:?}");
}
