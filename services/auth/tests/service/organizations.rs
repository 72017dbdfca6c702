use std::time::Duration;

use axum_test::TestResponse;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Auth, Tokens, assert_problem, auth};

async fn ask(auth: &Auth, by: &Tokens, method: Method, path: &str, body: Value) -> TestResponse {
    let request = auth.server.method(method, &format!("/api/v1/{path}"));
    request.authorization_bearer(&by.access).json(&body).await
}

/// What a service asks in the name of whoever brought a token.
async fn library_token(auth: &Auth, token: &str, library: &str) -> TestResponse {
    let body = json!({"token": token, "library": library});
    auth.server.post("/internal/library-token").json(&body).await
}

fn claims(token: &str) -> Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).unwrap();
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&json.unwrap()).unwrap()
}

/// An admin's organization with a member in it.
async fn family(auth: &Auth) -> (Tokens, Tokens, String) {
    auth.register("root").await;
    auth.register("ada").await;
    let (root, ada) = (auth.login("root").await, auth.login("ada").await);
    let made = ask(
        auth,
        &root,
        Method::POST,
        "organizations",
        json!({"name": "Family"}),
    )
    .await;
    made.assert_status(http::StatusCode::CREATED);
    let id = made.json::<Value>()["id"].as_str().unwrap().to_owned();
    let members = format!("organizations/{id}/members");
    let member = json!({"username": "ada", "role": "member"});
    ask(auth, &root, Method::POST, &members, member)
        .await
        .assert_status(http::StatusCode::CREATED);
    (root, ada, id)
}

#[tokio::test]
async fn a_token_of_a_library_is_short_and_good_for_nothing_else() {
    let auth = auth().await;
    let (root, ada, id) = family(&auth).await;
    let answer = library_token(&auth, &root.access, &id).await;
    answer.assert_status_ok();
    let token = answer.json::<Value>();
    assert_eq!(token["expires_in"], 60);
    let token = token["access"].as_str().unwrap();
    let (said, before) = (claims(token), claims(&root.access));
    assert_eq!((&said["sub"], &said["sid"]), (&before["sub"], &before["sid"]));
    assert_eq!(said["library"], id.as_str());
    assert_eq!(said["library_role"], "owner");
    let scopes = said["scope"].as_str().unwrap();
    assert!(!scopes.contains("admin"), "{scopes}");
    // Neither for another library, nor for the account, nor for those of others.
    assert_problem(&library_token(&auth, token, &id).await, 404, "library_not_found");
    let as_member = Tokens {
        access: token.to_owned(),
        ..root
    };
    for (method, path) in [
        (Method::GET, "users/me"),
        (Method::GET, "organizations"),
        (Method::DELETE, "users/me"),
        (Method::GET, "admin/users"),
        (Method::GET, "auth/sessions"),
    ] {
        let answer = ask(&auth, &as_member, method, path, json!({})).await;
        assert_problem(&answer, 403, "forbidden");
    }
    let of_ada = library_token(&auth, &ada.access, &id).await.json::<Value>();
    let of_ada = claims(of_ada["access"].as_str().unwrap());
    assert_eq!(of_ada["library_role"], "member");
}

#[tokio::test]
async fn a_token_of_a_library_is_for_who_is_in_it_now() {
    let auth = auth().await;
    let (root, ada, id) = family(&auth).await;
    auth.register("eve").await;
    let eve = auth.login("eve").await;
    let nowhere = "00000000-0000-7000-8000-000000000000";
    for (who, library) in [(&eve, id.as_str()), (&ada, nowhere)] {
        let answer = library_token(&auth, &who.access, library).await;
        assert_problem(&answer, 404, "library_not_found");
    }
    for (token, code) in [("nonsense", "token_invalid"), ("", "token_invalid")] {
        assert_problem(&library_token(&auth, token, &id).await, 401, code);
    }
    let own = ask(&auth, &ada, Method::GET, "users/me", json!({})).await;
    let own = own.json::<Value>()["id"].as_str().unwrap().to_owned();
    let out = format!("organizations/{id}/members/{own}");
    ask(&auth, &root, Method::DELETE, &out, json!({}))
        .await
        .assert_status(http::StatusCode::NO_CONTENT);
    let answer = library_token(&auth, &ada.access, &id).await;
    assert_problem(&answer, 404, "library_not_found");
}

#[tokio::test]
async fn a_token_of_a_library_lives_no_longer_than_the_one_it_stands_for() {
    let auth = auth().await;
    let (_, ada, id) = family(&auth).await;
    let ends = claims(&ada.access)["exp"].as_i64().unwrap();
    let begun = claims(&ada.access)["iat"].as_i64().unwrap();
    let almost = Duration::from_secs(u64::try_from(ends - begun - 20).unwrap());
    auth.clock.advance(almost);
    let answer = library_token(&auth, &ada.access, &id).await.json::<Value>();
    assert_eq!(answer["expires_in"], 20);
    auth.clock.advance(Duration::from_secs(20));
    let answer = library_token(&auth, &ada.access, &id).await;
    assert_problem(&answer, 401, "token_expired");
}
