use std::time::Duration;

use axum_test::TestResponse;
use http::Method;
use photure_domain::audit::{Doer, Trail};
use photure_testkit::TestIds;
use serde_json::{Value, json};

use crate::support::{Auth, CREDENTIAL, PASSWORD, Tokens, assert_problem, auth};

const GRACE: Duration = Duration::from_secs(30 * 86_400);

/// An admin and a member, signed in.
async fn two(auth: &Auth) -> (Tokens, Tokens, String) {
    auth.register("root").await;
    let ada = auth.register("ada").await.json::<Value>();
    let id = ada["id"].as_str().unwrap().to_owned();
    (auth.login("root").await, auth.login("ada").await, id)
}

async fn ask(auth: &Auth, by: &Tokens, method: Method, path: &str, body: Option<Value>) -> TestResponse {
    let request = auth
        .server
        .method(method, &format!("/api/v1/{path}"))
        .authorization_bearer(&by.access);
    match body {
        Some(body) => request.json(&body).await,
        None => request.await,
    }
}

async fn delete(auth: &Auth, by: &Tokens, path: &str, password: Option<&str>) -> TestResponse {
    let body = password.map(|password| json!({"password": password}));
    ask(auth, by, Method::DELETE, path, body).await
}

async fn login(auth: &Auth, name: &str) -> TestResponse {
    let body = json!({"username": name, "password": PASSWORD});
    auth.post("auth/login").json(&body).await
}

/// What auth does by itself, now.
async fn close_due(auth: &Auth) {
    let trail = Trail::begin(&*auth.clock, &TestIds::default(), Doer::Photure);
    auth.stores.closings.close_due(10, trail).await.unwrap();
}

