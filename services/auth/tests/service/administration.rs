use axum_test::TestResponse;
use http::Method;
use photure_domain::audit::AuditAction;
use photure_store::AuditFilter;
use serde_json::{Value, json};

use crate::support::{Auth, PASSWORD, Tokens, assert_problem, auth};

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
        .method(method, &format!("/api/v1/admin/{path}"))
        .authorization_bearer(&by.access)
        .add_header("x-forwarded-for", "203.0.113.7")
        .add_header("user-agent", "Browser/1");
    match body {
        Some(body) => request.json(&body).await,
        None => request.await,
    }
}

async fn patch(auth: &Auth, by: &Tokens, id: &str, body: Value) -> TestResponse {
    ask(auth, by, Method::PATCH, &format!("users/{id}"), Some(body)).await
}

async fn login(auth: &Auth, name: &str, password: &str) -> TestResponse {
    let body = json!({"username": name, "password": password});
    auth.post("auth/login").json(&body).await
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_told_so_only_with_its_password() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let key = auth
        .post("auth/api-keys")
        .authorization_bearer(&ada.access)
        .json(&json!({"name": "k", "scopes": ["photos:read"]}))
        .await
        .json::<Value>();
    let exchange = async || {
        auth.server
            .post("/internal/key-token")
            .json(&json!({"key": key["key"]}))
            .await
    };
    exchange().await.assert_status_ok();

    let changed = patch(&auth, &root, &id, json!({"disabled": true})).await;
    changed.assert_status_ok();
    assert_eq!(changed.json::<Value>()["disabled"], true);
    assert_problem(&auth.me(&ada.access).await, 401, "session_ended");
    assert_problem(&auth.refresh(&ada.refresh).await, 401, "refresh_token_invalid");
    assert_problem(&exchange().await, 401, "api_key_invalid");
    assert_problem(&login(&auth, "ada", PASSWORD).await, 403, "account_disabled");
    assert_problem(
        &login(&auth, "ada", "a wrong one").await,
        401,
        "invalid_credentials",
    );

    patch(&auth, &root, &id, json!({"disabled": false}))
        .await
        .assert_status_ok();
    auth.login("ada").await;
    assert_problem(&auth.me(&ada.access).await, 401, "session_ended");
    exchange().await.assert_status_ok();
}

#[tokio::test]
async fn a_role_counts_at_once_where_it_is_lost_and_with_the_next_token_where_it_is_gained() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let list = async |by: &Tokens| ask(&auth, by, Method::GET, "users", None).await;
    assert_problem(&list(&ada).await, 403, "forbidden");
    patch(&auth, &root, &id, json!({"role": "admin"}))
        .await
        .assert_status_ok();
    let ada = Tokens::of(&auth.refresh(&ada.refresh).await);
    list(&ada).await.assert_status_ok();
    patch(&auth, &root, &id, json!({"role": "member"}))
        .await
        .assert_status_ok();
    assert_problem(&list(&ada).await, 401, "session_ended");
    assert_problem(&list(&auth.login("ada").await).await, 403, "forbidden");
}

#[tokio::test]
async fn the_last_admin_stays_and_changes_their_password_with_the_current_one() {
    let auth = auth().await;
    let (root, _, _) = two(&auth).await;
    let me = auth.me(&root.access).await.json::<Value>();
    let me = me["id"].as_str().unwrap();
    for body in [
        json!({"role": "member"}),
        json!({"disabled": true}),
        json!({"role": "member", "disabled": true}),
    ] {
        assert_problem(&patch(&auth, &root, me, body).await, 409, "last_admin");
    }
    auth.me(&root.access).await.assert_status_ok();
    let own = format!("users/{me}/password");
    let answer = ask(&auth, &root, Method::PUT, &own, Some(json!({}))).await;
    assert_problem(&answer, 409, "own_account");
}

