use crate::app::{App, apps};

/// Fields of different depths that ask one loader share a batch or not, as timing has it: a few
/// statements either way. One per row would be 18 more, for every relation.
const SLACK: usize = 6;

const RUNS: &str = "{ runs(first: 50) { totalCount nodes { id status priority definition { name tags parent { id }
    versions { nodes { number } } createdBy { name } } definitionVersion { number sha256 content { name } }
    createdBy { name } models { modelId } progress { costUsd ledger { planned } } findings { score { mean } }
    probes(first: 3) { totalCount nodes { seq scenario { key } runModel { modelId } } }
    transcripts(first: 3) { nodes { id decision { value quote } } } events { nodes { kind actor { name } } } } } }";

fn probes(run_id: &str, first: usize) -> String {
    let transcript =
        "id content modelVersion decision { value quote } outcome definitionSnapshot { number } run { id }";
    format!(
        "{{ probes(runId: \"{run_id}\", first: {first}) {{ nodes {{ id run {{ id }} scenario {{ key prompts {{ first }} }}
            runModel {{ modelId }} attempts {{ result }} turns {{ answer }}
            transcript {{ {transcript} probe {{ seq }} turns {{ prompt }} attempts {{ id }} }} }} }}
          transcripts(runId: \"{run_id}\", first: {first}) {{ nodes {{ {transcript} }} }} }}"
    )
}

async fn finished_run(app: &App, levels: usize) -> String {
    let definition = app.define(&format!("d{levels}"), levels).await;
    let run = app.start(&definition).await;
    app.work(1_000).await;
    run
}

#[tokio::test]
async fn twenty_runs_cost_as_many_statements_as_two() {
    for app in apps().await {
        for levels in [2, 3] {
            finished_run(&app, levels).await;
        }
        app.ask(RUNS).await; // The local user is looked up once.
        let of_two = app.cost(RUNS).await;
        for levels in 4..22 {
            finished_run(&app, levels).await;
        }
        assert_eq!(app.ask(RUNS).await["runs"]["nodes"].as_array().unwrap().len(), 20);
        let of_twenty = app.cost(RUNS).await;
        assert!(of_twenty <= of_two + SLACK, "{of_twenty} for 20, {of_two} for 2");
    }
}

#[tokio::test]
async fn twenty_probes_cost_as_many_statements_as_two() {
    for app in apps().await {
        let run = finished_run(&app, 12).await;
        app.ask(&probes(&run, 2)).await;
        let of_two = app.cost(&probes(&run, 2)).await;
        assert_eq!(app.ask(&probes(&run, 20)).await["probes"]["nodes"].as_array().unwrap().len(), 20);
        let of_twenty = app.cost(&probes(&run, 20)).await;
        assert!(of_twenty <= of_two + SLACK, "{of_twenty} for 20, {of_two} for 2");
    }
}

#[tokio::test]
async fn a_page_within_a_run_is_the_page_of_the_root() {
    for app in apps().await {
        let run = finished_run(&app, 5).await;
        let root = app.ask(&format!("{{ probes(runId: \"{run}\", first: 3) {{ totalCount pageInfo {{ endCursor hasNextPage }} nodes {{ id }} }} }}")).await;
        let within = app.ask(&format!("{{ run(id: \"{run}\") {{ probes(first: 3) {{ totalCount pageInfo {{ endCursor hasNextPage }} nodes {{ id }} }} }} }}")).await;
        assert_eq!(root["probes"], within["run"]["probes"]);
        let cursor = root["probes"]["pageInfo"]["endCursor"].as_str().unwrap();
        let rest = app
            .ask(&format!(
                "{{ run(id: \"{run}\") {{ probes(after: \"{cursor}\") {{ totalCount nodes {{ seq }} }} }} }}"
            ))
            .await;
        assert_eq!(rest["run"]["probes"]["totalCount"], 10);
        assert_eq!(rest["run"]["probes"]["nodes"].as_array().unwrap().len(), 7);
        assert_eq!(rest["run"]["probes"]["nodes"][0]["seq"], 3);
    }
}

#[tokio::test]
async fn a_command_costs_the_same_however_many_probes_are_queued() {
    for app in apps().await {
        let mut costs = Vec::new();
        for levels in [2, 900] {
            let definition = app.define(&format!("d{levels}"), levels).await;
            let run = app.start(&definition).await;
            let command = |name: &str| {
                format!("mutation {{ {name}(input: {{id: \"{run}\"}}) {{ run {{ status }} }} }}")
            };
            app.ask("{ me { name } }").await; // The local user is looked up once.
            costs.push((app.cost(&command("pauseRun")).await, app.cost(&command("cancelRun")).await));
        }
        assert_eq!(costs[0], costs[1]);
    }
}
