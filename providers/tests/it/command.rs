//! Programs instead of servers.

use std::{path::PathBuf, time::Duration};

use providers::{
    CommandSettings, ErrorCategory, Finish, Provider, ProviderSettings, SettingsError, WireFormat, connect,
};
use tokio::io::AsyncReadExt;

use crate::server::{request, settings};

fn command(program: &str, arguments: &[&str]) -> CommandSettings {
    CommandSettings {
        program: PathBuf::from(program),
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        working_directory: None,
        environment: Vec::new(),
        timeout: Duration::from_secs(30),
        output_bytes_max: 1_000_000,
    }
}

fn provider(command: CommandSettings) -> Result<std::sync::Arc<dyn Provider>, SettingsError> {
    connect(ProviderSettings {
        kind: WireFormat::Command,
        command: Some(command),
        ..settings("http://unused.invalid")
    })
}

fn script(text: &str) -> std::sync::Arc<dyn Provider> {
    provider(command("sh", &["-c", text])).unwrap()
}

#[tokio::test]
async fn a_program_answers_what_it_reads() {
    let echo = r#"read -r line; case $line in *'"content":"hello"'*'"seed":7'*) ;; *) exit 9;; esac
        echo '{"text":"hi","reasoning":"hm","model_version":"m-1","finish":"length",
               "usage":{"input":3,"output":2,"reasoning":1},"request_id":"r"}'"#;
    let mut asked = request();
    asked.seed = Some(7);
    let reply = script(echo).converse(&asked).await.unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.reasoning.as_deref(), reply.finish),
        ("hi", Some("hm"), Finish::Length)
    );
    assert_eq!((reply.usage.input, reply.usage.output, reply.usage.cached_input), (Some(3), Some(2), None));
    assert_eq!((reply.model_version.as_deref(), reply.request_id.as_deref()), (Some("m-1"), Some("r")));
    assert!(reply.raw_body.starts_with(b"{\"text\""));
    assert_eq!(
        reply.request_body,
        r#"{"model":"m","messages":[{"role":"user","content":"hello"}],"seed":7}"#
    );
}

#[tokio::test]
async fn an_answer_counts_though_the_program_read_nothing_or_failed_afterwards() {
    let reply =
        script(r#"exec 0<&-; echo '{"text":"paid for"}'; exit 3"#).converse(&request()).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("paid for", Finish::Stop));
}

#[tokio::test]
async fn what_goes_wrong_has_a_category_and_the_programs_own_words() {
    let limited = r#"echo '{"error":{"category":"rate_limited","message":"slow down","retry_after_seconds":1.5}}'; exit 1"#;
    for (text, category, words) in [
        (limited, ErrorCategory::RateLimited, "slow down"),
        (
            "echo no such weights >&2; exit 4",
            ErrorCategory::Server,
            "the program ended with status 4: no such weights",
        ),
        ("kill -9 $$", ErrorCategory::Server, "the program was ended by signal 9"),
        (
            "echo hello",
            ErrorCategory::Malformed,
            "the program's output is not one JSON object with `text` or `error`: hello",
        ),
        (
            "true",
            ErrorCategory::Malformed,
            "the program's output is not one JSON object with `text` or `error`:",
        ),
        (
            "head -c 2000000 /dev/zero",
            ErrorCategory::Malformed,
            "the program's output is larger than the limit: it was ended",
        ),
    ] {
        let error = script(text).converse(&request()).await.unwrap_err();
        assert_eq!((error.category, error.message.as_str()), (category, words), "{text}");
    }
    let error = script(limited).converse(&request()).await.unwrap_err();
    assert_eq!(error.retry_after, Some(Duration::from_millis(1_500)));
}

#[tokio::test]
async fn what_a_program_started_dies_with_it_when_its_time_is_up() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("alive");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The grandchild holds the pipe open for as long as it lives.
    let text = format!("(echo started; exec sleep 600) > {} & sleep 600", pipe.display());
    let mut asked = request();
    asked.timeouts.total = Duration::from_millis(500);
    let running = script(&text);
    let (error, ()) = tokio::join!(running.converse(&asked), async {
        let mut alive = tokio::fs::File::open(&pipe).await.unwrap();
        let mut said = String::new();
        // Ends only once nobody holds the pipe any more.
        alive.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "started\n");
    });
    let error = error.unwrap_err();
    assert_eq!(
        (error.category, error.message.as_str()),
        (ErrorCategory::Timeout, "the program did not end within 0.5 s")
    );
}

