//! From the models that somebody named to those that can be asked.

use entity::model;

use super::ModelChoice;
use crate::{
    config::Config,
    db::Db,
    definition::DefinitionContent,
    error::{Error, Fault, Result},
    registry::{self, AvailableModel},
};

/// A model as it will be asked.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) model: model::Model,
    /// None: the bare model id is asked for, and what answers is noted.
    pub(super) version: Option<String>,
}

/// Finds each model, and says of each that cannot be run why, by name.
pub(super) async fn resolve(
    db: &Db,
    config: &Config,
    content: &DefinitionContent,
    choices: &[ModelChoice],
    is_worker_online: bool,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Chosen>> {
    let mut fault = |path: String, message: String| {
        if let Error::Invalid(found) = Error::invalid(path, message) {
            faults.extend(found);
        }
    };
    if choices.is_empty() {
        fault("models".into(), "A run needs at least one model; `availableModels` lists them.".into());
    }
    if choices.len() > 100 {
        fault("models".into(), "A run takes at most 100 models.".into());
        return Ok(Vec::new());
    }
    let available = registry::available_models(db, config.beat()).await?;
    let mut chosen: Vec<Chosen> = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("models[{index}]");
        match resolve_one(choice, &available, content, is_worker_online) {
            Err(message) => fault(path, message),
            Ok(found) => {
                let is_same = |other: &Chosen| {
                    other.model.provider_id == found.model.provider_id
                        && other.model.id == found.model.id
                        && other.version == found.version
                };
                if chosen.iter().any(is_same) {
                    fault(
                        path,
                        format!("{} is there twice; for repetitions set samplesPerScenario.", choice.model),
                    );
                }
                chosen.push(found);
            }
        }
    }
    Ok(chosen)
}

fn resolve_one(
    choice: &ModelChoice,
    available: &[AvailableModel],
    content: &DefinitionContent,
    is_worker_online: bool,
) -> Result<Chosen, String> {
    let name = &choice.model;
    let named: Vec<&AvailableModel> = available
        .iter()
        .filter(|entry| entry.model.id == *name)
        .filter(|entry| choice.provider.as_ref().is_none_or(|provider| entry.model.provider_id == *provider))
        .collect();
    let entry = match named.as_slice() {
        [entry] => *entry,
        [] => {
            return Err(unknown(choice, available));
        }
        several => {
            let providers: Vec<&str> = several.iter().map(|entry| entry.model.provider_id.as_str()).collect();
            return Err(format!("{name} is served by {}; name the provider.", providers.join(" and ")));
        }
    };
    let version = match &choice.version {
        Some(version) if entry.versions.contains(version) || *version == entry.model.id => {
            Some(version.clone())
        }
        Some(version) => {
            return Err(format!(
                "{name} has no version {version}; known are {}. Versions are added in probity.toml.",
                if entry.versions.is_empty() { "none".into() } else { entry.versions.join(", ") }
            ));
        }
        None => entry.model.default_version.clone(),
    };
    if is_worker_online && !entry.is_key_configured {
        return Err(format!(
            "{name} cannot be run: no worker that is online holds a key for {}. Set its key where the worker runs \
             and start it again.",
            entry.provider_name
        ));
    }
    let requires = &content.requires;
    if requires.system_prompt && !entry.model.has_system_prompt {
        return Err(format!(
            "{name} cannot be run: the definition requires a system prompt, which it does not take."
        ));
    }
    if requires.structured_output && !entry.model.has_structured_output {
        return Err(format!(
            "{name} cannot be run: the definition requires structured output, which it does not have."
        ));
    }
    if let (Some(required), Some(context)) = (requires.context_tokens, entry.model.context_tokens)
        && context < i64::from(required)
    {
        return Err(format!(
            "{name} cannot be run: the definition requires a context of {required} tokens, and it has {context}."
        ));
    }
    Ok(Chosen { model: entry.model.clone(), version })
}

fn unknown(choice: &ModelChoice, available: &[AvailableModel]) -> String {
    let name = &choice.model;
    let of_provider = choice.provider.as_ref().map_or(String::new(), |provider| format!(" of {provider}"));
    // Further away it is another name, not a misspelt one.
    let distance_max = (name.chars().count() / 2).max(2);
    let mut near: Vec<(usize, &str)> = available
        .iter()
        .map(|entry| (edit_distance(&entry.model.id, name), entry.model.id.as_str()))
        .filter(|(distance, _)| *distance <= distance_max)
        .collect();
    near.sort_unstable();
    near.dedup();
    let near: Vec<&str> = near.into_iter().take(5).map(|(_, id)| id).collect();
    let hint = match near.as_slice() {
        [] if name.starts_with("sim-") => {
            " Simulated models are offered with --sim, or where a provider `sim` is configured.".into()
        }
        [] => " `availableModels` lists those that there are.".into(),
        near => format!(" Near it: {}.", near.join(", ")),
    };
    format!("There is no model \"{name}\"{of_provider}.{hint} Models are added in probity.toml.")
}

/// Levenshtein's distance in characters, for suggestions.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
