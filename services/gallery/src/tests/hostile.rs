//! Whatever is sent, the answer is a refusal that says why, and nothing is changed.

use axum::body::Body;
use http::{Method, Request};
use photure_testkit::sha256;
use serde_json::{Value, json};

use super::World;
use super::world::assert_problem;

const OPERATORS: [&str; 5] = [
    r#"{"$gt":""}"#,
    r#"{"$ne":null}"#,
    r#"{"$where":"sleep(5000)"}"#,
    r#"["$gt"]"#,
    r#"{"$oid":"507f1f77bcf86cd799439011"}"#,
];

async fn one_photo(world: &World) -> (String, Value) {
    let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
    (format!("/api/v1/photos/{}", photo["id"].as_str().unwrap()), photo)
}

#[tokio::test]
async fn an_edit_with_anything_unexpected_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let (path, photo) = one_photo(&world).await;
    let long = |length| json!("x".repeat(length));
    let mut bodies = vec![
        json!({"title": 7}),
        json!({"title": true}),
        json!({"title": ["a"]}),
        json!({"favorite": "true"}),
        json!({"favorite": 1}),
        json!({"description": {}}),
        json!({"title": long(201)}),
        json!({"description": long(10_001)}),
        json!({"title": "a\u{0}b"}),
        json!({"description": "\u{1b}[31m"}),
        json!({"rating": 5}),
        json!({"tags": ["a"]}),
        json!({"taken_at": "2024-07-28T19:04:05Z"}),
        json!({"position": null}),
        json!({"archived": true}),
        json!({"owner_id": photo["owner_id"]}),
        json!({"id": photo["id"]}),
        json!({"$set": {"owner_id": "x"}}),
        json!({"__proto__": {}}),
        json!({"titel": "a"}),
        json!([]),
        json!("title"),
        json!(null),
    ];
    for operator in OPERATORS {
        let operator: Value = serde_json::from_str(operator).unwrap();
        bodies.extend(["title", "description", "favorite"].map(|field| json!({field: operator})));
    }
    for body in bodies {
        let answer = world.person(1).patch(&path).json(&body).await;
        assert_eq!(answer.status_code(), 422, "{body}");
        assert_problem(&answer, 422, "invalid_fields");
    }
    assert_eq!(world.person(1).see(&path).await, photo);
}

#[tokio::test]
async fn text_that_looks_like_an_operator_is_text() {
    let world = World::new().await;
    let (path, _) = one_photo(&world).await;
    for text in OPERATORS.into_iter().chain([
        "$title",
        "a.b",
        "'; DROP TABLE photos; --",
        "<script>alert(1)</script>",
    ]) {
        let edit = json!({"title": text, "description": text});
        let edited: Value = world.person(1).patch(&path).json(&edit).await.json();
        assert_eq!(
            (&edited["title"], &edited["description"]),
            (&json!(text), &json!(text))
        );
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let world = World::new().await;
    let (path, photo) = one_photo(&world).await;
    let client = world.person(1);
    let routes = [
        (Method::PATCH, path.as_str()),
        (Method::POST, "/api/v1/photos/check"),
        (Method::POST, "/internal/photos"),
    ];
    for (method, route) in routes {
        for body in ["", "{", "\u{feff}{}", "{\"\\ud800\": 1}", "title=a", "<photo/>"] {
            let answer = client
                .request(method.clone(), route)
                .text(body)
                .content_type("application/json")
                .await;
            assert_problem(&answer, 400, "malformed_json");
        }
        let deep = "[".repeat(100_000);
        let answer = client
            .request(method.clone(), route)
            .text(deep)
            .content_type("application/json")
            .await;
        assert!(answer.status_code().is_client_error());
        let answer = client
            .request(method.clone(), route)
            .text("title=a")
            .content_type("text/plain")
            .await;
        assert_problem(&answer, 415, "json_expected");
        let answer = client.request(method.clone(), route).await;
        assert_problem(&answer, 415, "json_expected");
        let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(3 << 20));
        let answer = client
            .request(method, route)
            .text(huge)
            .content_type("application/json")
            .await;
        assert_problem(&answer, 413, "payload_too_large");
    }
    for body in ["{} {}", "{\"title\": \"\\ud800\"}", "{\"title\": 1e999}"] {
        let answer = client
            .patch(&path)
            .text(body)
            .content_type("application/json")
            .await;
        assert_problem(&answer, 400, "malformed_json");
    }
    assert_eq!(client.see(&path).await, photo);
}

