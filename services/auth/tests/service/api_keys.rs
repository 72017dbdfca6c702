use std::time::Duration;

use axum_test::{TestRequest, TestResponse};
use http::Method;
use photure_domain::api_key::ApiKeySecret;
use serde_json::{Value, json};

use crate::support::{Auth, Tokens, assert_problem, auth};

fn ask(auth: &Auth, method: Method, path: &str, tokens: &Tokens) -> TestRequest {
    auth.server
        .method(method, &format!("/api/v1/auth/api-keys{path}"))
        .authorization_bearer(&tokens.access)
}

async fn create(auth: &Auth, tokens: &Tokens, wanted: &Value) -> TestResponse {
    ask(auth, Method::POST, "", tokens).json(wanted).await
}

async fn key(auth: &Auth, tokens: &Tokens, scopes: &[&str]) -> Value {
    let made = create(auth, tokens, &json!({"name": "cron", "scopes": scopes})).await;
    assert_eq!(made.status_code(), 201, "{}", made.text());
    made.json()
}

fn secret(key: &Value) -> &str {
    key["key"].as_str().unwrap()
}

async fn exchange(auth: &Auth, key: &str) -> TestResponse {
    auth.server
        .post("/internal/key-token")
        .json(&json!({"key": key}))
        .await
}

async fn claims(auth: &Auth, key: &str) -> Value {
    let answer = exchange(auth, key).await;
    answer.assert_status_ok();
    let access = answer.json::<Value>()["access"].as_str().unwrap().to_owned();
    Tokens {
        access,
        refresh: String::new(),
    }
    .claims()
}

#[tokio::test]
async fn a_key_is_told_once_and_stands_for_its_owner() {
    let auth = auth().await;
    let ada: Value = auth.register("ada").await.json();
    let tokens = auth.login("ada").await;
    let made = key(&auth, &tokens, &["photos:write", "photos:read", "photos:read"]).await;
    assert!(ApiKeySecret::parse(secret(&made)).is_some());
    assert_eq!(made["scopes"], json!(["photos:read", "photos:write"]));
    let list: Value = ask(&auth, Method::GET, "", &tokens).await.json();
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().remove("key");
    assert_eq!(list, json!({"items": [shown]}), "without the key itself");

    let claims = claims(&auth, secret(&made)).await;
    assert_eq!(
        (&claims["sub"], &claims["aud"], &claims["scope"], &claims["key"]),
        (
            &ada["id"],
            &json!("photure"),
            &json!("photos:read photos:write"),
            &made["id"]
        )
    );
    assert!(claims.get("sid").is_none());
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        60
    );
    for header in ["authorization", "x-api-key"] {
        let value = match header {
            "authorization" => format!("bearer {}", secret(&made)),
            _ => secret(&made).to_owned(),
        };
        let me = auth
            .server
            .get("/api/v1/users/me")
            .add_header(header, &value)
            .await;
        assert_eq!(me.json::<Value>()["id"], ada["id"]);
        let verdict = auth
            .server
            .get("/api/v1/auth/verify-token")
            .add_header(header, &value)
            .await;
        assert_eq!(verdict.json::<Value>()["user_id"], ada["id"]);
    }
    let list: Value = ask(&auth, Method::GET, "", &tokens).await.json();
    assert_eq!(list["items"][0]["last_used_at"], "2025-06-15T15:06:40.000Z");
}

#[tokio::test]
async fn a_key_makes_no_other_and_ends_no_session() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let all = [
        "photos:read",
        "photos:write",
        "albums:write",
        "shares:manage",
        "admin",
    ];
    let made = key(&auth, &tokens, &all).await;
    let program = Tokens {
        access: secret(&made).into(),
        refresh: String::new(),
    };
    for (method, path) in [
        (Method::GET, "api-keys".to_owned()),
        (Method::POST, "api-keys".to_owned()),
        (
            Method::DELETE,
            format!("api-keys/{}", made["id"].as_str().unwrap()),
        ),
        (Method::GET, "sessions".to_owned()),
        (Method::DELETE, "sessions".to_owned()),
    ] {
        let answer = auth
            .server
            .method(method.clone(), &format!("/api/v1/auth/{path}"))
            .authorization_bearer(&program.access)
            .json(&json!({"name": "x", "scopes": ["photos:read"]}))
            .await;
        assert_problem(&answer, 403, "forbidden");
    }
    auth.me(&tokens.access).await.assert_status_ok();
}