#[tokio::test]
async fn an_admin_makes_accounts_and_passwords_for_others() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let new = json!({"username": "bob", "email": "bob@example.org"});
    let made = ask(&auth, &root, Method::POST, "users", Some(new)).await;
    made.assert_status(http::StatusCode::CREATED);
    let made: Value = made.json();
    assert_eq!(
        (&made["role"], &made["signed_in_at"]),
        (&json!("member"), &Value::Null)
    );
    Tokens::of(&login(&auth, "bob", made["password"].as_str().unwrap()).await);
    for (body, code) in [
        (
            json!({"username": "ADA", "email": "x@example.org"}),
            "username_taken",
        ),
        (json!({"username": "x", "email": "x"}), "invalid_fields"),
    ] {
        let refused = ask(&auth, &root, Method::POST, "users", Some(body)).await;
        assert_eq!(refused.json::<Value>()["code"], code);
    }
    let reset = ask(
        &auth,
        &root,
        Method::PUT,
        &format!("users/{id}/password"),
        Some(json!({"password": "given by an admin"})),
    )
    .await;
    assert_eq!(reset.json::<Value>()["password"], Value::Null, "it was given");
    assert_problem(&auth.me(&ada.access).await, 401, "session_ended");
    assert_problem(&login(&auth, "ada", PASSWORD).await, 401, "invalid_credentials");
    let again = Tokens::of(&login(&auth, "ada", "given by an admin").await);
    let ended = ask(
        &auth,
        &root,
        Method::DELETE,
        &format!("users/{id}/sessions"),
        None,
    )
    .await;
    ended.assert_status(http::StatusCode::NO_CONTENT);
    assert_problem(&auth.me(&again.access).await, 401, "session_ended");
    let nobody = "users/01970000-0000-7000-8000-0000ffffffff";
    for (method, path, body) in [
        (Method::GET, nobody.to_owned(), None),
        (Method::PATCH, nobody.to_owned(), Some(json!({"disabled": true}))),
        (Method::PUT, format!("{nobody}/password"), Some(json!({}))),
        (Method::DELETE, format!("{nobody}/sessions"), None),
    ] {
        assert_problem(&ask(&auth, &root, method, &path, body).await, 404, "not_found");
    }
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let auth = auth().await;
    let (root, _, _) = two(&auth).await;
    for n in 0..7 {
        let new = json!({"username": format!("user-{n}"), "email": format!("u{n}@example.org")});
        ask(&auth, &root, Method::POST, "users", Some(new)).await;
    }
    let (mut names, mut query) = (Vec::new(), "users?limit=4".to_owned());
    loop {
        let page: Value = ask(&auth, &root, Method::GET, &query, None).await.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 4);
        names.extend(
            items
                .iter()
                .map(|item| item["username"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("users?limit=4&cursor={cursor}");
    }
    let mut expected = vec!["ada".to_owned(), "root".into()];
    expected.extend((0..7).map(|n| format!("user-{n}")));
    assert_eq!(names, expected);
    for wrong in ["users?cursor=!", "audit?cursor=AAAA"] {
        let answer = ask(&auth, &root, Method::GET, wrong, None).await;
        assert_problem(&answer, 422, "invalid_cursor");
    }
}

#[tokio::test]
async fn what_was_done_is_told_with_who_and_where_and_never_a_secret() {
    let auth = auth().await;
    let (root, ada, id) = two(&auth).await;
    let changed = patch(&auth, &root, &id, json!({"role": "admin"})).await;
    let request_id = changed.header("x-request-id");
    let typed = "hunter2 in the wrong field";
    for name in ["ada", typed] {
        for _ in 0..20 {
            login(&auth, name, "wrong password 123").await;
        }
    }
    auth.post("auth/logout").authorization_bearer(&ada.access).await;
    // Refusals are written down beside the answers.
    let filter = AuditFilter {
        action: Some(AuditAction::SignInRefused),
        ..AuditFilter::default()
    };
    while auth.stores.audit.audit(filter, None, 9).await.unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }

    let entries: Value = ask(&auth, &root, Method::GET, "audit", None).await.json();
    let entries = entries["items"].as_array().unwrap().clone();
    let told =
        |action: &str| -> Vec<&Value> { entries.iter().filter(|entry| entry["action"] == action).collect() };
    let changed = told("account.role_changed")[0];
    assert_eq!(changed["account_id"], *id);
    assert_eq!(changed["detail"], "admin");
    assert_eq!(changed["address"], "203.0.113.7");
    assert_eq!(changed["device"], "Browser/1");
    assert_eq!(changed["request_id"], request_id.to_str().unwrap());
    assert_eq!(changed["actor"]["kind"], "person");
    let refused = told("session.refused");
    assert_eq!(
        refused.len(),
        2,
        "forty guesses are no forty entries: {refused:?}"
    );
    assert!(refused.iter().any(|entry| entry["account_id"] == *id));
    assert!(refused.iter().any(|entry| entry["account_id"].is_null()));
    assert_eq!(told("session.ended")[0]["actor"]["user_id"], *id);
    assert_eq!(told("account.created").len(), 2);

    let path = format!("audit?account={id}&action=session.opened");
    let mine: Value = ask(&auth, &root, Method::GET, &path, None).await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    let wrong = ask(&auth, &root, Method::GET, "audit?action=nothing", None).await;
    assert_problem(&wrong, 422, "invalid_fields");

    let export = ask(&auth, &root, Method::GET, "audit/export", None).await;
    assert_eq!(export.header("content-type"), "application/jsonl");
    let text = export.text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, entries);
    for secret in [
        PASSWORD,
        typed,
        "wrong password",
        &ada.access,
        &ada.refresh,
        "argon2",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_export_is_whole_however_long() {
    let auth = auth().await;
    let (root, ada, _) = two(&auth).await;
    for _ in 0..1203 {
        let entry = photure_testkit::trail().did(AuditAction::SignedOut);
        auth.stores.audit.record(entry).await.unwrap();
    }
    let export = ask(
        &auth,
        &root,
        Method::GET,
        "audit/export?action=session.ended",
        None,
    )
    .await;
    assert_eq!(export.text().lines().count(), 1203);
    let refused = ask(&auth, &ada, Method::GET, "audit/export", None).await;
    assert_problem(&refused, 403, "forbidden");
}
