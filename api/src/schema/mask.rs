//! What clients see of an error: the domain's public ones with a stable code, nothing of ours.

use std::sync::Arc;

use async_graphql::{
    ErrorExtensionValues, Response, ServerError, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest},
};
use domain::{Error, error::Fault};

use super::limits::DEPTH_MAX;

/// Masks the errors of every response.
pub(super) struct MaskErrors;

impl ExtensionFactory for MaskErrors {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for MaskErrors {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        response.errors.iter_mut().for_each(mask);
        response
    }
}

/// Lets through errors that the domain calls public, adding what they say as extensions; masks
/// the rest.
fn mask(error: &mut ServerError) {
    let Some(source) = error.source.as_ref() else {
        // No source: the query itself is wrong, which the client should see.
        explain(error);
        return;
    };
    // Loaders share one error between all their keys, hence the Arc.
    let shared = || source.downcast_ref::<Arc<Error>>().map(|error| &**error);
    let found = source.downcast_ref::<Error>().or_else(shared);
    let extensions = error.extensions.get_or_insert_default();
    match found.and_then(|found| found.public_code().map(|code| (found, code))) {
        Some((found, code)) => {
            extensions.set("code", code);
            match found {
                Error::Invalid(faults) => add_faults(extensions, faults),
                Error::ActiveRun { run_id, .. } => extensions.set("runId", run_id.to_string()),
                _ => {}
            }
        }
        None => {
            tracing::error!(error = %error.message, path = ?error.path, "a GraphQL request failed");
            error.message =
                "Something went wrong on the server; its log says what. Trying again may help.".into();
            extensions.set("code", "INTERNAL");
        }
    }
}

fn add_faults(extensions: &mut ErrorExtensionValues, faults: &[Fault]) {
    if let Some(fault) = faults.first().filter(|fault| !fault.path.is_empty()) {
        extensions.set("field", fault.path.as_str());
    }
    let problems = faults.iter().map(|fault| {
        let mut problem = async_graphql::indexmap::IndexMap::new();
        let number = |value: Option<usize>| value.map_or(Value::Null, |value| Value::Number(value.into()));
        let mut put = |name: &str, value| problem.insert(async_graphql::Name::new(name), value);
        put("code", Value::String(fault.code.clone()));
        put("path", Value::String(fault.path.clone()));
        put("line", number(fault.line));
        put("column", number(fault.column));
        put("message", Value::String(fault.message.clone()));
        Value::Object(problem)
    });
    extensions.set("problems", Value::List(problems.collect()));
}

/// Says of a refused query what to do, where the library does not.
fn explain(error: &mut ServerError) {
    match error.message.as_str() {
        "Query is nested too deep." => {
            error.message =
                format!("The query is nested too deeply; at most {DEPTH_MAX} levels are allowed.");
        }
        "Query is too complex." => {
            error.message =
                "The query asks for too much at once; ask for smaller pages (`first`) or fewer fields."
                    .into();
        }
        _ => {}
    }
    error.extensions.get_or_insert_default().set("code", "INVALID");
}
