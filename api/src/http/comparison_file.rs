//! Comparisons as files.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    access::Accessed,
    analysis::compare::{Adjustment, Compared, Measure, Request, Side, compare},
    auth::Actor,
    export::comparison::{ComparisonExport, pairs_csv, scenario_pairs_csv},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::{
    Server,
    download::{attachment, is_known, permit, streamed},
    problem::Problem,
};

/// What a comparison is asked for with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareQuery {
    baseline: Uuid,
    baseline_model: Option<Uuid>,
    candidate: Uuid,
    candidate_model: Option<Uuid>,
    measure: Option<String>,
    adjustment: Option<String>,
    confidence: Option<f64>,
    rounds: Option<u64>,
    seed: Option<u64>,
    #[serde(default)]
    excel: bool,
}

impl CompareQuery {
    fn request(&self) -> Result<Request, Error> {
        let usual = Request::of(self.baseline, self.candidate);
        let adjustment = match self.adjustment.as_deref() {
            None | Some("holm") => Adjustment::Holm,
            Some("bh") => Adjustment::BenjaminiHochberg,
            Some(_) => return Err(Error::invalid("adjustment", "Give `holm` or `bh`.")),
        };
        Ok(Request {
            baseline: Side { run_id: self.baseline, run_model_id: self.baseline_model },
            candidate: Side { run_id: self.candidate, run_model_id: self.candidate_model },
            measure: self.measure.as_deref().map(str::parse::<Measure>).transpose()?,
            adjustment,
            confidence: self.confidence.unwrap_or(usual.confidence),
            rounds: self.rounds.unwrap_or(usual.rounds),
            seed: self.seed.unwrap_or(usual.seed),
        })
    }
}

/// The query that asks for a comparison's files.
pub(crate) fn query_of(request: &Request) -> String {
    let mut query = Serializer::new(String::new());
    let Request { baseline, candidate, measure, adjustment, confidence, rounds, seed } = request;
    let sides = [("baseline", "baseline_model", baseline), ("candidate", "candidate_model", candidate)];
    for (run, model, side) in sides {
        query.append_pair(run, &side.run_id.to_string());
        if let Some(id) = side.run_model_id {
            query.append_pair(model, &id.to_string());
        }
    }
    if let Some(measure) = measure {
        query.append_pair("measure", &measure.to_string());
    }
    let adjustment = match adjustment {
        Adjustment::Holm => "holm",
        Adjustment::BenjaminiHochberg => "bh",
    };
    query.append_pair("adjustment", adjustment);
    query.append_pair("confidence", &confidence.to_string());
    query.append_pair("rounds", &rounds.to_string());
    query.append_pair("seed", &seed.to_string());
    query.finish()
}

type Asked = Result<Query<CompareQuery>, axum::extract::rejection::QueryRejection>;

/// A row per pair of models.
pub(super) async fn pairs(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    query: Asked,
) -> Result<Response, Problem> {
    let file = File::of(&server, &actor, query, "").await?;
    if let Some(known) = file.known(&headers, method == Method::HEAD) {
        return Ok(known);
    }
    let body = pairs_csv(&file.compared(&server).await?, file.for_excel)?;
    Ok(file.answer(body.into()))
}

/// A row per pair of models and scenario.
pub(super) async fn scenarios(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    query: Asked,
) -> Result<Response, Problem> {
    let file = File::of(&server, &actor, query, "_scenarios").await?;
    if let Some(known) = file.known(&headers, method == Method::HEAD) {
        return Ok(known);
    }
    let permit = permit(&server)?;
    let compared = Arc::new(file.compared(&server).await?);
    let rows = scenario_pairs_csv(compared, file.for_excel);
    let body = streamed(rows, permit, server.cut.clone(), file.request.baseline.run_id);
    Ok(file.answer(body))
}

/// A file that was asked for.
struct File {
    request: Request,
    for_excel: bool,
    name: String,
    etag: String,
}

impl File {
    async fn of(server: &Server, actor: &Actor, query: Asked, kind: &str) -> Result<Self, Problem> {
        let Query(query) = query.map_err(|_| {
            Problem::from(Error::invalid(
                "",
                "A comparison takes `baseline` and `candidate`, ids of runs; and may take `baseline_model`, \
                 `candidate_model`, `measure`, `adjustment`, `confidence`, `rounds`, `seed` and `excel`.",
            ))
        })?;
        let request = query.request()?;
        let export = ComparisonExport::of(&server.api.db, actor, &request).await?;
        // Weak: the same rows can be sent with and without compression.
        let tag = |etag: String| format!("W/{}{kind}{}\"", etag.trim_end_matches('"'), u8::from(query.excel));
        Ok(Self {
            name: format!("{}{kind}.csv", export.name),
            etag: tag(export.etag),
            for_excel: query.excel,
            request,
        })
    }

    /// The answer that needs no rows: the client has them, or does not want them.
    fn known(&self, headers: &HeaderMap, is_head: bool) -> Option<Response> {
        if is_known(headers, &self.etag) {
            return Some((StatusCode::NOT_MODIFIED, [(header::ETAG, self.etag.clone())]).into_response());
        }
        is_head.then(|| self.answer(Body::empty()))
    }

    async fn compared(&self, server: &Server) -> Result<Compared, Problem> {
        for run_id in [self.request.baseline.run_id, self.request.candidate.run_id] {
            server.api.access.note(Accessed::Run(run_id));
        }
        Ok(compare(&server.api.db, &self.request).await?)
    }

    fn answer(&self, body: Body) -> Response {
        let mut response = attachment("text/csv; charset=utf-8", &self.name, body);
        let answer = response.headers_mut();
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            answer.insert(header::ETAG, etag);
            answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        response
    }
}