#[tokio::test]
async fn an_id_that_is_none_is_an_address_that_does_not_exist() {
    let world = World::new().await;
    let ids = [
        "1",
        "me",
        "null",
        "undefined",
        "0197",
        "%7B%22$gt%22:%22%22%7D",
        "[object%20Object]",
        "%27%20OR%201=1",
        "%00",
        "01970000-0000-7000-8000-00000000000g",
        "%F0%9F%8F%9D",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e%2f",
        "%FF",
        "*",
    ];
    for id in ids {
        for (method, path) in [
            (Method::GET, format!("/api/v1/photos/{id}")),
            (Method::PATCH, format!("/api/v1/photos/{id}")),
            (Method::DELETE, format!("/api/v1/photos/{id}?permanent=true")),
            (Method::POST, format!("/api/v1/photos/{id}/restore")),
            (Method::GET, format!("/api/v1/photos/{id}/metadata")),
            (Method::GET, format!("/api/v1/photos/{id}/original")),
            (Method::GET, format!("/api/v1/timeline/segments/{id}")),
        ] {
            let status = raw(&world, method.clone(), &path, "{}").await;
            assert!((400..500).contains(&status), "{method} {path}: {status}");
        }
    }
    for hash in [
        "x",
        "%7B%22$gt%22:%22%22%7D",
        &"g".repeat(64),
        &"A".repeat(64),
        &sha256(1).to_string()[1..],
    ] {
        let path = format!("/internal/released/{hash}/claim");
        let claim = json!({"claim_id": "01970000-0000-7000-8000-000000000000"});
        assert_problem(
            &world.service("blobs:sweep").post(&path).json(&claim).await,
            404,
            "malformed_id",
        );
    }
}

/// Straight into the service, so that no client tidies the address up.
async fn raw(world: &World, method: Method, path: &str, body: &'static str) -> u16 {
    let token = world.person(1).token.unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    world.send(request).await.status().as_u16()
}

#[tokio::test]
async fn a_query_with_anything_unexpected_is_refused() {
    let world = World::new().await;
    let (path, _) = one_photo(&world).await;
    for query in [
        "/api/v1/photos?album_id=x",
        "/api/v1/photos?q=sea",
        "/api/v1/photos?order=title",
        "/api/v1/photos?order=trashed_at",
        "/api/v1/photos?order[$ne]=taken_at",
        "/api/v1/photos?order=%7B%22$gt%22:%22%22%7D",
        "/api/v1/photos?favorite=maybe",
        "/api/v1/photos?favorite=",
        "/api/v1/photos?favorite[$ne]=true",
        "/api/v1/photos?favorite=true&favorite=false",
        "/api/v1/photos?trashed=1",
        "/api/v1/photos?Limit=1",
        "/api/v1/photos?owner_id=x",
        "/api/v1/trash?order=taken_at",
        "/api/v1/trash?$where=1",
        "/api/v1/timeline?favorite=yes",
        "/api/v1/timeline?album_id=x",
        &format!("{path}/original?download=yes"),
        &format!("{path}/original?dl=evil.exe"),
    ] {
        assert_problem(&world.person(1).get(query).await, 422, "invalid_fields");
    }
    for query in [
        "?permanent=1",
        "?permanent=",
        "?permanent=true&force=true",
        "?permanent[$ne]=false",
    ] {
        let answer = world.person(1).delete(&format!("{path}{query}")).await;
        assert_problem(&answer, 422, "invalid_fields");
    }
    assert_eq!(world.person(1).get(&path).await.status_code(), 200);
}

