//! What to do, in our words, beside what the vendor says.

use entity::provider;

/// What to do about what a check showed; None: nothing is wrong.
pub fn what_to_do(
    provider: &provider::Model,
    is_configured: bool,
    error_category: Option<&str>,
) -> Option<String> {
    what_to_do_behind(provider, is_configured, error_category, None)
}

/// As [`what_to_do`], where it is known which setting names the proxy; None: it is not, or there
/// is none.
pub fn what_to_do_behind(
    provider: &provider::Model,
    is_configured: bool,
    error_category: Option<&str>,
    proxy: Option<&str>,
) -> Option<String> {
    if !is_configured {
        if error_category == Some(super::UNUSABLE_SETTINGS) {
            let id = &provider.id;
            return Some(format!(
                "Correct providers.{id} in the probity.toml of the worker, and start that worker again."
            ));
        }
        return Some(not_configured(provider));
    }
    Some(by_category(provider, error_category?, proxy.unwrap_or("HTTPS_PROXY")))
}

/// What to do about probes that failed, by the category of their error. A check asks what every provider
/// knows; a probe names a model and sends a prompt, so that some refusals mean something else.
pub fn what_to_do_about_probes(provider: &provider::Model, category: &str) -> String {
    let provider::Model { id, display_name: name, .. } = provider;
    match category {
        "bad_request" => format!(
            "{name} does not take the request as it is: its words say which part. Change the run's settings, or \
             what is known of the model (`setModel`, probity.toml)."
        ),
        "model_not_found" => format!(
            "{name} does not know the model, or the account may not use it. Look up its id there; versions are \
             retired in time."
        ),
        "context_length" => {
            "The conversation is longer than the model takes: shorten it, or take a model with a longer context."
                .to_owned()
        }
        "worker_lost" => {
            "The worker stopped answering in the middle of it: look at its log and its memory.".to_owned()
        }
        "storage" => "The database did not take the answer: its log says why.".to_owned(),
        "malformed" => format!(
            "The answer could not be read. Where this goes on, check providers.{id}.base_url and \
             providers.{id}.wire_format."
        ),
        other => by_category(provider, other, "HTTPS_PROXY"),
    }
}

/// How a provider that no worker can serve is set up.
pub fn not_configured(provider: &provider::Model) -> String {
    let provider::Model { id, display_name, .. } = provider;
    if provider.wire_format == "command" {
        return format!(
            "Set providers.{id}.command.program in the probity.toml of a worker, and start that worker again."
        );
    }
    match (&provider.key_variable, provider.is_key_required) {
        (Some(variable), true) => {
            let more = match id.as_str() {
                "azure" => " It also needs providers.azure.base_url: the address of your resource.",
                "vertex" => " It also needs providers.vertex.project and providers.vertex.location.",
                _ => "",
            };
            format!(
                "Set {variable} to a key of {display_name} where a worker runs, and start that worker again.{more}"
            )
        }
        (None, true) => format!(
            "Set providers.{id}.key_variable or providers.{id}.key_file in the probity.toml of a worker, and start \
             that worker again."
        ),
        (_, false) => format!(
            "Set providers.{id}.base_url in the probity.toml of a worker, and start that worker again: {display_name} \
             needs no key, so nobody can tell otherwise that it is there."
        ),
    }
}

