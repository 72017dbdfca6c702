use axum_test::TestServer;
use photure_auth::AuthConfig;
use serde_json::{Value, json};

use crate::support::{CREDENTIAL, assert_problem, auth, auth_with, config};

fn wanted() -> Value {
    json!({"service": "media", "credential": CREDENTIAL, "audience": "gallery", "scope": "photos:register"})
}

async fn ask(server: &TestServer, body: &Value) -> axum_test::TestResponse {
    server.post("/internal/service-token").json(body).await
}

#[tokio::test]
async fn media_gets_a_token_of_minutes_for_one_thing_at_gallery() {
    let auth = auth().await;
    for scope in ["photos:register", "blobs:sweep", "catalogue:read"] {
        let mut body = wanted();
        body["scope"] = json!(scope);
        let answer: Value = ask(&auth.server, &body).await.json();
        assert_eq!(answer["expires_in"], 300);
        let access = answer["access"].as_str().unwrap();
        let tokens = crate::support::Tokens {
            access: access.into(),
            refresh: String::new(),
        };
        let claims = tokens.claims();
        assert_eq!(
            (&claims["sub"], &claims["aud"], &claims["scope"]),
            (&json!("service:media"), &json!("gallery"), &json!(scope))
        );
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            300
        );
        assert!(claims.get("sid").is_none());
        assert_problem(&auth.me(access).await, 401, "token_invalid");
    }
}

#[tokio::test]
async fn everything_else_is_refused() {
    let auth = auth().await;
    for (field, value) in [
        ("credential", "wrong"),
        ("credential", ""),
        ("service", "gallery"),
        ("audience", "auth"),
        ("audience", "photure"),
        ("scope", "admin"),
        ("scope", "photos:register blobs:sweep"),
        ("scope", "photos:read"),
        // Auth itself gives that away, for one account that is closed.
        ("scope", "accounts:empty"),
        ("scope", ""),
    ] {
        let mut body = wanted();
        body[field] = json!(value);
        assert_problem(&ask(&auth.server, &body).await, 403, "forbidden");
    }
}

#[tokio::test]
async fn without_a_credential_of_its_own_auth_lets_no_service_in() {
    let auth = auth_with(AuthConfig {
        service_credential: None,
        ..config()
    })
    .await;
    assert_problem(&ask(&auth.server, &wanted()).await, 403, "forbidden");
    let mut empty = wanted();
    empty["credential"] = json!("");
    assert_problem(&ask(&auth.server, &empty).await, 403, "forbidden");
}
