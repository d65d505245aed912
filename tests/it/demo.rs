//! `probity demo`: what a newcomer sees first.

use std::{collections::BTreeMap, path::Path};

use crate::harness::{Download, Ended, Site};

const MODELS: [&str; 4] = ["sim-balanced", "sim-cautious", "sim-steadfast", "sim-utilitarian"];

async fn demo(site: &Site, out: &str, more: &[&str]) -> Ended {
    std::fs::create_dir_all(site.path(out)).unwrap();
    let mut arguments = vec!["demo", "--exit", "--bind", "127.0.0.1:0", "--out", out];
    arguments.extend(more);
    let ended = site.probity(&arguments).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("125 scenarios × 4 models = 500 probes"), "{}", ended.out);
    ended
}

/// Of each model what the table says: planned, decided, and how often each point was chosen.
fn printed(ended: &Ended) -> BTreeMap<String, (usize, usize, Vec<usize>)> {
    let rows = ended.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|words| words.len() >= 14 && words[0].starts_with("sim-"))
        .map(|words| {
            let number = |word: &&str| word.parse::<usize>().unwrap();
            let counts = words[words.len() - 5..].iter().map(number).collect();
            (words[0].to_owned(), (number(&words[1]), number(&words[2]), counts))
        })
        .collect()
}

/// The same, counted in the file.
fn counted(directory: &Path) -> BTreeMap<String, (usize, usize, Vec<usize>)> {
    let mut files = std::fs::read_dir(directory).unwrap();
    let path = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none(), "one file");
    let csv = Download::read(&path);
    let mut models: BTreeMap<String, (usize, usize, Vec<usize>)> = BTreeMap::new();
    for row in csv.rows() {
        let (total, decided, counts) =
            models.entry(row["model_id"].clone()).or_insert_with(|| (0, 0, vec![0; 5]));
        *total += 1;
        if let Ok(point) = row["decision"].parse::<usize>() {
            *decided += 1;
            counts[point - 1] += 1;
        }
    }
    models
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_prints_findings_that_the_csv_bears_out_and_can_be_run_again() {
    let site = Site::sqlite().await;
    let first = demo(&site, "first", &[]).await;
    let findings = printed(&first);
    assert_eq!(findings.keys().map(String::as_str).collect::<Vec<_>>(), MODELS, "{}", first.out);
    assert_eq!(findings, counted(&site.path("first")));
    assert!(findings.values().all(|(planned, decided, _)| *planned == 125 && *decided > 100), "{findings:?}");
    assert!(first.out.contains("http://127.0.0.1:") && first.out.contains("CSV: "), "{}", first.out);

    let second = demo(&site, "second", &[]).await;
    assert_eq!(printed(&second), counted(&site.path("second")));
    site.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_profile_of_a_model_makes_other_findings() {
    let site = Site::sqlite().await;
    let usual = printed(&demo(&site, "usual", &[]).await);
    let builtin = include_str!("../../sim/src/profiles.toml");
    let (head, tail) = builtin.split_once("name = \"sim-steadfast\"").unwrap();
    let changed = tail.replacen("bias = 0.22", "bias = 0.95", 1);
    assert_ne!(tail, changed);
    let file = site.write("profiles.toml", format!("{head}name = \"sim-steadfast\"{changed}"));
    let other = printed(&demo(&site, "other", &["--profiles", &file.display().to_string()]).await);
    assert_eq!(other, counted(&site.path("other")));
    let high = |findings: &BTreeMap<String, (usize, usize, Vec<usize>)>| findings["sim-steadfast"].2[4];
    assert!(high(&other) > high(&usual) + 30, "{usual:?}\n{other:?}");
    assert_eq!(usual["sim-balanced"].0, other["sim-balanced"].0);
}
