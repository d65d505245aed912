//! Under pressure: over real loopback connections.

use std::time::Duration;

use api::Api;
use domain::db::{Db, DbOptions};
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use crate::app::{App, body_json, post, router, sqlite_with};

struct Served {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
    app: App,
}

impl Served {
    async fn with_room_for(requests: usize, waiting: usize) -> Self {
        let app = sqlite_with(|config| {
            config.requests_max = requests;
            config.requests_waiting_max = waiting;
            config.requests_wait_seconds = 0.05;
        })
        .await;
        let listener = api::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(api::serve(app.api.clone(), listener, stop.clone().cancelled_owned()));
        Self { address, stop, serving, app }
    }

    /// Sends all but the last byte of a query.
    async fn begin(&self) -> TcpStream {
        let body = json!({"query": "{ me { name } }"}).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body.as_bytes()[..body.len() - 1]).await.unwrap();
        stream
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        answer(stream).await
    }

    async fn end(self) {
        self.stop.cancel();
        self.serving.await.unwrap().unwrap();
        drop(self.app);
    }
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_slow_requests_is_turned_away_and_the_server_lives() {
    const FLOOD: usize = 100;
    const ROOM: usize = 4;
    let served = Served::with_room_for(ROOM, 8).await;
    let (turned_away, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = tokio::sync::watch::channel(false);
    // Whoever got a place holds it until the last byte; everybody else is answered meanwhile.
    let mut flood = Vec::new();
    for _ in 0..FLOOD {
        let mut stream = served.begin().await;
        let (turned_away, mut may_go_on) = (turned_away.clone(), may_go_on.clone());
        flood.push(tokio::spawn(async move {
            let mut first = [0; 1];
            tokio::select! {
                peeked = stream.peek(&mut first) => {
                    peeked.unwrap();
                    turned_away.send(answer(stream).await).unwrap();
                    None
                }
                told = may_go_on.changed() => {
                    told.unwrap();
                    stream.write_all(b"}").await.unwrap();
                    Some(answer(stream).await)
                }
            }
        }));
    }
    for _ in 0..FLOOD - ROOM {
        let text = answers.recv().await.unwrap();
        assert!(text.starts_with("HTTP/1.1 503"), "{text}");
        assert!(text.to_ascii_lowercase().contains("retry-after: "), "{text}");
        assert!(text.contains("\"code\":\"RATE_LIMITED\""), "{text}");
    }
    assert!(served.get("/healthz").await.starts_with("HTTP/1.1 200"));
    let metrics = served.get("/metrics").await;
    assert!(metrics.contains("\nprobity_http_requests_shed_total 96"), "{metrics}");

    go_on.send(true).unwrap();
    let mut answered = 0;
    for text in join_all(flood).await.into_iter().filter_map(Result::unwrap) {
        assert!(text.starts_with("HTTP/1.1 200") && text.contains("\"me\""), "{text}");
        answered += 1;
    }
    assert_eq!(answered, ROOM);
    let mut last = served.begin().await;
    last.write_all(b"}").await.unwrap();
    assert!(answer(last).await.starts_with("HTTP/1.1 200"), "there is room again");
    served.end().await;
}

#[tokio::test]
async fn a_body_that_never_ends_gives_its_place_back() {
    let app = sqlite_with(|config| config.body_timeout_seconds = 0.05).await;
    let endless =
        axum::body::Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let response = app.send(post(endless)).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert!(body_json(response).await["errors"][0]["message"].as_str().unwrap().contains("did not arrive"));
}

#[tokio::test]
async fn a_database_without_a_free_connection_is_unavailable_for_a_moment() {
    let app = sqlite_with(|_| ()).await;
    let url = Db::embedded_url(app.dir()).unwrap();
    let options = DbOptions { wait: Duration::from_millis(50), ..DbOptions::default() };
    let db = Db::connect_with(&url, options).await.unwrap();
    let definition = app.define("d", 2).await;
    let held = db.begin().await.unwrap();
    let api = Api::new(db.clone(), app.api.config.clone());
    let fork = json!({"query": format!("mutation {{ deleteDefinition(input: {{id: \"{definition}\"}}) {{ definition {{ id }} }} }}")});
    let send = async || {
        use tower::ServiceExt;
        router(&api, crate::app::LOOPBACK).oneshot(post(fork.to_string())).await.unwrap()
    };
    let response = send().await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(body_json(response).await["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    held.rollback().await.unwrap();
    assert_eq!(send().await.status(), StatusCode::OK);
}
