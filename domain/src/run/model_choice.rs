//! From the models that somebody named to those that can be asked.

use entity::{Origin, model};

use super::{ModelChoice, NewRun, model_name};
use crate::{
    config::Config,
    db::Db,
    definition::DefinitionContent,
    error::{Error, Fault, Result},
    registry::{self, AvailableModel, Known, ModelKey},
};

/// A model as it will be asked.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) model: model::Model,
    /// None: the bare model id is asked for, and what answers is noted.
    pub(crate) version: Option<String>,
    /// As the run named it.
    pub(super) asked_for: String,
    /// True where the registry has no row of it yet.
    pub(super) is_new: bool,
}

/// Finds each model, and says of each that cannot be run why, by name.
pub(super) async fn resolve(
    db: &Db,
    config: &Config,
    content: &DefinitionContent,
    choices: &[ModelChoice],
    is_worker_online: bool,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<String>,
) -> Result<Vec<Chosen>> {
    let mut fault = |path: String, message: String| {
        if let Error::Invalid(found) = Error::invalid(path, message) {
            faults.extend(found);
        }
    };
    if choices.is_empty() {
        fault("models".into(), "A run needs at least one model; `probity models` lists them.".into());
    }
    if choices.len() > 100 {
        fault("models".into(), "A run takes at most 100 models.".into());
        return Ok(Vec::new());
    }
    let known = registry::known(db, config.beat()).await?;
    let mut chosen: Vec<Chosen> = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("models[{index}]");
        match resolve_one(choice, &known, Some(content), is_worker_online, warnings) {
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
                        format!(
                            "{}/{} is there twice; for repetitions set samplesPerScenario.",
                            found.model.provider_id, choice.model
                        ),
                    );
                }
                chosen.push(found);
            }
        }
    }
    Ok(chosen)
}

/// Finds the model that judges a run: what the definition requires of those that it asks is
/// nothing to it. The inner error is why it cannot, as a sentence.
pub(crate) async fn resolve_judge(
    db: &Db,
    config: &Config,
    choice: &ModelChoice,
    is_worker_online: bool,
    warnings: &mut Vec<String>,
) -> Result<Result<Chosen, String>> {
    let known = registry::known(db, config.beat()).await?;
    Ok(resolve_one(choice, &known, None, is_worker_online, warnings))
}

fn resolve_one(
    choice: &ModelChoice,
    known: &Known,
    content: Option<&DefinitionContent>,
    is_worker_online: bool,
    warnings: &mut Vec<String>,
) -> Result<Chosen, String> {
    let (entry, version) = match model_name::read(choice, known)? {
        model_name::Named::Known { entry, version, is_explicit } => {
            version_of(entry, version, is_explicit, known, warnings)?
        }
        model_name::Named::Unknown { provider, key, version } => {
            model_name::check("the model's name", &key.model_id)?;
            (Entry::Unknown { provider, key }, version)
        }
    };
    if let Some(version) = &version {
        model_name::check("the version's name", version)?;
    }
    let (model, provider_name, is_key_configured, is_new) = match entry {
        Entry::Known(entry) => {
            (entry.model.clone(), entry.provider_name.as_str(), entry.is_key_configured, false)
        }
        Entry::Unknown { provider, key } => {
            (key.unknown_model(), provider.row.display_name.as_str(), provider.is_key_configured, true)
        }
    };
    let name = &choice.model;
    if !model.is_offered {
        return Err(format!(
            "{}/{} is not offered any more; choose another one, or have an admin offer it again.",
            model.provider_id, model.id
        ));
    }
    let because = |known: &'_ registry::KnownProvider| known.unusable_because.clone();
    let provider = known.providers.iter().find(|known| known.row.id == model.provider_id);
    if is_worker_online && let Some(reason) = provider.and_then(because) {
        return Err(format!(
            "{name} cannot be run: {} is {reason}. Correct providers.{} in the probity.toml of the worker, and start \
             it again.",
            model.provider_id, model.provider_id
        ));
    }
    if is_worker_online && !is_key_configured {
        return Err(format!(
            "{name} cannot be run: no worker that is online holds a key for {provider_name}. Set its key where the \
             worker runs and start it again."
        ));
    }
    if model.origin == Origin::Used {
        warnings.push(format!(
            "{}/{} is not in the registry: it is asked for as it is named, what it can do is not checked, what it \
             costs is not known, and so a budget is not possible.{} An admin can add it with setModel and setPrice, \
             or in probity.toml.",
            model.provider_id,
            model.id,
            model_name::near(&model.id, known)
        ));
    } else if let Some(content) = content {
        check_requirements(name, &model, content)?;
    }
    Ok(Chosen { model, version, asked_for: model_name::as_asked(choice), is_new })
}

