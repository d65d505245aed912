//! Configurations that are refused, and what is said about them.

use super::*;

fn refused(toml: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), toml).unwrap();
    let error = Config::load(Some(file.path())).unwrap_err().to_string();
    assert!(!error.contains("default.") && !error.contains("invalid type"), "{error}");
    error
}

#[test]
fn a_value_of_another_type_is_named_by_file_line_and_key() {
    let error = refused("parallel = 3\n\n[providers.lab]\nwire_format = \"openai_chat\"\nstream = \"yes\"\n");
    let wanted = ", line 5: Expected true or false, found the text \"yes\".";
    assert!(error.contains(wanted) && error.contains("providers.lab.stream"), "{error}");
    let error = refused("[models.\"openai/gpt-4o\"]\ncontext_tokens = -1\n");
    assert!(error.contains("line 2") && error.contains("context_tokens"), "{error}");
    assert!(error.contains("Expected a whole number from 0, found -1."), "{error}");
}

#[test]
fn a_misspelt_setting_is_named_with_the_one_that_was_meant() {
    let error = refused("parallel = 3\nleese_seconds = 4\n");
    assert!(error.contains("line 2") && error.contains("Did you mean lease_seconds?"), "{error}");
    let error = refused("[providers.openai]\nparalel = 3\n");
    assert!(error.contains("line 2") && error.contains("Did you mean parallel?"), "{error}");
}

#[test]
fn a_day_that_there_is_not_says_what_a_day_looks_like() {
    for day in ["\"2026-13-01\"", "\"soon\"", "3"] {
        let error = refused(&format!(
            "[models.\"openai/mine\"]\nprices = [{{ from = {day}, input_usd = 1.0, output_usd = 1.0 }}]\n"
        ));
        assert!(error.contains("2026-01-31") && error.contains("line 2"), "{error}");
    }
}

#[test]
fn a_model_of_a_provider_that_there_is_not_is_refused_with_the_nearest() {
    let error = refused("[models.\"opnai/typo\"]\nhas_seed = false\n");
    assert!(
        error.contains("There is no provider opnai") && error.contains("Did you mean openai?"),
        "{error}"
    );
    let toml = "[providers.sx]\nwire_format = \"openai_chat\"\nbase_url = \"http://localhost:1/v1\"\n[models.\"sx/mine\"]\nhas_seed = false\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), toml).unwrap();
    Config::load(Some(file.path())).unwrap();
}

#[test]
fn a_default_version_is_one_of_the_versions() {
    let error = refused("[models.\"openai/mine\"]\nversions = [\"mine-1\"]\ndefault_version = \"mine-2\"\n");
    assert!(error.contains("mine-2 is none of the versions (mine-1)"), "{error}");
}

#[test]
fn a_program_may_write_something() {
    let error = refused(
        "[providers.a]\nwire_format = \"command\"\ncommand = { program = \"x\", output_max_bytes = 0 }\n",
    );
    assert!(error.contains("output_max_bytes") && error.contains("at least 1"), "{error}");
}
