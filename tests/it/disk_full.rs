//! A disk that is full in the middle of a run.

use std::{io::Write, path::PathBuf, time::Duration};

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use sim::Latency;
use tokio::process::Command;

use crate::harness::{Api, IMPORT, Process, RESCUE, Site, assert_complete, grid};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_loses_no_answer() {
    if !may_mount().await {
        println!("skipped: this user may not mount a file system in a namespace");
        return;
    }
    let site = Site::sqlite().await;
    let (disk, kept) = (site.path("disk"), site.path("data"));
    std::fs::create_dir(&disk).unwrap();
    let server = site.serve_on_a_disk_of("24m", &disk, &kept).await;
    server.api.workers_online(1).await;
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(20)));
    let definition = server.api.import(RESCUE).await;
    let models = ["sim-steadfast", "sim-utilitarian", "sim-oracle", "sim-balanced"];
    let run = server.api.start(&definition, &models, json!({"samplesPerScenario": 4})).await;
    site.asked(|counts| counts.total >= 200).await;
    let ballast = fill(server.process.pid(), &disk);

    let mut server = server;
    server.process.says("The disk of the database is full").await;
    // Whoever wants something written meanwhile is told, and can still read.
    let refused = first_refusal(&server.api).await;
    assert_eq!(refused["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("disk"), "{refused}");
    assert_eq!(server.api.census().await.1, 1);

    std::fs::remove_file(ballast).unwrap();
    let ended = server.api.finish(&run).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    stop(server.process).await;

    // What is on the disk is a whole database.
    let url = format!("sqlite:{}", kept.join("probity.db").display());
    let db = Database::connect(&url).await.unwrap();
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
    let found = db.query_one_raw(check).await.unwrap().unwrap();
    assert_eq!(found.try_get::<String>("", "integrity_check").unwrap(), "ok");
    db.close().await.unwrap();
    let server = site.serve().await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    let counts = site.sim.log().counts();
    assert_eq!((counts.total, counts.duplicates), (2_000, 0), "{counts:?}");
}

/// Imports until that is refused: a little may still fit into what the database has taken already.
async fn first_refusal(api: &Api) -> Value {
    for number in 0..500 {
        let text = grid(&format!("Filler {number}"), &[1_000]);
        let mut answer = api.answer(IMPORT, json!({"text": text})).await;
        if answer["errors"][0].is_object() {
            return answer["errors"][0].take();
        }
    }
    panic!("500 definitions fit on a full disk");
}

async fn may_mount() -> bool {
    let script = "mount -t tmpfs -o size=1m tmpfs /tmp";
    let tried =
        Command::new("unshare").args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).output();
    tried.await.is_ok_and(|output| output.status.success())
}

/// Takes all that is left of the disk, which only the process sees; returns the file.
fn fill(pid: u32, disk: &std::path::Path) -> PathBuf {
    let path = PathBuf::from(format!("/proc/{pid}/root{}/ballast", disk.display()));
    let mut file = std::fs::File::create(&path).unwrap();
    let mut block = vec![0; 1 << 20];
    while !block.is_empty() {
        if file.write_all(&block).is_err() {
            block.truncate(block.len() / 2);
        }
    }
    path
}

/// SIGTERM to what the shell started; the shell copies the disk and ends.
async fn stop(process: Process) {
    let pid = process.pid();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let child = children.trim().to_owned();
    assert!(Command::new("kill").args(["-TERM", &child]).status().await.unwrap().success());
    assert_eq!(process.ended().await, Some(0));
}