async fn service_token(auth: &Auth) -> String {
    let body = json!({
        "service": "media", "credential": CREDENTIAL, "audience": "auth", "scope": "accounts:empty",
    });
    let answer = auth.server.post("/internal/service-token").json(&body).await;
    answer.json::<Value>()["access"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_owner_deletes_their_account_with_the_password_and_may_think_again() {
    let auth = auth().await;
    let (_, ada, id) = two(&auth).await;
    for (password, path) in [
        (None, "users/me"),
        (Some("not the password"), "users/me"),
        (None, &*format!("users/{id}")),
    ] {
        let refused = delete(&auth, &ada, path, password).await;
        let problem = assert_problem(&refused, 422, "invalid_fields");
        assert_eq!(problem["errors"][0]["path"], "password");
        assert_eq!(problem["errors"][0]["code"], "wrong_password");
    }
    assert_eq!(
        auth.me(&ada.access).await.json::<Value>()["closes_at"],
        Value::Null
    );

    let asked = delete(&auth, &ada, "users/me", Some(PASSWORD)).await;
    assert_eq!(asked.status_code(), 202, "{}", asked.text());
    let at = asked.json::<Value>()["closes_at"].clone();
    use photure_domain::Clock;
    assert_eq!(at, auth.clock.now().plus(GRACE).to_string());
    let me = auth.me(&ada.access).await.json::<Value>();
    assert_eq!(me["closes_at"], at, "and they are still signed in");
    login(&auth, "ada").await.assert_status_ok();

    let kept = ask(&auth, &ada, Method::POST, "users/me/restore", None).await;
    assert_eq!(kept.json::<Value>()["closes_at"], Value::Null);
    auth.clock.advance(GRACE + Duration::from_secs(1));
    close_due(&auth).await;
    login(&auth, "ada").await.assert_status_ok();
}

#[tokio::test]
async fn an_administrator_deletes_an_account_and_its_owner_is_out() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let path = format!("users/{id}");
    assert_problem(
        &delete(&auth, &root, "users/me", Some(PASSWORD)).await,
        409,
        "last_admin",
    );
    let root_id = auth.me(&root.access).await.json::<Value>()["id"].clone();
    let others = format!("users/{}", root_id.as_str().unwrap());
    for method in [Method::DELETE, Method::GET] {
        let refused = ask(&auth, &ada, method, &others, None).await;
        assert_problem(&refused, 404, "not_found");
    }
    let asked = delete(&auth, &root, &path, None).await;
    assert_eq!(asked.status_code(), 202);
    assert_eq!(asked.json::<Value>()["disabled"], true);
    assert_problem(&auth.me(&ada.access).await, 401, "session_ended");
    assert_problem(&login(&auth, "ada").await, 403, "account_disabled");

    let restore = format!("{path}/restore");
    let kept = ask(&auth, &root, Method::POST, &restore, None)
        .await
        .json::<Value>();
    assert_eq!(
        (&kept["disabled"], &kept["closes_at"]),
        (&json!(false), &Value::Null)
    );
    login(&auth, "ada").await.assert_status_ok();
}

#[tokio::test]
async fn a_closed_account_is_emptied_and_then_forgotten() {
    let auth = auth().await;
    let (_, ada, id) = two(&auth).await;
    let path = format!("users/{id}");
    delete(&auth, &ada, "users/me", Some(PASSWORD)).await;
    auth.clock.advance(GRACE);
    close_due(&auth).await;
    let (root, token) = (auth.login("root").await, service_token(&auth).await);
    assert_problem(&login(&auth, "ada").await, 403, "account_disabled");
    let restore = format!("{path}/restore");
    let late = ask(&auth, &root, Method::POST, &restore, None).await;
    assert_problem(&late, 409, "account_closed");

    let closed = async |token: &str| {
        let request = auth.server.get("/internal/closed-accounts");
        request.authorization_bearer(token).await
    };
    assert_problem(&closed(&root.access).await, 403, "forbidden");
    let empty = closed(&token).await.json::<Value>();
    assert_eq!(empty["items"], json!([]), "not before it is known everywhere");
    auth.clock.advance(Duration::from_secs(61));
    let listed = closed(&token).await.json::<Value>();
    assert_eq!(listed["items"][0]["user_id"], id.as_str());
    let access = Tokens {
        access: listed["items"][0]["access"].as_str().unwrap().into(),
        refresh: String::new(),
    };
    let claims = access.claims();
    assert_eq!(claims["sub"], format!("service:media:{id}"));
    assert_eq!(
        (&claims["aud"], &claims["scope"]),
        (&json!("gallery"), &json!("accounts:empty"))
    );

    let forget = async |token: &str| {
        let path = format!("/internal/closed-accounts/{id}/forget");
        auth.server.post(&path).authorization_bearer(token).await
    };
    assert_problem(&forget(&root.access).await, 403, "forbidden");
    assert_problem(&forget(&access.access).await, 401, "token_invalid");
    for forgotten in [true, false] {
        assert_eq!(
            forget(&token).await.json::<Value>(),
            json!({"forgotten": forgotten})
        );
    }
    let gone = ask(&auth, &root, Method::GET, &path, None).await;
    assert_problem(&gone, 404, "not_found");
    assert_problem(&login(&auth, "ada").await, 401, "invalid_credentials");
    assert_eq!(auth.register("ada").await.status_code(), 201, "the name is free");
}

#[tokio::test]
async fn people_change_their_name_and_administrators_everybodys_address() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let patch =
        async |by: &Tokens, path: &str, body: Value| ask(&auth, by, Method::PATCH, path, Some(body)).await;
    let renamed = patch(&ada, "users/me", json!({"username": "Ada L"})).await;
    assert_problem(&renamed, 422, "invalid_fields");
    let renamed = patch(&ada, "users/me", json!({"username": "lovelace"})).await;
    assert_eq!(renamed.json::<Value>()["username"], "lovelace");
    login(&auth, "lovelace").await.assert_status_ok();
    assert_problem(&login(&auth, "ada").await, 401, "invalid_credentials");
    assert_problem(
        &patch(&ada, "users/me", json!({"username": "ROOT"})).await,
        409,
        "username_taken",
    );

    let path = format!("users/{id}");
    let whole = |email| Some(json!({"username": "countess", "email": email}));
    let own = ask(&auth, &ada, Method::PUT, &path, whole("l@example.org")).await;
    let problem = assert_problem(&own, 422, "invalid_fields");
    assert_eq!(problem["errors"][0]["code"], "password_needed");
    let same = ask(&auth, &ada, Method::PUT, &path, whole("ada@example.org")).await;
    assert_eq!(same.json::<Value>()["username"], "countess");
    let changed = ask(&auth, &root, Method::PUT, &path, whole("l@example.org")).await;
    let changed = changed.json::<Value>();
    assert_eq!(
        (&changed["email"], &changed["email_confirmed"]),
        (&json!("l@example.org"), &json!(false))
    );
    let nothing = patch(&root, &path, json!({})).await;
    assert_eq!(nothing.json::<Value>(), changed);
}