#[tokio::test]
async fn a_key_gives_no_more_than_its_owner_has() {
    let auth = auth().await;
    auth.register("ada").await;
    auth.register("bob").await;
    let bob = auth.login("bob").await;
    let refused = create(
        &auth,
        &bob,
        &json!({"name": "x", "scopes": ["photos:read", "admin"]}),
    )
    .await;
    let problem = assert_problem(&refused, 422, "invalid_fields");
    assert_eq!(problem["errors"][0]["path"], "scopes[1]");
    for wrong in [
        json!({"name": "x", "scopes": []}),
        json!({"name": "x", "scopes": ["photos:register"]}),
        json!({"name": "x", "scopes": ["catalogue:read"]}),
        json!({"name": "x", "scopes": ["*"]}),
        json!({"name": " ", "scopes": ["photos:read"]}),
        json!({"name": "x".repeat(101), "scopes": ["photos:read"]}),
        json!({"name": "two\nlines", "scopes": ["photos:read"]}),
        json!({"name": "x", "scopes": ["photos:read"], "expires_at": "2025-06-15T15:06:40.000Z"}),
        json!({"name": "x", "scopes": ["photos:read"], "admin": true}),
    ] {
        assert_problem(&create(&auth, &bob, &wrong).await, 422, "invalid_fields");
    }
    let list: Value = ask(&auth, Method::GET, "", &bob).await.json();
    assert_eq!(list, json!({"items": []}));
}

#[tokio::test]
async fn a_key_that_was_deleted_or_has_run_out_is_none() {
    let auth = auth().await;
    auth.register("ada").await;
    auth.register("bob").await;
    let (tokens, bob) = (auth.login("ada").await, auth.login("bob").await);
    let wanted = json!({"name": "x", "scopes": ["photos:read"], "expires_at": "2025-06-15T15:08:20.000Z"});
    let brief: Value = create(&auth, &tokens, &wanted).await.json();
    let lasting = key(&auth, &tokens, &["photos:read"]).await;
    auth.clock.advance(Duration::from_secs(70));
    let answer: Value = exchange(&auth, secret(&brief)).await.json();
    assert_eq!(answer["expires_in"], 30, "its tokens end with it");
    auth.clock.advance(Duration::from_secs(30));
    assert_problem(&exchange(&auth, secret(&brief)).await, 401, "api_key_invalid");
    exchange(&auth, secret(&lasting)).await.assert_status_ok();

    let path = format!("/{}", lasting["id"].as_str().unwrap());
    assert_problem(&ask(&auth, Method::DELETE, &path, &bob).await, 404, "not_found");
    assert_eq!(
        ask(&auth, Method::DELETE, &path, &tokens).await.status_code(),
        204
    );
    assert_problem(
        &ask(&auth, Method::DELETE, &path, &tokens).await,
        404,
        "not_found",
    );
    assert_problem(&exchange(&auth, secret(&lasting)).await, 401, "api_key_invalid");
    assert_problem(&auth.me(secret(&lasting)).await, 401, "api_key_invalid");
    let verdict = auth.verdict(secret(&lasting)).await;
    assert_eq!(verdict, json!({"valid": false}));
    let invented = ApiKeySecret::new([9; 20]);
    for none in [invented.as_str(), "photure_", "photure_nonsense"] {
        assert_problem(&exchange(&auth, none).await, 401, "api_key_invalid");
        assert_problem(&auth.me(none).await, 401, "api_key_invalid");
    }
}

#[tokio::test]
async fn nobody_has_more_than_a_hundred_keys() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    for _ in 0..100 {
        key(&auth, &tokens, &["photos:read"]).await;
    }
    let wanted = json!({"name": "x", "scopes": ["photos:read"]});
    assert_problem(&create(&auth, &tokens, &wanted).await, 409, "too_many_api_keys");
}
