//! What every service gets from the chassis, seen from outside.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use axum_test::{TestResponse, TestServer};
use http::{Request, StatusCode};
use photure_common::chassis;
use photure_common::extract::Json;
use photure_common::health::{Check, Checks};
use photure_common::peer::Peer;
use photure_common::{Problem, ProblemBody};
use serde::{Deserialize, Serialize};

fn server(routes: Router, checks: Checks) -> TestServer {
    TestServer::new(chassis::service("test", routes, checks))
}

#[track_caller]
fn assert_problem(response: &TestResponse, status: StatusCode, code: &str) -> ProblemBody {
    assert_eq!(response.status_code(), status);
    assert_eq!(response.header("content-type"), "application/problem+json");
    let body: ProblemBody = serde_json::from_slice(response.as_bytes()).unwrap();
    assert_eq!((body.status, body.code.as_str()), (status.as_u16(), code));
    let id = response.header("x-request-id");
    assert_eq!(
        body.instance.as_deref(),
        Some(format!("urn:photure:request:{}", id.to_str().unwrap()).as_str())
    );
    body
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    items: Vec<Item>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    count: u32,
}

#[tokio::test]
async fn every_refusal_is_a_problem_that_names_the_request() {
    let routes = Router::new()
        .route(
            "/plain",
            get(|| async { (StatusCode::IM_A_TEAPOT, "a library's own words") }),
        )
        .route("/panic", get(|| async { panic!("secret thoughts") as () }))
        .route("/ours", get(|| async { Problem::forbidden() }));
    let server = server(routes, Checks::default());
    assert_problem(&server.get("/nowhere").await, StatusCode::NOT_FOUND, "not_found");
    assert_problem(
        &server.post("/plain").await,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
    );
    assert_problem(
        &server.get("/plain").await,
        StatusCode::IM_A_TEAPOT,
        "bad_request",
    );
    assert_problem(&server.get("/ours").await, StatusCode::FORBIDDEN, "forbidden");
    let panic = server.get("/panic").await;
    assert_problem(&panic, StatusCode::INTERNAL_SERVER_ERROR, "internal_error");
    assert!(!panic.text().contains("secret thoughts"));
}

#[tokio::test]
async fn a_refusal_that_was_compressed_is_told_in_plain() {
    let compressed = || async {
        (
            StatusCode::NOT_FOUND,
            [("content-encoding", "gzip")],
            vec![0x1f, 0x8b],
        )
    };
    let answer = server(Router::new().route("/", get(compressed)), Checks::default())
        .get("/")
        .await;
    assert!(!answer.headers().contains_key("content-encoding"));
    assert_problem(&answer, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_wrong_body_names_the_place() {
    let server = server(
        Router::new().route("/", post(|Json(order): Json<Order>| async { Json(order) })),
        Checks::default(),
    );
    let send = |body: &'static str| {
        server
            .post("/")
            .content_type("application/json")
            .bytes(body.into())
    };
    send(r#"{"items":[{"count":1}]}"#).await.assert_status_ok();
    let wrong = assert_problem(
        &send(r#"{"items":[{"count":1},{"count":"2"}]}"#).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_fields",
    );
    assert_eq!(wrong.errors[0].path, "items[1].count");
    let unknown = assert_problem(
        &send(r#"{"items":[],"colour":1}"#).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_fields",
    );
    assert!(unknown.detail.contains("colour"), "{}", unknown.detail);
    let list = assert_problem(
        &send(r#"[[{"count":1}]]"#).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_fields",
    );
    assert!(list.detail.contains("expected an object"), "{}", list.detail);
    assert_problem(
        &send(r#"{"items":["#).await,
        StatusCode::BAD_REQUEST,
        "malformed_json",
    );
    assert_problem(
        &send(r#"{"items":[]} more"#).await,
        StatusCode::BAD_REQUEST,
        "malformed_json",
    );
    let text = server
        .post("/")
        .content_type("text/plain")
        .bytes("{}".into())
        .await;
    assert_problem(&text, StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected");
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_an_odd_one_replaced() {
    let server = server(Router::new().route("/", get(|| async {})), Checks::default());
    let plain = server.get("/").add_header("x-request-id", "0197f1d2-abcd").await;
    assert_eq!(plain.header("x-request-id"), "0197f1d2-abcd");
    for odd in ["short", "with space in it", "{\"$gt\":\"\"}", &"x".repeat(65)] {
        let answer = server.get("/").add_header("x-request-id", odd).await;
        assert_ne!(answer.header("x-request-id"), odd);
    }
}

#[tokio::test]
async fn the_request_id_goes_along_to_the_next_service() {
    let next = chassis::service(
        "next",
        Router::new().route(
            "/",
            get(|request: Request<Body>| async move {
                Json(
                    request.headers()["x-request-id"]
                        .to_str()
                        .map(str::to_owned)
                        .unwrap_or_default(),
                )
            }),
        ),
        Checks::default(),
    );
    let peer = Peer::Local(next);
    let routes = Router::new().route(
        "/",
        get(|| async move {
            let request = Request::get("/")
                .body(Body::empty())
                .map_err(|_| Problem::not_found())?;
            peer.json::<String>(request)
                .await
                .map(Json)
                .map_err(|error| Problem::unavailable("next", &error))
        }),
    );
    let answer = server(routes, Checks::default())
        .get("/")
        .add_header("x-request-id", "abcdefgh")
        .await;
    assert_eq!(answer.json::<String>(), "abcdefgh");
}

#[tokio::test]
async fn a_trailing_slash_is_tolerated() {
    let server = server(
        Router::new().route("/api/v1/things", get(|| async {})),
        Checks::default(),
    );
    server.get("/api/v1/things/").await.assert_status_ok();
}

#[derive(Debug)]
struct Broken;

#[async_trait]
impl Check for Broken {
    async fn check(&self) -> Result<(), String> {
        Err("the disk is on fire".into())
    }
}

#[tokio::test]
async fn readiness_is_red_with_the_reason_while_life_goes_on() {
    let server = server(Router::new(), Checks::default().with("disk", Arc::new(Broken)));
    server.get("/health/live").await.assert_status_ok();
    let ready = server.get("/health/ready").await;
    assert_eq!(ready.status_code(), StatusCode::SERVICE_UNAVAILABLE);
    let body: serde_json::Value = ready.json();
    assert_eq!(body["checks"]["disk"]["reason"], "the disk is on fire");
}

#[tokio::test]
async fn metrics_count_by_matched_path() {
    let server = server(
        Router::new().route("/things/{id}", get(|| async {})),
        Checks::default(),
    );
    server.get("/things/17").await.assert_status_ok();
    let metrics = server.get("/metrics").await.text();
    assert!(
        metrics.contains("/things/{id}") && !metrics.contains("/things/17"),
        "{metrics}"
    );
}
