//! Findings on the command line, as somebody reads them.

use sim::{Fault, Faults};

use crate::harness::{Site, grid};

on_both_databases!(
    free_answers_are_counted_and_the_most_frequent_ones_shown,
    models_of_one_name_are_told_apart_and_failures_say_what_to_do,
    what_only_reads_makes_no_database
);

const FREE: &str = "name: Free
template: 'What is the capital of [land]? Explain at length, then say which city it is.'
dimensions:
- name: land
  levels:
  - {label: a, wording: Canada}
  - {label: b, wording: Peru}
  - {label: c, wording: Chad}
  - {label: d, wording: Vietnam}
  - {label: e, wording: Norway}
  - {label: f, wording: Kenya}
  - {label: g, wording: Japan}
  - {label: h, wording: Spain}
decision: free_text
";

async fn free_answers_are_counted_and_the_most_frequent_ones_shown(site: Site) {
    let file = site.write("free.yaml", FREE).display().to_string();
    let ended = site.probity(&["run", &file, "--model", "sim-oracle", "--model", "sim-balanced"]).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let widest = ended.out.lines().map(|line| line.chars().count()).max();
    assert!(widest < Some(130), "{widest:?}\n{}", ended.out);
    assert!(ended.out.contains("different answers") && ended.out.contains("correct"), "{}", ended.out);
    let shown: Vec<&str> = ended.out.lines().filter(|line| line.contains(" × ")).collect();
    assert!((1..=10).contains(&shown.len()), "{}", ended.out);
}

async fn models_of_one_name_are_told_apart_and_failures_say_what_to_do(mut site: Site) {
    let url = format!("{}/v1", site.sim.base_url().trim_end_matches("/v1"));
    let toml = format!(
        "[providers.lab]\ndisplay_name = \"The lab\"\nwire_format = \"openai_chat\"\nbase_url = \"{url}\"\nis_key_required = false\n"
    );
    let config = site.write("lab.toml", toml).display().to_string();
    site.set("PROBITY_ATTEMPTS_MAX", "1");
    let file = site.write("one.yaml", grid("One", &[1])).display().to_string();
    let run = ["--config", &config, "run", &file, "--model", "sim/sim-oracle", "--model", "lab/sim-oracle"];
    let ended = site.probity(&run).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    for name in [" sim/sim-oracle ", " lab/sim-oracle "] {
        assert!(ended.out.contains(name), "{name}: {}", ended.out);
    }
    site.sim.set_faults(Faults::from(Fault::Unauthorized));
    let ended = site.probity(&run).await;
    assert_eq!(ended.code, Some(4), "{}{}", ended.out, ended.err);
    for name in ["sim/sim-oracle", "lab/sim-oracle"] {
        let wanted =
            ended.out.lines().any(|line| line.contains(name) && line.contains("1 failed: auth, e.g."));
        assert!(wanted, "{name}: {}", ended.out);
    }
    assert!(ended.out.contains("The lab refuses the key"), "{}", ended.out);
    let ended = site.probity(&["run", &file, "--model", "sim-oracle", "--model", "sim/sim-oracle"]).await;
    assert!(ended.err.contains("sim/sim-oracle is there twice"), "{}", ended.err);
    let one = site.probity(&["import", "--preview", &file]).await;
    assert!(one.out.contains("  1 scenario: "), "{}", one.out);
}

async fn what_only_reads_makes_no_database(site: Site) {
    if !site.is_sqlite() {
        return;
    }
    let commands: [&[&str]; 4] =
        [&["doctor"], &["findings", "0123"], &["export", "0123"], &["export", "--definition", "x"]];
    for command in commands {
        let ended = site.probity(command).await;
        assert_eq!(ended.code, Some(1), "{command:?}: {}", ended.err);
        let said = ended.err.contains("There is no database in ") && ended.err.contains("`probity serve`");
        assert!(said && !ended.err.contains("no such table"), "{command:?}: {}", ended.err);
        assert!(!site.path("data").exists(), "{command:?}");
    }
}
