//! The web page in a real browser.

use std::{path::PathBuf, process::Stdio};

use tokio::{process::Command, time::timeout};

use crate::harness::{PATIENCE, Site};

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|directory| {
            ["chromium", "chromium-browser", "google-chrome"].map(|name| directory.join(name))
        })
        .find(|file| file.is_file())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_the_run_of_the_demo() {
    let Some(browser) = browser() else {
        println!("skipped: no Chromium is installed");
        return;
    };
    let site = Site::sqlite().await;
    let demo = site.probity(&["demo", "--exit", "--bind", "127.0.0.1:0"]).await;
    assert_eq!(demo.code, Some(0), "{}{}", demo.out, demo.err);
    let server = site.serve().await;
    let profile = format!("--user-data-dir={}", site.path("browser").display());
    let page = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([
            "--disable-dev-shm-usage",
            &profile,
            "--virtual-time-budget=8000",
            "--dump-dom",
            &server.api.base,
        ])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let page = timeout(PATIENCE, page).await.expect("the browser does not end").unwrap();
    let shown = String::from_utf8(page.stdout).unwrap();
    let said = String::from_utf8_lossy(&page.stderr);
    let text = without_tags(&shown);
    for words in ["Rescue at the cost of one", "500 / 500 · 100 %"] {
        assert!(text.contains(words), "{words:?} is not on the page:\n{shown}\n{said}");
    }
    assert!(text.to_lowercase().contains("completed"), "the run's status is not on the page:\n{text}");
    if !shown.contains("GraphQL console") {
        // The web app, whose pages the browser's own stories look at.
        return;
    }
    // A build without npm has the small page, which shows everything at once.
    for words in ["sim-steadfast-2026-08-15", "125 / 125", "Findings of"] {
        assert!(shown.contains(words), "{words:?} is not on the page:\n{shown}\n{said}");
    }
    assert!(shown.contains("sim-cautious-2026-06-12: mean"), "the chart is not on the page");
}

/// What a person reads of a page.
fn without_tags(page: &str) -> String {
    page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}
