use serde_json::{Value, json};

use super::World;

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn the_gateway_is_shown_the_document_without_the_routes_that_are_not_its() {
    let world = World::new().await;
    let document = world.stranger().see("/internal/openapi.json").await;
    assert_eq!(document, serde_json::to_value(crate::openapi()).unwrap());
    assert!(
        operations(&document)
            .iter()
            .all(|(name, _)| name.contains(" /api/v1/"))
    );
}

#[test]
fn every_operation_says_who_may_and_what_may_come_of_it() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    for (name, operation) in operations(&document) {
        assert_eq!(operation["security"], json!([{"bearer": []}]), "{name}");
        assert!(
            operation["summary"].is_string() && operation["description"].is_string(),
            "{name}"
        );
        let responses = operation["responses"].as_object().unwrap();
        let mut wanted = vec!["401", "403", "500", "503", "504"];
        if name.contains("{id}") {
            wanted.push("404");
        }
        if operation["requestBody"].is_object() {
            wanted.extend(["400", "413", "415", "422"]);
        }
        for status in wanted {
            let schema = &responses[status]["content"]["application/problem+json"]["schema"];
            assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{name} {status}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
        assert!(
            responses
                .values()
                .all(|response| !response["description"].as_str().unwrap().is_empty()),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_referred_to_that_is_not_there() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let text = document.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name = text[at..].split('"').next().unwrap().rsplit('/').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
