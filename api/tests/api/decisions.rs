use http::header;
use serde_json::{Value, json};

use crate::app::{App, apps, body_text};

const CORRECT: &str = "mutation ($input: CorrectDecisionInput!) { correctDecision(input: $input) {
    decision { value status reader revision isInForce reason decidedBy { name } }
    transcript { outcome decisions { value reader revision isInForce } } } }";

async fn first_transcript(app: &App) -> (String, String) {
    let definition = app.define("d", 2).await;
    let run = app.start(&definition).await;
    app.work(10).await;
    let found = app.ask(&format!("{{ transcripts(runId: \"{run}\") {{ nodes {{ id }} }} }}")).await;
    (run, found["transcripts"]["nodes"][0]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_correction_is_shown_with_what_was_read_before() {
    for app in apps().await {
        let (run, transcript) = first_transcript(&app).await;
        let input = json!({"input": {"transcriptId": transcript, "value": "2", "reason": "See line 2."}});
        let answer = app.answer(CORRECT, input).await;
        let corrected = &answer["data"]["correctDecision"];
        assert_eq!(
            corrected["decision"],
            json!({"value": "2", "status": "DECIDED", "reader": "manual", "revision": 2, "isInForce": true,
                "reason": "See line 2.", "decidedBy": {"name": "local"}}),
            "{answer}"
        );
        let before = json!({"value": "1", "reader": "deterministic", "revision": 1, "isInForce": false});
        assert_eq!(corrected["transcript"]["decisions"][0], before);
        let csv = body_text(app.get(&format!("/api/export/run/{run}/csv")).await).await;
        let rows: Vec<&str> = csv.lines().collect();
        assert!(rows[0].ends_with(",omitted,decided_by,option_order"), "{}", rows[0]);
        assert!(csv.contains(",manual,\r\n") && csv.contains(",deterministic,\r\n"), "{csv}");
        let ledger = app
            .ask(&format!("{{ run(id: \"{run}\") {{ progress {{ ledger {{ decided unreadable }} }} }} }}"))
            .await;
        assert_eq!(ledger["run"]["progress"]["ledger"], json!({"decided": 4, "unreadable": 0}));
        let input = json!({"input": {"transcriptId": transcript, "unreadable": true, "reason": "Neither."}});
        let answer = app.answer(CORRECT, input).await;
        assert_eq!(answer["data"]["correctDecision"]["transcript"]["outcome"], "UNREADABLE", "{answer}");
        let ledger = app
            .ask(&format!("{{ run(id: \"{run}\") {{ progress {{ ledger {{ decided unreadable }} }} }} }}"))
            .await;
        assert_eq!(ledger["run"]["progress"]["ledger"], json!({"decided": 3, "unreadable": 1}));
    }
}

#[tokio::test]
async fn a_file_that_was_downloaded_is_known_to_be_old_after_a_correction() {
    for app in apps().await {
        let (run, transcript) = first_transcript(&app).await;
        let etag = async || {
            let answer = app.get(&format!("/api/export/run/{run}/csv")).await;
            answer.headers()[header::ETAG].to_str().unwrap().to_owned()
        };
        let before = etag().await;
        assert_eq!(before, etag().await);
        let input = json!({"input": {"transcriptId": transcript, "value": "2", "reason": "See line 2."}});
        app.answer(CORRECT, input).await;
        assert_ne!(before, etag().await);
    }
}

#[tokio::test]
async fn a_wrong_correction_says_what_to_give() {
    for app in apps().await {
        let (run, transcript) = first_transcript(&app).await;
        let refused = async |input: Value| {
            let answer = app.answer(CORRECT, json!({"input": input})).await;
            answer["errors"][0].clone()
        };
        let error = refused(json!({"transcriptId": transcript, "value": "7", "reason": "r"})).await;
        assert_eq!(error["extensions"]["code"], "INVALID", "{error}");
        assert!(error["message"].as_str().unwrap().contains("1, 2"), "{error}");
        for both in [json!({"value": "1", "unreadable": true}), json!({})] {
            let mut input = json!({"transcriptId": transcript, "reason": "r"});
            input.as_object_mut().unwrap().extend(both.as_object().unwrap().clone());
            assert_eq!(refused(input).await["extensions"]["code"], "INVALID");
        }
        let again = format!("mutation {{ rereadDecisions(input: {{runId: \"{run}\"}}) {{ run {{ id }} }} }}");
        let error = app.refusal(&again).await;
        assert_eq!(error["extensions"]["code"], "CONFLICT", "{error}");
    }
}
