use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};

use crate::app::sqlite_with;

#[tokio::test]
async fn a_server_answers_until_it_is_stopped_and_writes_who_looked() {
    let app = sqlite_with(|_| ()).await;
    let run = app.start(&app.define("d", 2).await).await;
    let listener = api::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(api::serve(app.api.clone(), listener, async { drop(stopped.await) }));
    let body = format!("{{\"query\": \"{{ run(id: \\\"{run}\\\") {{ status }} }}\"}}");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"status\":\"PENDING\""), "{answer}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    let row = domain::run::find(&app.api.db, run.parse().unwrap()).await.unwrap();
    assert!(row.last_accessed_at.is_some());
}

#[tokio::test]
async fn an_address_that_is_taken_is_named_with_what_to_do() {
    let taken = api::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = api::listen(address).await.unwrap_err().to_string();
    assert!(error.contains(&address.to_string()) && error.contains("--bind"), "{error}");
}
