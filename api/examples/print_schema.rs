//! tmp
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code)]
#[path = "../tests/api/app.rs"]
mod app;
#[tokio::main]
async fn main() {
    std::fs::write("schema.graphql", api::schema_sdl()).unwrap();
    if std::env::args().len() < 2 {
        return;
    }
    let app = app::sqlite_with(|_| ()).await;
    if std::env::args().nth(1).unwrap() != "empty" {
        app.start(&app.define("Rescue at the cost of one", 60).await).await;
        app.work(500).await;
        app.start(&app.define("A definition with a very long name that goes on and on so that one sees what happens to names of two hundred characters when they stand in a list of runs, which they will", 40).await).await;
        app.work(53).await;
        let r = app.start(&app.define("Found wallet", 4).await).await;
        app.ask(&format!("mutation {{ pauseRun(input: {{id: \"{r}\"}}) {{ run {{ id }} }} }}")).await;
    }
    let listener = api::listen("127.0.0.1:4477".parse().unwrap()).await.unwrap();
    api::serve(app.api.clone(), listener, async {
        tokio::time::sleep(std::time::Duration::from_secs(240)).await
    })
    .await
    .unwrap();
}
