use std::time::Duration;

use photure_auth::{AuthConfig, Registration};
use serde_json::{Value, json};

use crate::support::{ISSUER, PASSWORD, Tokens, assert_problem, auth, auth_with, config};

#[tokio::test]
async fn an_account_lives_from_registration_to_sign_out() {
    let auth = auth().await;
    let made = auth.register("ada").await;
    assert_eq!(made.status_code(), 201);
    let account: Value = made.json();
    assert_eq!(account["username"], "ada");
    assert_eq!(account["email"], "ada@example.org");
    assert_eq!(account["role"], "admin");
    assert_eq!(account.as_object().unwrap().len(), 4, "{account}");

    let login = auth
        .post("auth/login")
        .json(&json!({"username": "Ada@Example.org", "password": PASSWORD}))
        .await;
    assert_eq!(login.json::<Value>()["expires_in"], 900);
    let first = Tokens::of(&login);
    let me: Value = auth.me(&first.access).await.json();
    assert_eq!(
        (&me["id"], &me["role"], &me["usage"]),
        (&account["id"], &json!("admin"), &Value::Null)
    );

    let second = Tokens::of(&auth.refresh(&first.refresh).await);
    assert_ne!(first.refresh, second.refresh);
    let verdict = auth.verdict(&second.access).await;
    assert_eq!(
        (&verdict["valid"], &verdict["user_id"]),
        (&json!(true), &account["id"])
    );
    assert_eq!(verdict["expires_at"], "2025-06-15T15:21:40.000Z");

    let bye = auth
        .post("auth/logout")
        .authorization_bearer(&second.access)
        .await;
    assert_eq!(bye.status_code(), 204);
    assert_eq!(auth.verdict(&second.access).await, json!({"valid": false}));
    assert_problem(&auth.refresh(&second.refresh).await, 401, "refresh_token_invalid");
}

#[tokio::test]
async fn claims_say_who_where_and_what() {
    let auth = auth().await;
    auth.register("ada").await;
    let made: Value = auth.register("bob").await.json();
    let tokens = auth.login("bob").await;
    let claims = tokens.claims();
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], "photure");
    assert_eq!(claims["sub"], made["id"]);
    assert_eq!(
        claims["scope"],
        "photos:read photos:write albums:write shares:manage"
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    assert!(claims["sid"].is_string());
    assert_eq!(
        auth.login("ada").await.claims()["scope"],
        "photos:read photos:write albums:write shares:manage admin"
    );

    let jwks = auth.server.get("/.well-known/jwks.json").await;
    assert!(jwks.header("cache-control").to_str().unwrap().contains("max-age"));
    let jwks: Value = jwks.json();
    assert_eq!(jwks["keys"][0]["kid"], tokens.header()["kid"]);
    assert_eq!(tokens.header()["alg"], "EdDSA");
    assert!(jwks["keys"][0].get("d").is_none(), "the private half stays here");
}

#[tokio::test]
async fn names_and_addresses_are_taken_without_regard_to_case() {
    let auth = auth().await;
    auth.register("Ada").await;
    let body = json!({"username": "aDA", "email": "other@example.org", "password": PASSWORD});
    let problem = assert_problem(
        &auth.post("auth/register").json(&body).await,
        409,
        "username_taken",
    );
    assert_eq!(problem["errors"][0]["path"], "username");
    let body = json!({"username": "other", "email": "ADA@example.org", "password": PASSWORD});
    let problem = assert_problem(&auth.post("auth/register").json(&body).await, 409, "email_taken");
    assert_eq!(problem["errors"][0]["path"], "email");
}

#[tokio::test]
async fn a_session_that_is_not_used_runs_out_and_one_that_is_goes_on() {
    let auth = auth().await;
    auth.register("ada").await;
    let (used, unused) = (auth.login("ada").await, auth.login("ada").await);
    auth.clock.advance(Duration::from_secs(20 * 86_400));
    let used = Tokens::of(&auth.refresh(&used.refresh).await);
    auth.clock.advance(Duration::from_secs(20 * 86_400));
    Tokens::of(&auth.refresh(&used.refresh).await);
    assert_problem(&auth.refresh(&unused.refresh).await, 401, "refresh_token_invalid");
}

