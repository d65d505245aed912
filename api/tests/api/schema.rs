use crate::app::sqlite_with;

#[test]
fn the_checked_in_schema_is_what_the_code_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(checked_in == api::schema_sdl(), "schema.graphql differs; write it anew with `probity schema`");
}

#[tokio::test]
async fn every_type_field_argument_and_word_is_described() {
    let app = sqlite_with(|_| ()).await;
    let answer = app
        .ask(
            "{ __schema { types { name description fields { name description args { name description } }
               inputFields { name description } enumValues { name description } } } }",
        )
        .await;
    let mut undescribed = Vec::new();
    let mut look = |place: String, value: &serde_json::Value| {
        if value["description"].as_str().unwrap_or_default().trim().is_empty() {
            undescribed.push(format!("{place}.{}", value["name"]));
        }
    };
    let listed = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    for kind in listed(&answer["__schema"]["types"]) {
        let name = kind["name"].as_str().unwrap_or_default().to_owned();
        if name.starts_with("__") {
            continue;
        }
        look(String::new(), &kind);
        for part in ["fields", "inputFields", "enumValues"] {
            for member in listed(&kind[part]) {
                look(name.clone(), &member);
                for argument in listed(&member["args"]) {
                    look(format!("{name}.{}", member["name"]), &argument);
                }
            }
        }
    }
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}
