//! What the models of a run are called beside each other.

use entity::run_model;

/// The shortest name of each model that no other of them has: the model, else `provider/model`, else
/// `provider/model@version`.
pub fn model_labels(models: &[&run_model::Model]) -> Vec<String> {
    let label = |model: &&run_model::Model| {
        let run_model::Model { provider_id, model_id, model_version, .. } = model;
        let named: Vec<_> = models.iter().filter(|other| other.model_id == *model_id).collect();
        let is_alone = named.iter().filter(|other| other.provider_id == *provider_id).count() == 1;
        match model_version {
            _ if named.len() == 1 => model_id.clone(),
            Some(version) if !is_alone => format!("{provider_id}/{model_id}@{version}"),
            _ => format!("{provider_id}/{model_id}"),
        }
    };
    models.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn model(provider: &str, model: &str, version: Option<&str>) -> run_model::Model {
        run_model::Model {
            id: Uuid::nil(),
            run_id: Uuid::nil(),
            ordinal: 0,
            provider_id: provider.into(),
            model_id: model.into(),
            model_version: version.map(Into::into),
            asked_for: None,
            wire_model: String::new(),
            lane: String::new(),
            planned_count: 0,
            succeeded_count: 0,
            failed_count: 0,
            cancelled_count: 0,
            decided_count: 0,
            unreadable_count: 0,
            refused_count: 0,
            content_filter_count: 0,
            truncated_count: 0,
            empty_count: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost_usd_micros: None,
            held_at: None,
            held_category: None,
            held_message: None,
            hold_streak: 0,
            given_up_at: None,
            reading_revision: 0,
        }
    }

    #[test]
    fn a_model_is_called_as_shortly_as_the_others_allow() {
        let models = [
            model("a", "one", Some("one-1")),
            model("a", "two", None),
            model("b", "two", Some("two-1")),
            model("a", "three", Some("three-1")),
            model("a", "three", Some("three-2")),
            model("a", "three", None),
        ];
        let labels = model_labels(&models.iter().collect::<Vec<_>>());
        assert_eq!(labels, ["one", "a/two", "b/two", "a/three@three-1", "a/three@three-2", "a/three"]);
    }
}
