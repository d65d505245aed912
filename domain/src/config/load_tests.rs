//! What a configuration file makes of the defaults.

use super::*;

fn load(toml: &str) -> Result<Config> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), toml).unwrap();
    Config::load(Some(file.path()))
}

#[test]
fn the_built_in_registry_is_read() {
    let config = load("").unwrap();
    assert!(config.models.contains_key("openai/gpt-4o"));
    assert!(config.models["openai/gpt-4o"].prices[0].input_usd > 0.0);
}

#[test]
fn a_model_of_ones_own_stands_beside_the_built_in_ones() {
    let config = load("[models.\"openai/mine\"]\nversions = [\"mine-1\"]\n").unwrap();
    assert_eq!(config.models["openai/mine"].versions, ["mine-1"]);
    assert!(config.models.contains_key("openai/gpt-4o"));
}

#[test]
fn a_built_in_model_is_changed_key_by_key_and_its_prices_as_a_whole() {
    let config = load(
        "[models.\"openai/gpt-4o\"]\ncontext_tokens = 1000\nprices = [{ from = \"2027-01-01\", input_usd = 1.0, output_usd = 2.0 }]\n",
    )
    .unwrap();
    let model = &config.models["openai/gpt-4o"];
    assert_eq!((model.context_tokens, model.prices.len()), (Some(1000), 1));
    assert_eq!(model.versions, built_in().models["openai/gpt-4o"].versions);
}

#[test]
fn a_price_that_is_none_is_refused_by_name() {
    let price = |price: &str| {
        let toml = format!("[models.\"openai/mine\"]\nprices = [{price}]\n");
        load(&toml).unwrap_err().to_string()
    };
    let error = price("{ from = \"2026-01-01\", input_usd = -1.0, output_usd = 1.0 }");
    assert!(error.contains("openai/mine") && error.contains("input_usd"), "{error}");
    let error = price("{ from = \"2026-01-01\", above_input_tokens = 9, input_usd = 1.0, output_usd = 1.0 }");
    assert!(error.contains("base tier"), "{error}");
    let error = price("{ from = \"2026-01-01\", input_usd = 0.0000001, output_usd = 1.0 }");
    assert!(error.contains("six decimals"), "{error}");
}

#[test]
fn a_command_needs_its_wire_format_and_the_other_way_round() {
    let config = load("[providers.agent]\nwire_format = \"command\"\ncommand = { program = \"./agent\", arguments = [\"-q\"] }\n").unwrap();
    let command = config.providers["agent"].command.as_ref().unwrap();
    assert_eq!(command.arguments, ["-q"]);
    let error = load("[providers.agent]\nwire_format = \"command\"").unwrap_err().to_string();
    assert!(error.contains("command.program"), "{error}");
    let error = load("[providers.agent]\ncommand = { program = \"x\" }").unwrap_err().to_string();
    assert!(error.contains("wire_format"), "{error}");
    let error = load("[providers.agent]\nwire_format = \"openai\"").unwrap_err().to_string();
    assert!(error.contains("openai_responses"), "{error}");
}

#[test]
fn a_misspelt_key_is_refused_by_name() {
    let error = load("leese_seconds = 3").unwrap_err().to_string();
    assert!(error.contains("leese_seconds"), "{error}");
}

#[test]
fn a_lease_shorter_than_three_beats_is_refused() {
    let error = load("lease_seconds = 20\nbeat_seconds = 10").unwrap_err().to_string();
    assert!(error.contains("three beats"), "{error}");
}
