use std::time::Duration;

use axum_test::{TestRequest, TestResponse, TestServer};
use http::Method;
use photure_common::identity::{KeySource, RemoteKeys};
use photure_common::peer::Peer;
use photure_store::GRACE;
use serde_json::{Value, json};

use crate::support::{Auth, PASSWORD, Tokens, assert_problem, auth, config};

/// From one certain browser at one certain place.
fn from(request: TestRequest, place: u8) -> TestRequest {
    request
        .add_header("user-agent", format!("Browser/{place}"))
        .add_header("x-forwarded-for", format!("203.0.113.{place}"))
}

async fn login_from(auth: &Auth, name: &str, place: u8) -> Tokens {
    let body = json!({"username": name, "password": PASSWORD});
    Tokens::of(&from(auth.post("auth/login"), place).json(&body).await)
}

async fn refresh_from(auth: &Auth, token: &str, place: u8) -> TestResponse {
    let body = json!({"refresh": token});
    from(auth.post("auth/token/refresh"), place).json(&body).await
}

fn ask(auth: &Auth, method: Method, path: &str, tokens: &Tokens) -> TestRequest {
    auth.server
        .method(method, &format!("/api/v1/auth/sessions{path}"))
        .authorization_bearer(&tokens.access)
}

async fn list(auth: &Auth, tokens: &Tokens) -> Vec<Value> {
    let answer = ask(auth, Method::GET, "", tokens).await;
    answer.assert_status_ok();
    answer.json::<Value>()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn whoever_lost_the_answer_gets_the_same_refresh_token_again() {
    let auth = auth().await;
    auth.register("ada").await;
    let first = login_from(&auth, "ada", 1).await;
    let second = Tokens::of(&refresh_from(&auth, &first.refresh, 1).await);
    auth.clock.advance(GRACE);
    let again = Tokens::of(&refresh_from(&auth, &first.refresh, 1).await);
    assert_eq!(again.refresh, second.refresh, "one successor, no fork");
    Tokens::of(&refresh_from(&auth, &again.refresh, 1).await);
}

#[tokio::test]
async fn of_two_renewals_of_one_browser_at_once_both_get_the_same() {
    let auth = auth().await;
    auth.register("ada").await;
    let first = auth.login("ada").await;
    let (one, other) = tokio::join!(auth.refresh(&first.refresh), auth.refresh(&first.refresh));
    assert_eq!(Tokens::of(&one).refresh, Tokens::of(&other).refresh);
    assert!(auth.verdict(&Tokens::of(&one).access).await["valid"] == true);
}

#[tokio::test]
async fn a_used_refresh_token_that_returns_ends_the_session_and_its_owner_is_told() {
    let auth = auth().await;
    auth.register("ada").await;
    let elsewhere = login_from(&auth, "ada", 9).await;
    // Too late; after its successor was used; from elsewhere.
    for how in 0..3 {
        let first = login_from(&auth, "ada", 1).await;
        let mut last = Tokens::of(&refresh_from(&auth, &first.refresh, 1).await);
        match how {
            0 => auth.clock.advance(GRACE + Duration::from_millis(1)),
            1 => last = Tokens::of(&refresh_from(&auth, &last.refresh, 1).await),
            _ => {}
        }
        let thief = refresh_from(&auth, &first.refresh, if how == 2 { 2 } else { 1 }).await;
        assert_problem(&thief, 401, "refresh_token_reused");
        let ended = refresh_from(&auth, &last.refresh, 1).await;
        assert_problem(&ended, 401, "refresh_token_invalid");
        assert_eq!(auth.verdict(&last.access).await["valid"], false);
        assert_problem(&auth.me(&last.access).await, 401, "session_ended");

        let again = login_from(&auth, "ada", 1).await;
        let seen = list(&auth, &again).await;
        let alarms: Vec<_> = seen.iter().filter(|session| session["alarm"] == true).collect();
        assert_eq!(alarms.len(), 1, "{seen:?}");
        assert!(alarms[0]["ended_at"].is_string());
        assert_eq!(alarms[0]["device"], "Browser/1");
        let id = alarms[0]["id"].as_str().unwrap();
        let noted = ask(&auth, Method::DELETE, &format!("/{id}"), &again).await;
        assert_eq!(noted.status_code(), 204);
        assert!(
            list(&auth, &again)
                .await
                .iter()
                .all(|session| session["alarm"] == false)
        );
    }
    Tokens::of(&refresh_from(&auth, &elsewhere.refresh, 9).await);
}

#[tokio::test]
async fn a_person_sees_their_devices_and_ends_them_one_by_one() {
    let auth = auth().await;
    auth.register("ada").await;
    auth.register("bob").await;
    let bobs = login_from(&auth, "bob", 7).await;
    let one = login_from(&auth, "ada", 1).await;
    auth.clock.advance(Duration::from_secs(60));
    let other = login_from(&auth, "ada", 2).await;
    let seen = list(&auth, &other).await;
    let shown: Vec<_> = seen
        .iter()
        .map(|session| (session["device"].as_str().unwrap(), session["current"] == true))
        .collect();
    assert_eq!(shown, [("Browser/2", true), ("Browser/1", false)]);
    assert_eq!(seen[0]["address"], "203.0.113.2");
    assert_eq!(seen[1]["created_at"], "2025-06-15T15:06:40.000Z");

    let path = format!("/{}", seen[1]["id"].as_str().unwrap());
    for method in [Method::GET, Method::DELETE] {
        let refused = ask(&auth, method.clone(), &path, &bobs).await;
        assert_problem(&refused, 404, "not_found");
        let refused = ask(&auth, method, "/nonsense", &bobs).await;
        assert_problem(&refused, 404, "malformed_id");
    }
    let same: Value = ask(&auth, Method::GET, &path, &other).await.json();
    assert_eq!(same, seen[1]);
    auth.me(&one.access).await.assert_status_ok();
    let ended = ask(&auth, Method::DELETE, &path, &other).await;
    assert_eq!(ended.status_code(), 204);
    assert_problem(&auth.me(&one.access).await, 401, "session_ended");
    let refused = refresh_from(&auth, &one.refresh, 1).await;
    assert_problem(&refused, 401, "refresh_token_invalid");
    assert_eq!(list(&auth, &other).await.len(), 1);
}

#[tokio::test]
async fn a_person_signs_out_everywhere_else_and_everywhere() {
    let auth = auth().await;
    auth.register("ada").await;
    auth.register("bob").await;
    let bobs = auth.login("bob").await;
    let all = [
        auth.login("ada").await,
        auth.login("ada").await,
        auth.login("ada").await,
    ];
    let refused = ask(&auth, Method::DELETE, "?others=perhaps", &all[0]).await;
    assert_problem(&refused, 422, "invalid_fields");
    let answer = ask(&auth, Method::DELETE, "?others=true", &all[0]).await;
    assert_eq!(answer.status_code(), 204);
    assert!(answer.maybe_header("set-cookie").is_none());
    auth.me(&all[0].access).await.assert_status_ok();
    for ended in &all[1..] {
        assert_problem(&auth.me(&ended.access).await, 401, "session_ended");
    }
    let answer = ask(&auth, Method::DELETE, "", &all[0]).await;
    assert_eq!(answer.status_code(), 204);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.to_str().unwrap().contains("Max-Age=0"),
        "the cookie goes too"
    );
    assert_problem(&auth.me(&all[0].access).await, 401, "session_ended");
    auth.me(&bobs.access).await.assert_status_ok();
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let auth = auth().await;
    auth.register("ada").await;
    let (here, there) = (auth.login("ada").await, auth.login("ada").await);
    let change = async |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        let request = auth.server.put("/api/v1/auth/password").json(&body);
        request.authorization_bearer(&here.access).await
    };
    for (current, new, path) in [
        ("not it at all", "a new one entirely", "current"),
        (PASSWORD, "short", "new"),
        ("", "a new one entirely", "current"),
    ] {
        let problem = assert_problem(&change(current, new).await, 422, "invalid_fields");
        assert_eq!(problem["errors"][0]["path"], path);
    }
    auth.me(&there.access).await.assert_status_ok();

    let answer = change(PASSWORD, "a new one entirely").await;
    assert_eq!(answer.status_code(), 204, "{}", answer.text());
    auth.me(&here.access).await.assert_status_ok();
    Tokens::of(&auth.refresh(&here.refresh).await);
    assert_problem(&auth.me(&there.access).await, 401, "session_ended");
    assert_problem(&auth.refresh(&there.refresh).await, 401, "refresh_token_invalid");
    let login = async |password: &str| {
        let body = json!({"username": "ada", "password": password});
        auth.post("auth/login").json(&body).await
    };
    assert_problem(&login(PASSWORD).await, 401, "invalid_credentials");
    Tokens::of(&login("a new one entirely").await);
}

#[tokio::test]
async fn what_one_replica_ends_the_others_and_all_services_learn() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let logout = auth.post("auth/logout").authorization_bearer(&tokens.access);
    assert_eq!(logout.await.status_code(), 204);
    // A replica that starts now has it from the database.
    let (_, kit) = crate::support::kit();
    let replica = photure_auth::router(config(), auth.stores.clone(), &kit)
        .await
        .unwrap();
    let refused = TestServer::new(replica.clone())
        .get("/api/v1/users/me")
        .authorization_bearer(&tokens.access)
        .await;
    assert_problem(&refused, 401, "session_ended");

    let keys = RemoteKeys::new(Peer::Local(replica));
    let kid = tokens.header()["kid"].as_str().unwrap().to_owned();
    assert!(keys.key(&kid).await.unwrap().is_some());
    let session = tokens.claims()["sid"].as_str().unwrap().parse().unwrap();
    assert!(keys.has_ended(session));
    let goes_on = auth.login("ada").await.claims()["sid"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(!keys.has_ended(goes_on));
}