fn by_category(provider: &provider::Model, category: &str, proxy: &str) -> String {
    let provider::Model { id, display_name: name, wire_format, .. } = provider;
    let key = provider.key_variable.as_ref().map_or_else(|| format!("the key of {name}"), Clone::clone);
    match category {
        "auth" => format!(
            "{name} refuses the key. Put a valid one, with permission to use its models, into {key} where the worker \
             runs, and start the worker again."
        ),
        "billing" => format!("The account at {name} is not paid for. Add credit or a way to pay there."),
        "quota" => {
            format!(
                "The quota of the account at {name} is used up. Raise it there, or wait until it is renewed."
            )
        }
        "rate_limited" => format!(
            "{name} asks for fewer calls, and workers wait as they are told. Where this goes on, lower \
             providers.{id}.parallel."
        ),
        "overloaded" | "server" => {
            format!(
                "{name} has trouble of its own: look at its status page. Workers try again by themselves."
            )
        }
        "timeout" => format!(
            "{name} did not answer in time. Check providers.{id}.base_url, and the network and proxy ({proxy}) of the worker."
        ),
        "connection" => format!(
            "No connection to {name}. Check providers.{id}.base_url, name resolution, firewall and proxy \
             ({proxy}) where the worker runs; a private certificate authority is named by providers.{id}.ca_file."
        ),
        "bad_request" | "model_not_found" | "context_length" => format!(
            "Something answers, but not the API of {name}. Check that providers.{id}.base_url is complete, up to and \
             with the version."
        ),
        "malformed" => format!(
            "What answers does not speak {wire_format}. Check providers.{id}.base_url and providers.{id}.wire_format."
        ),
        other => {
            format!("The category {other} is not known to this version; the log of the worker says more.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openai() -> provider::Model {
        provider::Model {
            id: "openai".into(),
            display_name: "OpenAI".into(),
            wire_format: "openai_chat".into(),
            is_key_required: true,
            key_variable: Some("OPENAI_API_KEY".into()),
        }
    }

    #[test]
    fn every_category_of_error_has_a_sentence_of_its_own_that_names_what_to_look_at() {
        for (category, words) in [
            ("auth", "OPENAI_API_KEY"),
            ("billing", "credit"),
            ("quota", "quota"),
            ("rate_limited", "providers.openai.parallel"),
            ("overloaded", "status page"),
            ("server", "status page"),
            ("timeout", "providers.openai.base_url"),
            ("connection", "HTTPS_PROXY"),
            ("bad_request", "up to and with the version"),
            ("model_not_found", "providers.openai.base_url"),
            ("context_length", "providers.openai.base_url"),
            ("malformed", "openai_chat"),
        ] {
            let said = what_to_do(&openai(), true, Some(category)).unwrap();
            assert!(said.contains(words) && said.ends_with('.'), "{category}: {said}");
            assert!(!said.contains("not known to this version"), "{category}: {said}");
        }
    }

    #[test]
    fn what_failed_in_a_run_is_not_blamed_on_the_address() {
        for category in ["bad_request", "model_not_found", "context_length", "worker_lost", "storage"] {
            let said = what_to_do_about_probes(&openai(), category);
            assert!(!said.contains("base_url") && !said.contains("not known to this"), "{category}: {said}");
        }
        assert!(what_to_do_about_probes(&openai(), "auth").contains("OPENAI_API_KEY"));
    }

    #[test]
    fn a_proxy_that_was_set_for_the_provider_is_named() {
        for category in ["connection", "timeout"] {
            let said = what_to_do_behind(&openai(), true, Some(category), Some("providers.openai.proxy"));
            let said = said.unwrap();
            assert!(said.contains("providers.openai.proxy") && !said.contains("HTTPS_PROXY"), "{said}");
        }
    }

    #[test]
    fn a_provider_that_is_well_needs_nothing() {
        assert_eq!(what_to_do(&openai(), true, None), None);
    }

    #[test]
    fn settings_that_cannot_be_used_are_to_be_corrected_rather_than_set() {
        let said = what_to_do(&openai(), false, Some("settings")).unwrap();
        assert!(said.starts_with("Correct providers.openai in"), "{said}");
    }

    #[test]
    fn a_provider_without_a_key_says_which_variable_to_set() {
        let said = what_to_do(&openai(), false, None).unwrap();
        assert!(said.contains("Set OPENAI_API_KEY"), "{said}");
        let own = provider::Model { key_variable: None, ..openai() };
        assert!(not_configured(&own).contains("providers.openai.key_variable"));
        let local = provider::Model { is_key_required: false, ..openai() };
        assert!(not_configured(&local).contains("base_url"));
        let command = provider::Model { wire_format: "command".into(), ..openai() };
        assert!(not_configured(&command).contains("command.program"));
    }
}