enum Entry<'a> {
    Known(&'a AvailableModel),
    Unknown { provider: &'a registry::KnownProvider, key: ModelKey },
}

/// The version that is meant, and the model that has it.
fn version_of<'a>(
    entry: &'a AvailableModel,
    version: Option<String>,
    is_explicit: bool,
    known: &'a Known,
    warnings: &mut Vec<String>,
) -> Result<(Entry<'a>, Option<String>), String> {
    let Some(version) = version else {
        return Ok((Entry::Known(entry), entry.model.default_version.clone()));
    };
    if entry.versions.contains(&version) || version == entry.model.id {
        return Ok((Entry::Known(entry), Some(version)));
    }
    if version == model_name::DEFAULT {
        return Ok((Entry::Known(entry), entry.model.default_version.clone()));
    }
    // A version with a price of its own is a model of its own.
    let is_apart = |other: &&AvailableModel| {
        other.model.provider_id == entry.model.provider_id
            && other.model.origin != Origin::Used
            && (other.model.id == version || other.versions.contains(&version))
    };
    if let Some(other) = known.models.iter().find(is_apart) {
        return Ok((Entry::Known(other), Some(version)));
    }
    let name = &entry.model.id;
    let versions = if entry.versions.is_empty() { "none".into() } else { entry.versions.join(", ") };
    if entry.model.origin == Origin::Used {
        return Ok((Entry::Known(entry), Some(version)));
    }
    if is_explicit {
        warnings.push(format!(
            "{name} has no version {version} in the registry (known are {versions}): it is asked for as it is named, \
             and costed with the price of {name}."
        ));
        return Ok((Entry::Known(entry), Some(version)));
    }
    Err(format!(
        "{name} has no version {version}; known are {versions}. To ask for it all the same name the provider too \
         ({}/{name}), or have an admin add it with setModel or in probity.toml.",
        entry.model.provider_id
    ))
}

fn check_requirements(name: &str, model: &model::Model, content: &DefinitionContent) -> Result<(), String> {
    let requires = &content.requires;
    if requires.system_prompt && !model.has_system_prompt {
        return Err(format!(
            "{name} cannot be run: the definition requires a system prompt, which it does not take."
        ));
    }
    if requires.structured_output && model.has_structured_output == Some(false) {
        return Err(format!(
            "{name} cannot be run: the definition requires structured output, which it does not have."
        ));
    }
    if let (Some(required), Some(context)) = (requires.context_tokens, model.context_tokens)
        && context < i64::from(required)
    {
        return Err(format!(
            "{name} cannot be run: the definition requires a context of {required} tokens, and it has {context}."
        ));
    }
    Ok(())
}

/// What the run asks for and models are known not to take, a sentence for each model.
pub(super) fn left_out(new: &NewRun, chosen: &[Chosen]) -> Vec<String> {
    let of = |chosen: &Chosen| {
        let model = &chosen.model;
        let asked = [
            ("temperature", new.temperature.is_some(), model.has_temperature),
            ("top-p", new.top_p.is_some(), model.has_temperature),
            ("seed", new.sample_seed.is_some(), model.has_seed),
            ("reasoning effort", new.reasoning_effort.is_some(), model.has_reasoning != Some(false)),
        ];
        let names: Vec<&str> = asked
            .into_iter()
            .filter(|(_, is_asked, is_taken)| *is_asked && !is_taken)
            .map(|(name, ..)| name)
            .collect();
        let end = match names.len() {
            0 => return None,
            1 => "it is left out",
            _ => "they are left out",
        };
        Some(format!("{}/{} takes no {}: {end}.", model.provider_id, model.id, names.join(" and no ")))
    };
    let mut sentences: Vec<String> = chosen.iter().filter_map(of).collect();
    // Two versions of a model are asked alike.
    sentences.dedup();
    sentences
}
