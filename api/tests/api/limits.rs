use serde_json::json;

use crate::app::{body_json, post, sqlite_with};

#[tokio::test]
async fn a_query_nested_fifty_levels_is_refused_with_the_limit() {
    let app = sqlite_with(|_| ()).await;
    let nested = |depth: usize| {
        let inner = "definition { parent { ".repeat(depth / 2);
        format!("{{ runs {{ nodes {{ {inner} id {} }} }} }}", "} }".repeat(depth / 2))
    };
    // Definition has no field definition: depth is what counts here, and it is looked at first.
    for query in [nested(46), "{ a ".repeat(50) + &"}".repeat(50)] {
        let error = app.refusal(&query).await;
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("nested too deep"), "{message}");
        assert_eq!(error["extensions"]["code"], "INVALID");
    }
    let parents = "parent { ".repeat(20) + "id" + &" }".repeat(20);
    let error = app.refusal(&format!("{{ definitions {{ nodes {{ {parents} }} }} }}")).await;
    assert!(error["message"].as_str().unwrap().contains("at most 16 levels"), "{error}");
}

#[tokio::test]
async fn a_query_of_nothing_but_brackets_does_not_end_the_process() {
    let app = sqlite_with(|_| ()).await;
    for bracket in ["{a", "[", "{a(b:[", "("] {
        let error = app.refusal(&bracket.repeat(200_000)).await;
        assert!(error["message"].as_str().unwrap().contains("nested too deep"), "{error}");
    }
}

#[tokio::test]
async fn a_query_for_too_much_at_once_is_refused() {
    let app = sqlite_with(|_| ()).await;
    let error = app
        .refusal("{ runs(first: 500) { nodes { probes(first: 500) { nodes { id turns { answer } } } } } }")
        .await;
    assert!(error["message"].as_str().unwrap().contains("smaller pages"), "{error}");
    let many: String = (0..400).map(|n| format!("a{n}: runs(first: 500) {{ nodes {{ id }} }}\n")).collect();
    let error = app.refusal(&format!("{{ {many} }}")).await;
    assert!(error["message"].as_str().unwrap().contains("smaller pages"), "{error}");
}

#[tokio::test]
async fn the_introspection_of_usual_tools_is_answered() {
    let app = sqlite_with(|_| ()).await;
    let kind = (0..9).fold("name kind".to_owned(), |inner, _| format!("name kind ofType {{ {inner} }}"));
    let answer = app
        .ask(&format!(
            "query {{ __schema {{ queryType {{ name }} types {{ name kind description
                fields(includeDeprecated: true) {{ name args {{ name type {{ ...T }} defaultValue }} type {{ ...T }} }}
                inputFields {{ name type {{ ...T }} }} enumValues {{ name }} possibleTypes {{ ...T }} }}
                directives {{ name args {{ name type {{ ...T }} }} }} }} }} fragment T on __Type {{ {kind} }}"
        ))
        .await;
    assert_eq!(answer["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn a_body_of_20_mb_is_refused_as_json() {
    let app = sqlite_with(|_| ()).await;
    let body = json!({"query": "{ me { id } }", "variables": {"x": "y".repeat(20 << 20)}}).to_string();
    let response = app.send(post(body)).await;
    assert_eq!(response.status(), 413);
    let answer = body_json(response).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("2097152"), "{answer}");
}

#[tokio::test]
async fn a_page_of_too_many_rows_and_a_foreign_cursor_are_refused_by_field() {
    let app = sqlite_with(|_| ()).await;
    let error = app.refusal("{ runs(first: 501) { totalCount } }").await;
    assert_eq!(error["extensions"]["field"], "first");
    let error = app.refusal("{ runs(after: \"abc\") { totalCount } }").await;
    assert_eq!(error["extensions"]["field"], "after");
    let error = app.refusal("{ run(id: \"1\") { id } }").await;
    assert_eq!(
        (&error["extensions"]["code"], &error["extensions"]["field"]),
        (&json!("INVALID"), &json!("id"))
    );
    let error = app.refusal("{ run(id: \"00000000-0000-7000-8000-000000000000\") { id } }").await;
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
}
