//! Conversations that a crash interrupts.

use serde_json::json;
use sim::{Fault, FaultRule, Faults};

use crate::harness::{PARALLEL, Site, WALLET, assert_complete};

on_both_databases!(
    no_answered_turn_of_three_is_asked_again_after_a_kill,
    no_answered_turn_of_four_is_asked_again_after_a_kill
);

async fn no_answered_turn_of_three_is_asked_again_after_a_kill(site: Site) {
    kill_while_the_last_turn_hangs(site, WALLET, 3).await;
}

async fn no_answered_turn_of_four_is_asked_again_after_a_kill(site: Site) {
    let third = "follow_ups:\n  - Would you tell your best friend the same about [amount]?\n";
    let yaml = WALLET.replace("follow_ups:\n", third).replace("max_turns: 3", "max_turns: 4");
    assert!(yaml.contains(third) && yaml.contains("max_turns: 4"));
    kill_while_the_last_turn_hangs(site, &yaml, 4).await;
}

/// All slots wait for a last turn, and everything before it is answered and written: whatever
/// is asked twice after the kill is a turn that was answered already.
async fn kill_while_the_last_turn_hangs(site: Site, yaml: &str, turns: usize) {
    let site = site.with_short_leases();
    site.sim.set_faults(Faults::one(FaultRule::always(Fault::Hang).on_turn(turns)));
    let server = site.serve().await;
    let definition = server.api.import(yaml).await;
    let rest = json!({"samplesPerScenario": 3});
    // The only model that never declines: every conversation has all its turns.
    let run = server.api.start(&definition, &["sim-oracle"], rest).await;
    let reached = PARALLEL * turns as u64;
    site.asked(|counts| counts.total == reached && counts.in_flight == PARALLEL).await;
    server.process.kill().await;
    site.asked(|counts| counts.in_flight == 0).await;
    site.sim.set_faults(Faults::none());

    let server = site.serve().await;
    assert_complete(&site, &server.api, &run, 96).await;
    let counts = site.sim.log().counts();
    assert_eq!(counts.duplicates, 0, "{counts:?}");
    assert_eq!(counts.succeeded, 96 * turns as u64, "{counts:?}");
    for transcript in server.api.all("transcripts", &run, "turnCount turns { turnIndex }").await {
        let indexes: Vec<u64> = transcript["turns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|turn| turn["turnIndex"].as_u64().unwrap())
            .collect();
        assert_eq!(indexes, (0..turns as u64).collect::<Vec<_>>());
    }
}
