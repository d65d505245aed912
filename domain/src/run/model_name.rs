//! Reading the name of a model: `model`, `provider/model`, each with `@version` or `@default`.
//!
//! Ids may hold slashes and at signs themselves (`openrouter` serves `a/b`, Vertex AI serves
//! `a@20250101`), so a name is read with the registry at hand: what is known wins.

use entity::Origin;

use super::ModelChoice;
use crate::registry::{AvailableModel, Known, KnownProvider, ModelKey};

/// The version that stands for a model's default version.
pub(super) const DEFAULT: &str = "default";

/// What a name means.
pub(super) enum Named<'a> {
    /// A model of the registry.
    Known {
        entry: &'a AvailableModel,
        version: Option<String>,
        /// True where its provider was named too.
        is_explicit: bool,
    },
    /// A model that only its provider knows.
    Unknown { provider: &'a KnownProvider, key: ModelKey, version: Option<String> },
}

/// One way to read a name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading<'a> {
    provider: Option<&'a str>,
    model: &'a str,
    version: Option<&'a str>,
}

/// Reads a name.
///
/// # Errors
/// Why it means no model, as a sentence.
pub(super) fn read<'a>(choice: &ModelChoice, known: &'a Known) -> Result<Named<'a>, String> {
    let provider_of = |id: &str| known.providers.iter().find(|provider| provider.row.id == id);
    if let Some(id) = &choice.provider
        && provider_of(id).is_none()
    {
        return Err(no_provider(id, known));
    }
    let readings = readings(choice, known);
    for reading in &readings {
        if let Some(entry) = find(reading, known, |entry| entry.model.id == reading.model)? {
            let version = reading.version.map(Into::into);
            return Ok(Named::Known { entry, version, is_explicit: reading.provider.is_some() });
        }
    }
    // A version stands for its model.
    for reading in readings.iter().filter(|reading| reading.version.is_none()) {
        let has_version =
            |entry: &AvailableModel| entry.versions.iter().any(|version| version == reading.model);
        if let Some(entry) = find(reading, known, has_version)? {
            let version = Some(reading.model.to_owned());
            return Ok(Named::Known { entry, version, is_explicit: reading.provider.is_some() });
        }
    }
    let explicit = readings.iter().find(|reading| reading.provider.is_some());
    let Some((reading, provider)) =
        explicit.and_then(|reading| Some((reading, provider_of(reading.provider?)?)))
    else {
        return Err(unknown(choice, known));
    };
    // Of a model that nobody knows, the default version is the bare model.
    let model = match reading.version {
        None => reading.model.strip_suffix("@default").unwrap_or(reading.model),
        Some(_) => reading.model,
    };
    let key = ModelKey { provider_id: provider.row.id.clone(), model_id: model.to_owned() };
    let version = reading.version.filter(|version| *version != DEFAULT).map(Into::into);
    Ok(Named::Unknown { provider, key, version })
}

/// All ways to read a name, the most literal first.
fn readings<'a>(choice: &'a ModelChoice, known: &Known) -> Vec<Reading<'a>> {
    let version = choice.version.as_deref();
    let mut readings = vec![Reading { provider: choice.provider.as_deref(), model: &choice.model, version }];
    if choice.provider.is_none()
        && let Some((provider, model)) = choice.model.split_once('/')
        && known.providers.iter().any(|entry| entry.row.id == provider)
    {
        readings.push(Reading { provider: Some(provider), model, version });
    }
    if version.is_none() {
        let with_version: Vec<Reading<'a>> = readings
            .iter()
            .filter_map(|reading| {
                let (model, version) = reading.model.rsplit_once('@')?;
                Some(Reading { model, version: Some(version), ..*reading })
            })
            .collect();
        readings.extend(with_version);
    }
    readings
}

/// The model that a reading means; None where there is none. Of several, the one that a worker
/// holds the key for.
fn find<'a>(
    reading: &Reading<'_>,
    known: &'a Known,
    is_meant: impl Fn(&AvailableModel) -> bool,
) -> Result<Option<&'a AvailableModel>, String> {
    let found: Vec<&AvailableModel> = known
        .models
        .iter()
        .filter(|entry| is_meant(entry))
        .filter(|entry| match reading.provider {
            Some(provider) => entry.model.provider_id == provider,
            // A name that somebody once used is not thereby known.
            None => entry.model.origin != Origin::Used,
        })
        .collect();
    let [first, _, ..] = found.as_slice() else { return Ok(found.first().copied()) };
    let mut configured = found.iter().filter(|entry| entry.is_key_configured && entry.model.is_offered);
    if let (Some(entry), None) = (configured.next(), configured.next()) {
        return Ok(Some(entry));
    }
    let providers: Vec<&str> = found.iter().map(|entry| entry.model.provider_id.as_str()).collect();
    Err(format!("{} is served by {}; name the provider.", first.model.id, providers.join(" and ")))
}

/// The name as the run gave it, in one text.
pub(super) fn as_asked(choice: &ModelChoice) -> String {
    let provider = choice.provider.as_ref().map_or(String::new(), |provider| format!("{provider}/"));
    let version = choice.version.as_ref().map_or(String::new(), |version| format!("@{version}"));
    format!("{provider}{}{version}", choice.model)
}

/// Refuses what cannot be the name of a model.
///
/// # Errors
/// Why not, as a sentence.
pub(super) fn check(what: &str, name: &str) -> Result<(), String> {
    let is_name =
        !name.is_empty() && name.trim() == name && name.len() <= 200 && !name.chars().any(char::is_control);
    if is_name { Ok(()) } else { Err(format!("{what} has 1 to 200 bytes, and no white space around it.")) }
}

fn no_provider(id: &str, known: &Known) -> String {
    let ids: Vec<&str> = known.providers.iter().map(|provider| provider.row.id.as_str()).collect();
    format!("There is no provider {id}; there are {}. Providers are added in probity.toml.", ids.join(", "))
}

fn unknown(choice: &ModelChoice, known: &Known) -> String {
    let name = &choice.model;
    let near = near(name, known);
    if let Some((provider, _)) = name.split_once('/')
        && near.is_empty()
        && known.providers.iter().all(|entry| entry.row.id != provider)
    {
        return no_provider(provider, known);
    }
    let hint = match near {
        none if none.is_empty() && name.starts_with("sim-") => {
            " Simulated models are offered with --sim, or where a provider `sim` is configured.".into()
        }
        none if none.is_empty() => " `probity models` lists those that there are.".into(),
        near => near,
    };
    format!(
        "There is no model \"{name}\".{hint} One that is not in the list can be asked by naming its provider too: \
         provider/{name}."
    )
}

/// The models whose names are near a name, as a sentence; empty where none are.
pub(super) fn near(name: &str, known: &Known) -> String {
    // Further away it is another name, not a misspelt one.
    let length = name.chars().count();
    let distance_max = (length / 3).max(2);
    // Of short names, most of the letters must be the same.
    let is_near =
        |distance: usize, id: &str| distance <= distance_max && distance * 2 < length.max(id.chars().count());
    let mut near: Vec<(usize, &str)> = known
        .models
        .iter()
        .filter(|entry| entry.model.is_offered && entry.model.origin != Origin::Used)
        .map(|entry| (edit_distance(&entry.model.id, name), entry.model.id.as_str()))
        .filter(|(distance, id)| is_near(*distance, id))
        .collect();
    near.sort_unstable();
    near.dedup();
    let near: Vec<&str> = near.into_iter().take(5).map(|(_, id)| id).collect();
    if near.is_empty() { String::new() } else { format!(" Near it: {}.", near.join(", ")) }
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
