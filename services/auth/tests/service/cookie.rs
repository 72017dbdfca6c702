use axum_test::TestResponse;
use serde_json::json;

use crate::support::{PASSWORD, Tokens, assert_problem, auth};

fn set_cookie(response: &TestResponse) -> String {
    response.header("set-cookie").to_str().unwrap().to_owned()
}

fn cookie_of(response: &TestResponse) -> String {
    set_cookie(response).split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_lives_on_its_cookie() {
    let auth = auth().await;
    auth.register("ada").await;
    let login = auth
        .post("auth/login")
        .json(&json!({"username": "ada", "password": PASSWORD}))
        .await;
    assert_eq!(
        set_cookie(&login),
        format!(
            "photure_refresh={}; HttpOnly; SameSite=Strict; Secure; Path=/api/v1/auth; Max-Age=2592000",
            Tokens::of(&login).refresh
        )
    );
    let page = |path: &str, cookie: &str| {
        auth.post(path)
            .add_header("cookie", cookie)
            .add_header("sec-fetch-site", "same-origin")
            .json(&json!({}))
    };
    let renewed = page("auth/token/refresh", &cookie_of(&login)).await;
    let tokens = Tokens::of(&renewed);
    assert_eq!(cookie_of(&renewed), format!("photure_refresh={}", tokens.refresh));

    let bye = page("auth/logout", &cookie_of(&renewed)).await;
    assert_eq!(bye.status_code(), 204);
    assert!(set_cookie(&bye).starts_with("photure_refresh=;") && set_cookie(&bye).contains("Max-Age=0"));
    let ended = page("auth/token/refresh", &cookie_of(&renewed)).await;
    assert_problem(&ended, 401, "refresh_token_invalid");
    assert!(set_cookie(&ended).contains("Max-Age=0"), "it need not come again");
}

#[tokio::test]
async fn another_site_can_neither_renew_nor_end_a_session() {
    let auth = auth().await;
    auth.register("ada").await;
    let login = auth
        .post("auth/login")
        .json(&json!({"username": "ada", "password": PASSWORD}))
        .await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for path in ["auth/token/refresh", "auth/logout"] {
            let forged = auth
                .post(path)
                .add_header("cookie", cookie_of(&login))
                .add_header(name, value)
                .await;
            assert_problem(&forged, 403, "cross_site");
            assert!(forged.maybe_header("set-cookie").is_none());
        }
    }
    let renewed = auth
        .post("auth/token/refresh")
        .add_header("cookie", cookie_of(&login))
        .add_header("origin", "https://photos.example.org")
        .await;
    Tokens::of(&renewed);
}

#[tokio::test]
async fn a_bearer_token_speaks_for_itself_wherever_it_comes_from() {
    let auth = auth().await;
    auth.register("ada").await;
    let login = auth
        .post("auth/login")
        .json(&json!({"username": "ada", "password": PASSWORD}))
        .await;
    let bye = auth
        .post("auth/logout")
        .authorization_bearer(Tokens::of(&login).access)
        .add_header("cookie", cookie_of(&login))
        .add_header("sec-fetch-site", "cross-site")
        .await;
    assert_eq!(bye.status_code(), 204);
    assert_eq!(auth.verdict(&Tokens::of(&login).access).await["valid"], false);
}

#[tokio::test]
async fn a_token_that_has_run_out_does_not_keep_the_cookie_from_signing_out() {
    let auth = auth().await;
    auth.register("ada").await;
    let login = auth
        .post("auth/login")
        .json(&json!({"username": "ada", "password": PASSWORD}))
        .await;
    auth.clock.advance(std::time::Duration::from_secs(901));
    let access = Tokens::of(&login).access;
    assert_problem(
        &auth.post("auth/logout").authorization_bearer(&access).await,
        401,
        "token_expired",
    );
    let bye = auth
        .post("auth/logout")
        .authorization_bearer(&access)
        .add_header("cookie", cookie_of(&login))
        .await;
    assert_eq!(bye.status_code(), 204);
    assert_problem(
        &auth.refresh(&Tokens::of(&login).refresh).await,
        401,
        "refresh_token_invalid",
    );
}
