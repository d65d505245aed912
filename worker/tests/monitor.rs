//! What a worker shows of itself, and what it holds while it waits for a provider.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use domain::{config::Config, db::Db, run};
use sim::{Fault, FaultRule, Faults, Sim, SimOptions};
use test_support::{TestDatabase, databases, sample};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

struct Site {
    db: Db,
    config: Arc<Config>,
    sim: Sim,
    stop: CancellationToken,
    worker: JoinHandle<anyhow::Result<()>>,
}

impl Site {
    async fn new(db: Db, change: impl FnOnce(&mut Config)) -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        change(&mut config);
        domain::registry::sync(&db, &config).await.unwrap();
        let (config, stop) = (Arc::new(config), CancellationToken::new());
        let of_worker = (db.clone(), config.clone(), stop.clone());
        let worker = tokio::spawn(async move {
            let (db, config, stop) = of_worker;
            worker::run(db, config, "monitored", stop).await
        });
        while domain::fleet::online_workers(&db, config.beat()).await.unwrap().is_empty() {
            assert!(!worker.is_finished(), "the worker ended");
            tokio::task::yield_now().await;
        }
        Self { db, config, sim, stop, worker }
    }

    async fn start(&self) -> Uuid {
        test_support::start(&self.db, &self.config, sample("rescue"), &["sim-balanced"], |_| {})
            .await
            .1
            .run
            .id
    }

    async fn running(&self, run_id: Uuid) -> i64 {
        run::progress_of(&self.db, &[run_id]).await.unwrap()[&run_id].ledger().running
    }

    async fn end(self) {
        self.stop.cancel();
        self.worker.await.unwrap().unwrap();
        self.sim.shutdown().await;
        self.db.close().await;
    }
}

async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_shows_what_it_does_where_it_is_told_to_and_no_graphql() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let address = free_address().await;
        let site = Site::new(db, |config| config.worker_metrics_address = address.to_string()).await;
        site.sim.set_faults(Faults::one(FaultRule::always(Fault::ServerError).first_n(1)));
        let run_id = site.start().await;
        while !run::find(&site.db, run_id).await.unwrap().status.is_terminal() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (succeeded, retried) = (
            "\nprobity_attempts_total{provider=\"sim\",result=\"succeeded\",category=\"\"} ",
            "\nprobity_attempts_total{provider=\"sim\",result=\"retried\",category=\"server\"} ",
        );
        let text = get(address, "/metrics").await;
        for line in [succeeded, retried, "\nprobity_provider_call_seconds_count{provider=\"sim\"} "] {
            assert!(text.contains(line), "{name}: {line} not in\n{text}");
        }
        assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"), "{name}");
        assert!(get(address, "/graphql").await.starts_with("HTTP/1.1 404"), "{name}");
        site.end().await;
        assert!(TcpStream::connect(address).await.is_err(), "{name}: it stops with the worker");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_said_before_anything_is_claimed() {
    for TestDatabase { db, dir: _dir, .. } in databases().await {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = test_support::config("http://127.0.0.1:9/v1");
        config.worker_metrics_address = taken.local_addr().unwrap().to_string();
        domain::registry::sync(&db, &config).await.unwrap();
        let error =
            worker::run(db.clone(), Arc::new(config), "late", CancellationToken::new()).await.unwrap_err();
        assert!(format!("{error:#}").contains("worker_metrics_address"), "{error:#}");
        assert!(domain::fleet::known_workers(&db).await.unwrap().is_empty());
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_connection_is_held_while_a_provider_is_asked() {
    const CALLS: i64 = 60;
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let site = Site::new(db, |config| {
            config.providers.get_mut("sim").unwrap().parallel = Some(CALLS.try_into().unwrap());
            config.grace_seconds = 0.0;
        })
        .await;
        site.sim.set_faults(Faults::one(FaultRule::always(Fault::Hang)));
        let run_id = site.start().await;
        while site.running(run_id).await < CALLS {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // More calls hang than there are connections; beats and looks take one now and then.
        let is_free = || site.db.pools().iter().all(|pool| pool.idle == pool.open && pool.waiting == 0);
        while !is_free() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(site.running(run_id).await, CALLS, "{name}");
        let most: u64 = site.db.pools().iter().map(|pool| pool.most).sum();
        assert!(most < CALLS.unsigned_abs(), "{name}: {most} connections");
        site.end().await;
    }
}
