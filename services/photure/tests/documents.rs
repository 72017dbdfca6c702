//! The documents that are checked in are those of the code.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeMap;

use serde_json::Value;

fn platform() -> Value {
    photure::openapi()
}

#[test]
fn the_contract_that_is_checked_in_is_that_of_the_code() {
    let checked_in = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let checked_in: Value = serde_json::from_str(&std::fs::read_to_string(checked_in).unwrap()).unwrap();
    assert!(
        checked_in == platform(),
        "docs/openapi.json is stale: run `make openapi`"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_how_it_refuses() {
    let document = platform();
    let mut names = BTreeMap::<&str, String>::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            let place = format!("{method} {path}");
            assert_eq!(
                names.insert(name, place.clone()),
                None,
                "{name} is there twice, at {place}"
            );
            let responses = operation["responses"].as_object().unwrap();
            assert!(!responses.is_empty(), "{place}");
            for (status, response) in responses
                .iter()
                .filter(|(status, _)| status.starts_with(['4', '5']))
            {
                let health = path == "/api/health";
                let content = response["content"].as_object();
                let problem = content.is_some_and(|content| content.contains_key("application/problem+json"));
                let shared = response["$ref"].is_string();
                assert!(
                    problem || shared || health,
                    "{place} {status} is no problem document"
                );
            }
        }
    }
    assert!(names.len() > 15, "{names:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = platform();
    let text = document.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
    }
}
