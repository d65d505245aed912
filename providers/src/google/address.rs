//! Where Google's two services are asked. The model is part of the address.

use url::Url;

/// Most models that one page of the list takes.
const MODEL_COUNT_MAX: &str = "1000";

/// Where a question is posted. The base may also be the full address of a model's method, of
/// which the model is then replaced, and for Vertex AI it may end at the location.
pub(super) fn of_question(base: &Url, model: &str, is_streamed: bool) -> Url {
    let mut path = root(base);
    if !model.contains('/') {
        if path.len() >= 2 && path[path.len() - 2] == "locations" {
            path.extend(["publishers", "google"].map(str::to_owned));
        }
        path.push("models".to_owned());
    }
    path.extend(model.split('/').map(str::to_owned));
    if let Some(name) = path.last_mut() {
        name.push_str(if is_streamed { ":streamGenerateContent" } else { ":generateContent" });
    }
    let mut url = with_path(base, &path);
    if is_streamed && !url.query_pairs().any(|(name, _)| name == "alt") {
        // Without it the chunks come as one long JSON array.
        url.query_pairs_mut().append_pair("alt", "sse");
    }
    url
}

/// Where the models are listed. Vertex AI lists them for all projects in one place, which
/// only the preview of its API has.
pub(super) fn of_models(base: &Url) -> Url {
    let mut path = root(base);
    if let Some(at) = path.iter().position(|part| part == "projects" || part == "publishers") {
        path.truncate(at);
        if path.last().is_some_and(|part| part.starts_with('v')) {
            path.pop();
        }
        path.extend(["v1beta1", "publishers", "google"].map(str::to_owned));
    }
    path.push("models".to_owned());
    let mut url = with_path(base, &path);
    url.query_pairs_mut().append_pair("pageSize", MODEL_COUNT_MAX);
    url
}

/// The parts of the path below which models are.
fn root(base: &Url) -> Vec<String> {
    let parts = base.path().split('/').filter(|part| !part.is_empty());
    let mut parts: Vec<String> = parts.map(str::to_owned).collect();
    // The full address of a method: `models/x:generateContent`.
    if parts.last().is_some_and(|part| part.contains(':')) {
        parts.truncate(parts.len().saturating_sub(2));
    } else if parts.last().is_some_and(|part| part == "models") {
        parts.pop();
    }
    parts
}

/// The base with this path; its query is kept. A part can only name something below its place.
fn with_path(base: &Url, parts: &[String]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(parts);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::{of_models, of_question};

    const GEMINI: &str = "https://generativelanguage.googleapis.com/v1beta";
    const PROJECT: &str = "https://l-aiplatform.googleapis.com/v1/projects/p/locations/l";

    fn question(base: &str, model: &str) -> String {
        of_question(&base.parse().unwrap(), model, false).to_string()
    }

    #[test]
    fn a_model_of_the_gemini_api_is_asked_below_the_base() {
        let expected = format!("{GEMINI}/models/gemini-x:generateContent");
        for base in
            ["", "/", "/models", "/models/gemini-y:generateContent", "/models/y:streamGenerateContent"]
        {
            assert_eq!(question(&format!("{GEMINI}{base}"), "gemini-x"), expected, "{base}");
        }
        assert_eq!(question(GEMINI, "models/gemini-x"), expected);
        assert_eq!(question(GEMINI, "tunedModels/x"), format!("{GEMINI}/tunedModels/x:generateContent"));
    }

    #[test]
    fn a_model_of_vertex_is_asked_below_its_publisher() {
        let expected = format!("{PROJECT}/publishers/google/models/gemini-x:generateContent");
        for base in [
            "",
            "/publishers/google",
            "/publishers/google/models",
            "/publishers/google/models/y:generateContent",
        ] {
            assert_eq!(question(&format!("{PROJECT}{base}"), "gemini-x"), expected, "{base}");
        }
        assert_eq!(question(PROJECT, "publishers/google/models/gemini-x"), expected);
        assert_eq!(question(PROJECT, "endpoints/7"), format!("{PROJECT}/endpoints/7:generateContent"));
    }

    #[test]
    fn a_stream_is_asked_for_as_events_and_the_query_of_the_base_is_kept() {
        let base = format!("{GEMINI}?key=k").parse().unwrap();
        let address = of_question(&base, "m", true);
        assert_eq!(address.as_str(), format!("{GEMINI}/models/m:streamGenerateContent?key=k&alt=sse"));
        assert_eq!(of_question(&address, "m", true), address);
    }

    #[test]
    fn the_name_of_a_model_cannot_leave_its_place() {
        assert_eq!(question(GEMINI, "x?a=b#c"), format!("{GEMINI}/models/x%3Fa=b%23c:generateContent"));
        assert!(question(GEMINI, "../../x").starts_with(&format!("{GEMINI}/")));
    }

    #[test]
    fn models_are_listed_where_each_service_lists_them() {
        let models = |base: &str| of_models(&base.parse().unwrap()).to_string();
        assert_eq!(models(GEMINI), format!("{GEMINI}/models?pageSize=1000"));
        let vertex = "https://l-aiplatform.googleapis.com/v1beta1/publishers/google/models?pageSize=1000";
        assert_eq!(models(PROJECT), vertex);
        assert_eq!(models("https://l-aiplatform.googleapis.com/v1/publishers/google"), vertex);
    }
}
