use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use photure_auth::AuthConfig;
use photure_common::config::PublicUrl;
use photure_testkit::Issuer;
use serde_json::{Value, json};

use crate::support::{Auth, assert_problem, auth, config};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signed with auth's own key, whatever it says.
async fn signed(auth: &Auth, header: &Value, claims: &Value) -> String {
    let key = auth.stores.keys.signing_keys().await.unwrap().remove(0);
    let header = Header {
        kid: header["kid"].as_str().map(str::to_owned),
        ..Header::new(Algorithm::EdDSA)
    };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&key.private_der)).unwrap()
}

#[tokio::test]
async fn tokens_that_are_none_of_ours_are_refused() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let (header, claims) = (tokens.header(), tokens.claims());
    let parts: Vec<&str> = tokens.access.split('.').collect();
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let mut none = header.clone();
    none["alg"] = json!("none");
    let mut symmetric = header.clone();
    symmetric["alg"] = json!("HS256");
    let cases = [
        ("nonsense", "nonsense".to_owned()),
        ("empty", String::new()),
        ("alg none", format!("{}.{}.", encoded(&none), parts[1])),
        (
            "alg none, signature kept",
            format!("{}.{}.{}", encoded(&none), parts[1], parts[2]),
        ),
        (
            "HS256",
            format!("{}.{}.{}", encoded(&symmetric), parts[1], parts[2]),
        ),
        (
            "another subject",
            format!("{}.{}.{}", parts[0], encoded(&with("sub", json!("x"))), parts[2]),
        ),
        (
            "a later end",
            format!(
                "{}.{}.{}",
                parts[0],
                encoded(&with("exp", json!(9_999_999_999_u64))),
                parts[2]
            ),
        ),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        (
            "a foreign key under our kid",
            Issuer::default().token_with(&header, &claims),
        ),
        ("a foreign key", Issuer::default().token(&claims)),
        (
            "a foreign issuer",
            signed(&auth, &header, &with("iss", json!("https://elsewhere.example"))).await,
        ),
        (
            "another audience",
            signed(&auth, &header, &with("aud", json!("gallery"))).await,
        ),
        ("no kid", signed(&auth, &json!({}), &claims).await),
        (
            "no user",
            signed(&auth, &header, &with("sub", json!("{\"$gt\":\"\"}"))).await,
        ),
        (
            "no session",
            signed(&auth, &header, &with("sid", json!("none"))).await,
        ),
        (
            "a service for everyone",
            signed(&auth, &header, &with("sub", json!("service:media"))).await,
        ),
    ];
    for (what, token) in cases {
        let refused = assert_problem(&auth.me(&token).await, 401, "token_invalid");
        assert!(!refused["detail"].as_str().unwrap().is_empty(), "{what}");
        assert_eq!(auth.verdict(&token).await, json!({"valid": false}), "{what}");
    }
    assert_problem(&auth.server.get("/api/v1/users/me").await, 401, "unauthenticated");
    let same = signed(&auth, &header, &claims).await;
    auth.me(&same).await.assert_status_ok();
}

#[tokio::test]
async fn a_token_runs_out_at_its_second() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    auth.clock.advance(Duration::from_secs(899));
    auth.me(&tokens.access).await.assert_status_ok();
    auth.clock.advance(Duration::from_secs(1));
    let refused = auth.me(&tokens.access).await;
    assert_problem(&refused, 401, "token_expired");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(auth.verdict(&tokens.access).await, json!({"valid": false}));
}

#[tokio::test]
async fn replicas_sign_with_the_same_key() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let (_, kit) = crate::support::kit();
    let replica = photure_auth::router(config(), auth.stores.clone(), &kit)
        .await
        .unwrap();
    let replica = axum_test::TestServer::new(replica);
    replica
        .get("/api/v1/users/me")
        .authorization_bearer(&tokens.access)
        .await
        .assert_status_ok();

    let elsewhere = AuthConfig {
        public_url: PublicUrl("https://elsewhere.example".parse().unwrap()),
        ..config()
    };
    let elsewhere = photure_auth::router(elsewhere, auth.stores.clone(), &kit)
        .await
        .unwrap();
    let refused = axum_test::TestServer::new(elsewhere)
        .get("/api/v1/users/me")
        .authorization_bearer(&tokens.access)
        .await;
    assert_problem(&refused, 401, "token_invalid");
}
