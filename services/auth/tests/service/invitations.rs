use std::time::Duration;

use axum_test::TestResponse;
use photure_auth::{AuthConfig, MailConfig, Registration};
use serde_json::{Value, json};

use crate::post_office::PostOffice;
use crate::support::{Auth, PASSWORD, assert_problem, auth_with, config};

/// An auth with an admin, and the token that lets them invite.
async fn by(registration: Registration, mail: Option<MailConfig>) -> (Auth, String) {
    let config = AuthConfig {
        registration,
        mail,
        ..config()
    };
    let auth = auth_with(config).await;
    assert_eq!(
        auth.register("root").await.status_code(),
        201,
        "the first one always"
    );
    let admin = auth.login("root").await.access;
    (auth, admin)
}

async fn invite(auth: &Auth, admin: &str, body: Value) -> Value {
    let request = auth.post("admin/invitations").authorization_bearer(admin);
    let answer = request.json(&body).await;
    assert_eq!(answer.status_code(), 201, "{}", answer.text());
    answer.json()
}

fn token(invited: &Value) -> &str {
    let link = invited["link"].as_str().unwrap();
    link.strip_prefix("https://photos.example.org/register#").unwrap()
}

async fn accept(auth: &Auth, name: &str, token: &str) -> TestResponse {
    let email = format!("{name}@example.org");
    let body = json!({"username": name, "email": email, "password": PASSWORD, "invitation": token});
    auth.post("auth/register").json(&body).await
}

async fn open(auth: &Auth, admin: &str) -> Vec<Value> {
    let request = auth.server.get("/api/v1/admin/invitations");
    let list: Value = request.authorization_bearer(admin).await.json();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_invitation_makes_one_account_where_nobody_else_may() {
    let (auth, admin) = by(Registration::Invitation, None).await;
    let options: Value = auth.server.get("/api/v1/auth/options").await.json();
    assert_eq!(options["registration"], "invitation");
    assert_problem(&auth.register("ada").await, 403, "invitation_required");
    let invited = invite(&auth, &admin, json!({})).await;
    assert_eq!(
        (&invited["mailed"], &invited["email"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(invited["expires_at"], "2025-06-22T15:06:40.000Z");
    assert_eq!(open(&auth, &admin).await.len(), 1);

    let short = json!({"username": "ada", "email": "ada@example.org", "password": "short", "invitation": token(&invited)});
    assert_problem(
        &auth.post("auth/register").json(&short).await,
        422,
        "invalid_fields",
    );
    assert_problem(
        &accept(&auth, "root", token(&invited)).await,
        409,
        "username_taken",
    );
    let made = accept(&auth, "ada", token(&invited)).await;
    assert_eq!(made.status_code(), 201, "{}", made.text());
    assert_eq!(made.json::<Value>()["role"], "member");
    assert_problem(
        &accept(&auth, "bob", token(&invited)).await,
        403,
        "invitation_invalid",
    );
    assert_eq!(open(&auth, &admin).await, Vec::<Value>::new());
    for nonsense in ["", "nonsense", &"x".repeat(10_000)] {
        assert_problem(&accept(&auth, "bob", nonsense).await, 403, "invitation_invalid");
    }
    let member = auth.login("ada").await.access;
    let refused = auth.post("admin/invitations").authorization_bearer(&member);
    assert_problem(&refused.json(&json!({})).await, 403, "forbidden");
}

#[tokio::test]
async fn an_invitation_runs_out_and_is_withdrawn() {
    let (auth, admin) = by(Registration::Invitation, None).await;
    let brief = invite(&auth, &admin, json!({"days": 1})).await;
    let withdrawn = invite(&auth, &admin, json!({"days": 60})).await;
    let path = format!("/api/v1/admin/invitations/{}", withdrawn["id"].as_str().unwrap());
    let withdraw = || auth.server.delete(&path).authorization_bearer(&admin);
    assert_eq!(withdraw().await.status_code(), 204);
    assert_problem(&withdraw().await, 404, "not_found");
    assert_problem(
        &accept(&auth, "ada", token(&withdrawn)).await,
        403,
        "invitation_invalid",
    );
    auth.clock.advance(Duration::from_secs(86_400));
    assert_problem(
        &accept(&auth, "ada", token(&brief)).await,
        403,
        "invitation_invalid",
    );
    let admin = auth.login("root").await.access;
    assert_eq!(open(&auth, &admin).await, Vec::<Value>::new());
    for (wrong, path) in [
        (json!({"days": 0}), "days"),
        (json!({"days": 61}), "days"),
        (json!({"email": "nowhere"}), "email"),
    ] {
        let refused = auth.post("admin/invitations").authorization_bearer(&admin);
        let problem = assert_problem(&refused.json(&wrong).await, 422, "invalid_fields");
        assert_eq!(problem["errors"][0]["path"], path);
    }
}

#[tokio::test]
async fn whoever_is_invited_by_mail_has_confirmed_the_address() {
    let office = PostOffice::open().await;
    let mail = MailConfig::new(&office.url, "photos@example.org");
    let (auth, admin) = by(Registration::Open, mail).await;
    office.letter(1).await;
    let invited = invite(&auth, &admin, json!({"email": "ada@example.org", "days": 3})).await;
    assert_eq!(
        (&invited["mailed"], &invited["email"]),
        (&json!(true), &json!("ada@example.org"))
    );
    let letter = office.letter(2).await;
    assert_eq!(
        (letter.to.as_str(), letter.token("register").as_str()),
        ("ada@example.org", token(&invited))
    );
    assert!(letter.text().contains("root invites you"), "{}", letter.text());
    assert_eq!(accept(&auth, "ada", token(&invited)).await.status_code(), 201);
    let access = auth.login("ada").await.access;
    let me: Value = auth.me(&access).await.json();
    assert_eq!(me["email_confirmed"], true);

    let other = invite(&auth, &admin, json!({"email": "someone@example.org"})).await;
    office.letter(3).await;
    assert_eq!(accept(&auth, "bob", token(&other)).await.status_code(), 201);
    assert_eq!(
        office.letter(4).await.to,
        "bob@example.org",
        "another address is asked"
    );
    let access = auth.login("bob").await.access;
    let me: Value = auth.me(&access).await.json();
    assert_eq!(me["email_confirmed"], false);
}

#[tokio::test]
async fn where_registration_is_closed_no_invitation_counts() {
    let (auth, admin) = by(Registration::Closed, None).await;
    let invited = invite(&auth, &admin, json!({})).await;
    assert_problem(
        &accept(&auth, "ada", token(&invited)).await,
        403,
        "registration_closed",
    );
}
