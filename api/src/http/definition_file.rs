//! Definitions as files, out and in.

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    auth::{Action, Actor, Resource, authorize},
    definition::{self, DecisionChoice, Expansion, Format, write},
    export::{csv::short_id, scenarios::scenarios_csv},
    library::{self, ImportPreview, Imported, OnNameTaken},
};
use futures::TryStreamExt;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Server,
    download::{attachment, path_id},
    graphql::limited,
    problem::Problem,
};
use crate::schema::{ImportFile, aside};

/// Which version; None: the latest.
#[derive(Deserialize)]
pub(super) struct VersionQuery {
    version: Option<i32>,
}

/// How a file is to be imported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// None: told by the file's name, else by what it begins with.
    format: Option<String>,
    file_name: Option<String>,
    name: Option<String>,
    decision: Option<String>,
    on_name_taken: Option<String>,
    client_token: Option<String>,
    /// Only say what would be done.
    #[serde(default)]
    preview: bool,
}

/// A version of a definition: as a file that imports as the same content, or its scenarios as
/// CSV, streamed however many there are.
pub(super) async fn export(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    Path((id, format)): Path<(String, String)>,
    query: Result<Query<VersionQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let db = &server.api.db;
    let wanted = match format.as_str() {
        "scenarios" => None,
        word => Some(parse_format(word)?),
    };
    let Query(query) =
        query.map_err(|_| Problem::from(Error::invalid("version", "A version is a number.")))?;
    let definition = library::find(db, path_id(&id)?).await?;
    authorize(&actor, Action::Export, Resource::Definition(Some(definition.created_by)))?;
    let version = library::find_version(db, &definition, query.version).await?;
    let content = library::content_of(&version)?;
    let name = format!("{}_v{}", short_id(definition.id), version.number);
    let mut left_out = String::new();
    let (kind, file_name, body) = match wanted {
        Some(format) => {
            left_out = definition::left_out(&content, format).join(", ");
            let Some(text) = aside(move || write(&content, format)).await? else {
                return Err(Error::invalid(
                    "format",
                    "A data set holds listed scenarios, and this definition makes its own from dimensions: take \
                     yaml, json or markdown, or `scenarios` for what they become.",
                )
                .into());
            };
            let name = format!("definition_{name}.{}", format.extension());
            (format.media_type(), name, Body::from(text))
        }
        None => {
            let rows = scenarios_csv(&content)?.map_err(|error| std::io::Error::other(error.to_string()));
            ("text/csv; charset=utf-8", format!("scenarios_{name}.csv"), Body::from_stream(rows))
        }
    };
    let mut response = attachment(kind, &file_name, body);
    if !left_out.is_empty()
        && let Ok(parts) = HeaderValue::from_str(&left_out)
    {
        response.headers_mut().insert("x-probity-left-out", parts);
    }
    Ok(response)
}

/// Saves the definition of a file, or only says what that would do.
pub(super) async fn import(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    query: Result<Query<ImportQuery>, axum::extract::rejection::QueryRejection>,
    body: Body,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|_| {
        let words =
            "format, file_name, name, decision, on_name_taken, client_token, and preview (true or false)";
        Problem::from(Error::invalid("", format!("An import takes {words}.")))
    })?;
    let format = query.format.as_deref().map(parse_format).transpose()?;
    let decision = query.decision.as_deref().map(parse_decision).transpose()?;
    let on_name_taken = parse_on_name_taken(query.on_name_taken.as_deref())?;
    // Before a large file is read.
    let action = if query.preview { Action::Read } else { Action::Create };
    authorize(&actor, action, Resource::Definition(None))?;
    let bytes = limited(body, server.api.config.import_max_bytes, &server.api.config).await?.into();
    let file = ImportFile { bytes, file_name: query.file_name, format, name: query.name, decision };
    if query.preview {
        let found = library::preview(&server.api.db, &actor, file.read().await?, on_name_taken).await?;
        return Ok(Json(aside(move || preview_body(&found)).await?).into_response());
    }
    let token = query.client_token.as_deref();
    let (format, imported) = crate::schema::import(&server.api, &actor, file, on_name_taken, token).await?;
    let Imported { saved, is_new, kept_version } = imported;
    let status = if saved.is_unchanged { StatusCode::OK } else { StatusCode::CREATED };
    let body = json!({
        "definitionId": saved.definition.id,
        "name": saved.definition.name,
        "version": saved.version.number,
        "format": format.word(),
        "isNew": is_new,
        "isUnchanged": saved.is_unchanged,
        "keptVersion": kept_version,
        "warnings": saved.warnings,
    });
    Ok((status, Json(body)).into_response())
}

/// Scenarios that a preview shows.
const SHOWN: usize = 5;

fn preview_body(preview: &ImportPreview) -> Value {
    let content = preview.read.content.as_ref();
    let expansion = content.and_then(|content| Expansion::new(content).ok());
    let shown = |expansion: &Expansion| -> Value {
        let scenario = |combination| {
            let prompts = expansion.prompts(combination);
            json!({
                "key": expansion.scenario(combination).key,
                "system": prompts.system,
                "prompt": prompts.first,
                "followUps": prompts.follow_ups,
                "target": expansion.target_of(combination),
            })
        };
        expansion.iter().take(SHOWN).map(scenario).collect()
    };
    json!({
        "format": preview.read.format.word(),
        "name": content.map(|content| &content.name),
        "isNameTaken": preview.existing.is_some(),
        "suggestedName": preview.suggested_name,
        "isUnchanged": preview.is_unchanged,
        "keptVersion": preview.kept_version,
        "isValid": preview.read.report.problems.is_empty(),
        "problems": preview.read.report.problems,
        "warnings": preview.read.report.warnings,
        "scenarioCount": expansion.as_ref().map(Expansion::scenario_count),
        "scenarios": expansion.as_ref().map_or(json!([]), shown),
    })
}

fn parse_format(word: &str) -> Result<Format, Problem> {
    let message = "A definition is written as yaml, json, markdown, csv or jsonl.";
    Format::of_word(word).ok_or_else(|| Error::invalid("format", message).into())
}

fn parse_decision(word: &str) -> Result<DecisionChoice, Problem> {
    match word {
        "free_text" => Ok(DecisionChoice::FreeText),
        "targets" => Ok(DecisionChoice::Targets),
        _ => {
            Err(Error::invalid("decision", "The decision is read as free_text, or among the targets.").into())
        }
    }
}

fn parse_on_name_taken(word: Option<&str>) -> Result<OnNameTaken, Problem> {
    match word {
        None | Some("refuse") => Ok(OnNameTaken::Refuse),
        Some("new_version") => Ok(OnNameTaken::NewVersion),
        Some("new_name") => Ok(OnNameTaken::NewName),
        Some(_) => Err(Error::invalid("on_name_taken", "Say refuse, new_version or new_name.").into()),
    }
}
