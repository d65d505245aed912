//! Texts that are hard on a file: everything a model may write comes through as it was.

use serde_json::json;
use sim::{Fault, FaultRule, Faults};

use crate::harness::{RESCUE, Site, grid_with, text};

on_both_databases!(
    odd_text_comes_through_the_csv_as_it_stands_in_the_transcript,
    an_answer_of_ten_megabytes_survives,
    formulas_are_neutralised_for_excel_and_only_there
);

async fn odd_text_comes_through_the_csv_as_it_stands_in_the_transcript(site: Site) {
    site.sim.set_faults(Faults::from(Fault::OddText));
    let server = site.serve().await;
    let api = &server.api;
    let run = api.start(&api.import(RESCUE).await, &["sim-balanced"], json!({"samplePercentage": 20})).await;
    api.finish(&run).await;
    let rows = api.csv(&run, "").await.rows();
    assert_eq!(rows.len(), 25);
    let transcripts = api.all("transcripts", &run, "id turns { answer isTextAltered }").await;
    for (row, transcript) in rows.iter().zip(&transcripts) {
        let answer = text(&transcript["turns"][0]["answer"]);
        assert_eq!(row["transcript_id"], text(&transcript["id"]));
        assert_eq!(row["response"], answer);
        for part in [
            "👩‍👩‍👧‍👦🏳️‍🌈",
            "\u{202B}قرار שלום\u{202C}",
            "e\u{301}\u{327}",
            "\u{1}\u{8}\u{B}\u{1B}[31m\u{7F}\u{85}",
            "\u{FEFF}\u{2028}\u{2029}",
            "<b>&amp;</b> \"quoted\", 'single'\r\n\t=1+1;\\",
        ] {
            assert!(answer.contains(part), "{part:?} is not in {answer:?}");
        }
        // NUL cannot be stored, a lone surrogate is no text: both stand as U+FFFD, and it is said.
        assert!(!answer.contains('\0'));
        assert!(answer.contains("\u{FFFD} \u{FFFD}"), "{answer:?}");
        assert_eq!(transcript["turns"][0]["isTextAltered"], true);
    }
}

async fn an_answer_of_ten_megabytes_survives(site: Site) {
    let rule = FaultRule::always(Fault::huge_answer()).first_n(1);
    site.sim.set_faults(Faults::one(rule));
    let server = site.serve().await;
    let api = &server.api;
    let run = api.start(&api.import(RESCUE).await, &["sim-oracle"], json!({"samplePercentage": 10})).await;
    let ended = api.finish(&run).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    let rows = api.csv(&run, "").await.rows();
    assert_eq!(rows.len(), 13);
    let longest = rows.iter().max_by_key(|row| row["response"].len()).unwrap();
    assert!(longest["response"].len() > 9_990_000, "{}", longest["response"].len());
    assert!(longest["response"].starts_with("All this has been said before, and it can be said again. "));
    assert!(longest["response"].trim_end().lines().last().unwrap().contains("ecision"));
    assert!(!longest["decision"].is_empty());
}

async fn formulas_are_neutralised_for_excel_and_only_there(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let yaml = grid_with("Formulas", &[2], "Is it right?\n  [scale]")
        .replace("label: L0", "label: \"=1+1\"")
        .replace("label: L1", "label: \"@SUM(A1)\"");
    let run = api.start(&api.import(&yaml).await, &["sim-oracle"], json!({})).await;
    api.finish(&run).await;
    let labels = async |options: &str| {
        let rows = api.csv(&run, options).await.rows();
        let mut labels: Vec<String> = rows.iter().map(|row| row["dim_d0"].clone()).collect();
        labels.sort_unstable();
        labels
    };
    assert_eq!(labels("").await, ["=1+1", "@SUM(A1)"]);
    assert_eq!(labels("?excel=false").await, ["=1+1", "@SUM(A1)"]);
    assert_eq!(labels("?excel=true").await, ["'=1+1", "'@SUM(A1)"]);
}