#[tokio::test]
async fn signing_out_with_the_refresh_token_ends_the_session_and_again_does_no_harm() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    for _ in 0..2 {
        let bye = auth
            .post("auth/logout")
            .json(&json!({"refresh": tokens.refresh}))
            .await;
        assert_eq!(bye.status_code(), 204);
    }
    assert_eq!(auth.verdict(&tokens.access).await["valid"], false);
    assert_eq!(
        auth.post("auth/logout").await.status_code(),
        204,
        "nobody was signed in"
    );
}

#[tokio::test]
async fn where_registration_is_closed_only_the_first_account_is_made() {
    let auth = auth_with(AuthConfig {
        registration: Registration::Closed,
        ..config()
    })
    .await;
    assert_eq!(auth.register("ada").await.status_code(), 201);
    assert_problem(&auth.register("bob").await, 403, "registration_closed");
}

#[tokio::test]
async fn a_trailing_slash_is_tolerated_and_health_is_told() {
    let auth = auth().await;
    for path in ["/api/v1/auth/health", "/api/v1/auth/health/"] {
        assert_eq!(
            auth.server.get(path).await.json::<Value>(),
            json!({"status": "ok"})
        );
    }
    let ready: Value = auth.server.get("/health/ready").await.json();
    assert_eq!(ready["checks"]["database"]["status"], "ok");
    assert_eq!(ready["checks"]["signing_keys"]["status"], "ok");
}

#[tokio::test]
async fn the_document_names_every_route_and_no_internal_one() {
    let auth = auth().await;
    let document: Value = auth.server.get("/internal/openapi.json").await.json();
    assert_eq!(document, serde_json::to_value(photure_auth::openapi()).unwrap());
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        paths,
        [
            "/.well-known/jwks.json",
            "/api/v1/admin/audit",
            "/api/v1/admin/audit/export",
            "/api/v1/admin/invitations",
            "/api/v1/admin/invitations/{id}",
            "/api/v1/admin/organizations",
            "/api/v1/admin/users",
            "/api/v1/admin/users/{id}",
            "/api/v1/admin/users/{id}/password",
            "/api/v1/admin/users/{id}/password-link",
            "/api/v1/admin/users/{id}/sessions",
            "/api/v1/auth/api-keys",
            "/api/v1/auth/api-keys/{id}",
            "/api/v1/auth/email",
            "/api/v1/auth/email/confirm",
            "/api/v1/auth/email/confirmation",
            "/api/v1/auth/health",
            "/api/v1/auth/identities",
            "/api/v1/auth/identities/confirm",
            "/api/v1/auth/identities/{id}",
            "/api/v1/auth/login",
            "/api/v1/auth/login/passkey",
            "/api/v1/auth/login/passkey/options",
            "/api/v1/auth/login/second-factor",
            "/api/v1/auth/logout",
            "/api/v1/auth/oidc",
            "/api/v1/auth/oidc/{provider}",
            "/api/v1/auth/oidc/{provider}/callback",
            "/api/v1/auth/options",
            "/api/v1/auth/passkeys",
            "/api/v1/auth/passkeys/options",
            "/api/v1/auth/passkeys/{id}",
            "/api/v1/auth/password",
            "/api/v1/auth/password/forgot",
            "/api/v1/auth/password/reset",
            "/api/v1/auth/register",
            "/api/v1/auth/sessions",
            "/api/v1/auth/sessions/{id}",
            "/api/v1/auth/token/refresh",
            "/api/v1/auth/totp",
            "/api/v1/auth/totp/confirm",
            "/api/v1/auth/totp/disable",
            "/api/v1/auth/totp/recovery-codes",
            "/api/v1/auth/verify-token",
            "/api/v1/organizations",
            "/api/v1/organizations/{id}",
            "/api/v1/organizations/{id}/members",
            "/api/v1/organizations/{id}/members/{user_id}",
            "/api/v1/organizations/{id}/restore",
            "/api/v1/users",
            "/api/v1/users/me",
            "/api/v1/users/me/restore",
            "/api/v1/users/{id}",
            "/api/v1/users/{id}/restore",
        ]
    );
    let problem = &document["paths"]["/api/v1/auth/register"]["post"]["responses"]["409"]["content"];
    assert_eq!(
        problem["application/problem+json"]["schema"]["$ref"],
        "#/components/schemas/Problem"
    );
    assert!(document["components"]["schemas"]["Problem"].is_object());
}