#[tokio::test]
async fn a_check_of_anything_unexpected_is_refused() {
    let world = World::new().await;
    let hash = sha256(1).to_string();
    let item = |field: &str, value: Value| {
        let mut item = json!({"ref": "a", "sha256": hash, "bytes": 1});
        item[field] = value;
        json!({"items": [item]})
    };
    let mut bodies = vec![
        json!({}),
        json!({"items": null}),
        json!({"items": {}}),
        json!({"items": [null]}),
        json!({"items": [{}]}),
        json!({"items": [], "more": 1}),
        item("ref", json!(7)),
        item("ref", json!("x".repeat(201))),
        item("sha256", json!(7)),
        item("sha256", json!(null)),
        item("bytes", json!(-1)),
        item("bytes", json!(1.5)),
        item("bytes", json!("1")),
        item("bytes", json!(1e30)),
        item("name", json!("unknown")),
        json!({"items": vec![json!({"ref": "a", "sha256": hash, "bytes": 1}); 1001]}),
    ];
    for operator in OPERATORS {
        let operator: Value = serde_json::from_str(operator).unwrap();
        bodies.extend(["ref", "sha256", "bytes"].map(|field| item(field, operator.clone())));
    }
    for body in bodies {
        let answer = world.person(1).post("/api/v1/photos/check").json(&body).await;
        assert_eq!(answer.status_code(), 422, "{body}");
        assert_problem(&answer, 422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_registration_with_anything_unexpected_is_refused() {
    let world = World::new().await;
    let good = serde_json::to_value(world.registration(1, 1, "2024-07-28T19:04:05Z")).unwrap();
    let text_fields = [
        "/owner_id",
        "/title",
        "/description",
        "/facts/sha256",
        "/facts/filename",
        "/facts/media_type",
        "/facts/thumbhash",
        "/facts/color",
        "/facts/taken/at",
        "/facts/camera/make",
        "/attestation/signature",
        "/tags",
        "/metadata",
        "/rating",
    ];
    for field in text_fields {
        for operator in OPERATORS {
            let mut body = good.clone();
            *body.pointer_mut(field).unwrap() = serde_json::from_str(operator).unwrap();
            // A list of texts is what tags are.
            if field == "/tags" && body["tags"].is_array() {
                continue;
            }
            let answer = world.person(1).post("/internal/photos").json(&body).await;
            // A list where a name of an enum stands is not even taken for a value.
            let (status, code) = if answer.status_code() == 400 {
                (400, "malformed_json")
            } else {
                (422, "invalid_fields")
            };
            assert_eq!(answer.status_code(), status, "{field} {operator}");
            assert_problem(&answer, status, code);
        }
    }
    for (field, value) in [
        ("/facts/media_type", json!("image/svg+xml")),
        ("/facts/sha256", json!(sha256(1).to_string().to_uppercase())),
        ("/facts/sha256", json!("../../etc/passwd")),
        ("/facts/bytes", json!(-1)),
        ("/facts/taken/utc_offset_minutes", json!(99_999)),
        ("/attestation/expires", json!("never")),
        ("/attestation", json!({"expires": 0, "signature": "", "more": 1})),
        ("/owner_id", json!("me")),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(field).unwrap() = value;
        assert_problem(
            &world.person(1).post("/internal/photos").json(&body).await,
            422,
            "invalid_fields",
        );
    }
    let mut more = good;
    more["id"] = json!("01970000-0000-7000-8000-000000000000");
    assert_problem(
        &world.person(1).post("/internal/photos").json(&more).await,
        422,
        "invalid_fields",
    );
    assert_eq!(world.person(1).see("/api/v1/timeline").await["total"], 0);
}

#[tokio::test]
async fn a_claim_with_anything_unexpected_is_refused() {
    let world = World::new().await;
    let service = world.service("blobs:sweep");
    for what in ["claim", "confirm"] {
        let path = format!("/internal/released/{}/{what}", sha256(1));
        for body in [
            json!({}),
            json!({"claim_id": "x"}),
            json!({"claim_id": {"$gt": ""}}),
            json!({"claim": 1}),
            json!(null),
        ] {
            assert_problem(&service.post(&path).json(&body).await, 422, "invalid_fields");
        }
    }
}

#[tokio::test]
async fn an_address_or_a_method_that_is_not_there_is_refused_as_a_problem() {
    let world = World::new().await;
    for path in [
        "/",
        "/api/v1",
        "/api/v2/photos",
        "/api/v1/photos/x/y/z",
        "/internal",
        "/internal/",
        "/../etc/passwd",
    ] {
        assert_eq!(raw(&world, Method::GET, path, "").await, 404, "{path}");
    }
    let (path, _) = one_photo(&world).await;
    for (method, path) in [
        (Method::PUT, path.as_str()),
        (Method::POST, path.as_str()),
        (Method::DELETE, "/api/v1/photos"),
    ] {
        let answer = world.person(1).request(method, path).await;
        assert_problem(&answer, 405, "method_not_allowed");
    }
}
