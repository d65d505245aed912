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
    definition::{Format, to_json, to_yaml},
    export::{csv::short_id, scenarios::scenarios_csv},
    library,
};
use futures::TryStreamExt;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{
    Server,
    download::{attachment, path_id},
    graphql::limited,
    problem::Problem,
};

/// Which version; None: the latest.
#[derive(Deserialize)]
pub(super) struct VersionQuery {
    version: Option<i32>,
}

/// How the file is written; None: YAML.
#[derive(Deserialize)]
pub(super) struct FormatQuery {
    format: Option<String>,
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
    let (kind, file_name, body) = match wanted {
        Some(Format::Yaml) => (
            "application/yaml; charset=utf-8",
            format!("definition_{name}.yaml"),
            Body::from(to_yaml(&content)),
        ),
        Some(Format::Json) => {
            ("application/json", format!("definition_{name}.json"), Body::from(to_json(&content)))
        }
        None => {
            let rows = scenarios_csv(&content)?.map_err(|error| std::io::Error::other(error.to_string()));
            ("text/csv; charset=utf-8", format!("scenarios_{name}.csv"), Body::from_stream(rows))
        }
    };
    Ok(attachment(kind, &file_name, body))
}

/// Saves the definition of a file as a new one.
pub(super) async fn import(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<FormatQuery>,
    body: Body,
) -> Result<Response, Problem> {
    let format = parse_format(query.format.as_deref().unwrap_or("yaml"))?;
    // Before a large file is read.
    authorize(&actor, Action::Create, Resource::Definition(None))?;
    let bytes = limited(body, server.api.config.import_max_bytes).await?;
    let saved = crate::schema::import(&server.api, &actor, bytes.into(), format).await?;
    let body = json!({"definitionId": saved.definition.id, "version": saved.version.number, "warnings": saved.warnings});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

fn parse_format(word: &str) -> Result<Format, Problem> {
    match word {
        "yaml" | "yml" => Ok(Format::Yaml),
        "json" => Ok(Format::Json),
        _ => Err(Error::invalid("format", "A definition is written as yaml or json.").into()),
    }
}