#[tokio::test]
async fn a_program_that_leaves_a_child_behind_is_not_waited_for() {
    let reply = script(r#"sleep 600 & echo '{"text":"done"}'"#).converse(&request()).await.unwrap();
    assert_eq!(reply.text, "done");
}

#[tokio::test]
async fn a_program_sees_only_the_variables_it_was_given_and_their_values_are_not_kept() {
    // Cargo sets it for every test, and it is long enough to be searched for.
    let name = "CARGO_MANIFEST_DIR";
    let value = std::env::var(name).unwrap();
    let text = format!(r#"printf '{{"text":"%s|%s"}}' "${name}" "$CARGO_PKG_NAME""#);
    let given = CommandSettings { environment: vec![name.to_owned()], ..command("sh", &["-c", &text]) };
    let reply = provider(given).unwrap().converse(&request()).await.unwrap();
    assert_eq!(reply.text, "[redacted]|");
    let failing = format!("echo ${name} >&2; exit 1");
    let given = CommandSettings { environment: vec![name.to_owned()], ..command("sh", &["-c", &failing]) };
    let error = provider(given).unwrap().converse(&request()).await.unwrap_err();
    assert!(!format!("{error:?}").contains(&value) && error.message.contains("[redacted]"), "{error}");
}

#[test]
fn a_command_that_cannot_run_is_refused_before_anything_is_asked() {
    let problem = |command| match provider(command) {
        Err(SettingsError::Command { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    };
    assert_eq!(problem(command("/no/such/program", &[])), "/no/such/program does not exist");
    assert_eq!(
        problem(command("no-such-program", &[])),
        "no-such-program is not in PATH: give its full path"
    );
    assert!(problem(command("/etc/passwd", &[])).contains("not an executable file"));
    let elsewhere =
        CommandSettings { working_directory: Some("/no/such/place".into()), ..command("sh", &[]) };
    assert!(problem(elsewhere).contains("there is no such directory"));
    let unset = CommandSettings { environment: vec!["PROBITY_UNSET".into()], ..command("sh", &[]) };
    assert!(problem(unset).contains("PROBITY_UNSET, which is not set"));
}

#[tokio::test]
async fn a_field_of_an_unexpected_type_costs_that_field_and_not_the_answer() {
    for (fields, input, finish) in [
        (r#""usage":{"input":12.0}"#, Some(12), Finish::Stop),
        (r#""usage":{"input":"12"}"#, Some(12), Finish::Stop),
        (r#""usage":{"input_tokens":12,"output_tokens":3}"#, Some(12), Finish::Stop),
        (r#""usage":[]"#, None, Finish::Stop),
        (r#""usage":{"input":-1}"#, None, Finish::Stop),
        (r#""finish":"banana""#, None, Finish::Other),
        (r#""finish":7"#, None, Finish::Other),
        (r#""finish":null"#, None, Finish::Stop),
        (r#""request_id":7"#, None, Finish::Stop),
        (r#""reasoning":["a"],"error":null"#, None, Finish::Stop),
        (r#""model_version":{}"#, None, Finish::Stop),
        (r#""error":false"#, None, Finish::Stop),
        (r#""error":"""#, None, Finish::Stop),
    ] {
        let text = format!(r#"echo '{{"text":"paid for",{fields}}}'"#);
        let reply =
            script(&text).converse(&request()).await.unwrap_or_else(|error| panic!("{fields}: {error}"));
        assert_eq!(
            (reply.text.as_str(), reply.usage.input, reply.finish),
            ("paid for", input, finish),
            "{fields}"
        );
        assert_eq!(reply.finish_raw.is_some(), finish == Finish::Other, "{fields}");
        assert_eq!(reply.reasoning, None, "{fields}");
    }
}

#[tokio::test]
async fn an_error_is_read_however_a_program_writes_it() {
    for (error, words, wait) in [
        (r#""plain""#, "plain", None),
        (r#"{"message":"slow","retry_after_seconds":"5"}"#, "slow", Some(5)),
        (r#"{"message":"slow","retry_after_seconds":[]}"#, "slow", None),
        (r#"{"message":"slow","category":7}"#, "slow", None),
        ("{}", "the program gave no reason", None),
    ] {
        let error = script(&format!("echo '{{\"error\":{error}}}'")).converse(&request()).await.unwrap_err();
        assert_eq!((error.category, error.message.as_str()), (ErrorCategory::Server, words));
        assert_eq!(error.retry_after, wait.map(Duration::from_secs), "{error}");
    }
}

#[tokio::test]
async fn a_program_that_floods_its_output_is_ended_before_its_time_is_up() {
    for (text, words) in [
        ("yes", "the program's output is larger than the limit: it was ended"),
        ("yes >&2", "the program's standard error is larger than the limit: it was ended"),
        ("yes & sleep 600", "the program's output is larger than the limit: it was ended"),
    ] {
        let error = script(text).converse(&request()).await.unwrap_err();
        assert_eq!((error.category, error.message.as_str()), (ErrorCategory::Malformed, words), "{text}");
    }
}
