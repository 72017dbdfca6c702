use std::time::Duration;

use http::StatusCode;
use photure_auth::{AuthConfig, MailConfig};
use serde_json::{Value, json};

use crate::post_office::PostOffice;
use crate::support::{Auth, PASSWORD, Tokens, assert_problem, auth, auth_with, config};

const NEW: &str = "another long password";
const RESET: &str = "reset-password";
const CONFIRM: &str = "confirm-email";

async fn with_mail() -> (Auth, PostOffice) {
    let office = PostOffice::open().await;
    let mail = MailConfig::new(&office.url, "Photure <photos@example.org>").unwrap();
    let config = AuthConfig {
        mail: Some(mail),
        ..config()
    };
    (auth_with(config).await, office)
}

async fn forgot(auth: &Auth, login: &str) {
    let asked = auth
        .post("auth/password/forgot")
        .json(&json!({"username": login}));
    let answer = asked.await;
    assert_eq!(answer.status_code(), StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(answer.text(), "", "the same for everyone");
}

async fn reset(auth: &Auth, token: &str, password: &str) -> axum_test::TestResponse {
    let body = json!({"token": token, "password": password});
    auth.post("auth/password/reset").json(&body).await
}

async fn login(auth: &Auth, name: &str, password: &str) -> axum_test::TestResponse {
    let body = json!({"username": name, "password": password});
    auth.post("auth/login").json(&body).await
}

async fn email(auth: &Auth, access: &str) -> Value {
    let request = auth.server.get("/api/v1/auth/email").authorization_bearer(access);
    request.await.json()
}

async fn change(auth: &Auth, access: &str, to: &str, password: &str) -> axum_test::TestResponse {
    let body = json!({"email": to, "password": password});
    let request = auth.server.put("/api/v1/auth/email").authorization_bearer(access);
    request.json(&body).await
}

async fn confirm(auth: &Auth, token: &str) -> axum_test::TestResponse {
    auth.post("auth/email/confirm")
        .json(&json!({"token": token}))
        .await
}

async fn actions(auth: &Auth, admin: &str) -> Vec<String> {
    let request = auth.server.get("/api/v1/admin/audit").authorization_bearer(admin);
    let page: Value = request.await.json();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_once_and_everybody_is_out() {
    let (auth, office) = with_mail().await;
    auth.register("root").await;
    auth.register("ada").await;
    office.letter(2).await;
    let before = auth.login("ada").await;
    forgot(&auth, "ADA@example.org").await;
    let letter = office.letter(3).await;
    assert_eq!(letter.to, "ada@example.org");
    assert!(
        letter
            .text()
            .contains("Subject: A new password for photos.example.org"),
        "{}",
        letter.text()
    );
    let token = letter.token(RESET);
    assert_eq!(token.len(), 43, "256 bits");

    let short = reset(&auth, &token, "short").await;
    assert_problem(&short, 422, "invalid_fields");
    assert_eq!(reset(&auth, &token, NEW).await.status_code(), 204);
    assert_eq!(auth.verdict(&before.access).await["valid"], false);
    assert_problem(&auth.refresh(&before.refresh).await, 401, "refresh_token_invalid");
    assert_problem(&login(&auth, "ada", PASSWORD).await, 401, "invalid_credentials");
    let now = Tokens::of(&login(&auth, "ada", NEW).await);
    assert_problem(
        &reset(&auth, &token, "a third password").await,
        404,
        "link_invalid",
    );
    let told = office.letter(4).await;
    assert!(
        told.text().contains("has another password now"),
        "{}",
        told.text()
    );
    assert_eq!(
        email(&auth, &now.access).await["confirmed"],
        true,
        "they read what is sent there"
    );

    let admin = auth.login("root").await.access;
    let actions = actions(&auth, &admin).await;
    for action in ["password.link_made", "password.reset_by_link", "email.confirmed"] {
        assert!(
            actions.iter().any(|each| each == action),
            "{action} in {actions:?}"
        );
    }
}

#[tokio::test]
async fn nobody_learns_who_has_an_account_and_nothing_is_sent_to_strangers() {
    let (auth, office) = with_mail().await;
    auth.register("root").await;
    auth.register("ada").await;
    office.letter(2).await;
    let admin = auth.login("root").await.access;
    let users: Value = auth
        .server
        .get("/api/v1/admin/users")
        .authorization_bearer(&admin)
        .await
        .json();
    let ada = users["items"][0]["id"].as_str().unwrap();
    let disabled = auth
        .server
        .patch(&format!("/api/v1/admin/users/{ada}"))
        .authorization_bearer(&admin)
        .json(&json!({"disabled": true}));
    assert_eq!(disabled.await.status_code(), 200);
    for login in ["nobody", "nobody@example.org", "", "ada", "{\"$gt\":\"\"}", "\0"] {
        forgot(&auth, login).await;
    }
    forgot(&auth, "root").await;
    assert_eq!(office.letter(3).await.to, "root@example.org");
    assert_eq!(office.received().len(), 3);
}

#[tokio::test]
async fn links_run_out_and_end_with_the_password() {
    let (auth, office) = with_mail().await;
    auth.register("ada").await;
    office.letter(1).await;
    forgot(&auth, "ada").await;
    let first = office.letter(2).await.token(RESET);
    auth.clock.advance(Duration::from_secs(3600));
    assert_problem(&reset(&auth, &first, NEW).await, 404, "link_invalid");
    forgot(&auth, "ada").await;
    let second = office.letter(3).await.token(RESET);
    let session = auth.login("ada").await;
    let body = json!({"current": PASSWORD, "new": NEW});
    let changed = auth
        .server
        .put("/api/v1/auth/password")
        .authorization_bearer(&session.access)
        .json(&body);
    assert_eq!(changed.await.status_code(), 204);
    assert!(office.letter(4).await.text().contains("has another password now"));
    assert_problem(
        &reset(&auth, &second, "a third password").await,
        404,
        "link_invalid",
    );
    for nonsense in ["", "nonsense", &"x".repeat(10_000)] {
        assert_problem(&reset(&auth, nonsense, NEW).await, 404, "link_invalid");
        assert_problem(&confirm(&auth, nonsense).await, 404, "link_invalid");
    }
}

#[tokio::test]
async fn nobodys_mailbox_is_filled() {
    let (auth, office) = with_mail().await;
    auth.register("ada").await;
    office.letter(1).await;
    for _ in 0..5 {
        forgot(&auth, "ada").await;
    }
    office.letter(6).await;
    for _ in 0..20 {
        forgot(&auth, "ada").await;
    }
    auth.clock.advance(Duration::from_secs(31));
    forgot(&auth, "ada").await;
    office.letter(7).await;
    assert_eq!(office.received().len(), 7, "the twenty are not sent later either");

    let access = auth.login("ada").await.access;
    let again = || auth.post("auth/email/confirmation").authorization_bearer(&access);
    for _ in 0..5 {
        assert_eq!(again().await.status_code(), 202);
    }
    let refused = again().await;
    assert_problem(&refused, 429, "too_many_letters");
    assert_eq!(refused.header("retry-after"), "31");
}

#[tokio::test]
async fn a_letter_is_sent_again_while_the_server_is_busy_and_not_when_it_refuses_for_good() {
    let (auth, office) = with_mail().await;
    office.refuse("451 try again later");
    auth.register("ada").await;
    assert_eq!(office.letter(1).await.to, "ada@example.org");
    assert_eq!(office.refusals_left(), 0);
    office.refuse("550 <ada@example.org> is unknown here");
    forgot(&auth, "ada").await;
    let refused = async {
        while office.refusals_left() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), refused)
        .await
        .unwrap();
    forgot(&auth, "ada").await;
    office.letter(2).await.token(RESET);
}

#[tokio::test]
async fn a_new_account_confirms_its_address() {
    let (auth, office) = with_mail().await;
    auth.register("ada").await;
    let letter = office.letter(1).await;
    assert_eq!(letter.to, "ada@example.org");
    let access = auth.login("ada").await.access;
    let me: Value = auth.me(&access).await.json();
    assert_eq!(me["email_confirmed"], false);
    let again = auth
        .post("auth/email/confirmation")
        .authorization_bearer(&access)
        .await;
    assert_eq!(again.status_code(), 202);
    let another = office.letter(2).await.token(CONFIRM);
    let confirmed = confirm(&auth, &letter.token(CONFIRM)).await;
    assert_eq!(confirmed.json::<Value>(), json!({"email": "ada@example.org"}));
    let me: Value = auth.me(&access).await.json();
    assert_eq!(me["email_confirmed"], true);
    assert_problem(&confirm(&auth, &another).await, 404, "link_invalid");
    let again = auth
        .post("auth/email/confirmation")
        .authorization_bearer(&access)
        .await;
    assert_problem(&again, 409, "email_confirmed");
    assert_problem(&reset(&auth, &another, NEW).await, 404, "link_invalid");
}

#[tokio::test]
async fn another_address_wants_the_password_and_counts_when_it_confirms() {
    let (auth, office) = with_mail().await;
    auth.register("ada").await;
    auth.register("bob").await;
    office.letter(2).await;
    let access = auth.login("ada").await.access;
    let wrong = change(&auth, &access, "new@example.org", "not the password").await;
    assert_eq!(
        assert_problem(&wrong, 422, "invalid_fields")["errors"][0]["code"],
        "wrong_password"
    );
    let nowhere = change(&auth, &access, "nowhere", PASSWORD).await;
    assert_eq!(
        assert_problem(&nowhere, 422, "invalid_fields")["errors"][0]["path"],
        "email"
    );

    let waiting: Value = change(&auth, &access, "New@example.org", PASSWORD).await.json();
    let expected =
        json!({"email": "ada@example.org", "confirmed": false, "pending": "New@example.org", "mail": true});
    assert_eq!(waiting, expected);
    assert_eq!(email(&auth, &access).await, expected);
    let letter = office.letter(3).await;
    assert_eq!(letter.to, "New@example.org");
    forgot(&auth, "ada").await;
    let old_reset = office.letter(4).await;
    assert_eq!(old_reset.to, "ada@example.org", "it does not count yet");

    let confirmed = confirm(&auth, &letter.token(CONFIRM)).await;
    assert_eq!(confirmed.json::<Value>()["email"], "New@example.org");
    let told = office.letter(5).await;
    assert_eq!(told.to, "ada@example.org");
    assert!(
        told.text().contains("has another e-mail address now"),
        "{}",
        told.text()
    );
    assert!(!told.text().contains("New@"), "and is not told which");
    let expected = json!({"email": "New@example.org", "confirmed": true, "pending": null, "mail": true});
    assert_eq!(email(&auth, &access).await, expected);
    Tokens::of(&login(&auth, "new@example.org", PASSWORD).await);
    assert_problem(
        &reset(&auth, &old_reset.token(RESET), NEW).await,
        404,
        "link_invalid",
    );

    let taken: Value = change(&auth, &access, "bob@example.org", PASSWORD).await.json();
    assert_eq!(taken["pending"], "bob@example.org", "who has it is not told");
    let letter = office.letter(6).await;
    assert_problem(&confirm(&auth, &letter.token(CONFIRM)).await, 409, "email_taken");
    let kept: Value = change(&auth, &access, "NEW@example.org", PASSWORD).await.json();
    assert_eq!(kept["pending"], Value::Null, "the one there is ends what waits");
    assert_problem(&confirm(&auth, &letter.token(CONFIRM)).await, 404, "link_invalid");
}

#[tokio::test]
async fn without_mail_an_admin_hands_out_links_and_addresses_count_at_once() {
    let auth = auth().await;
    auth.register("root").await;
    let ada: Value = auth.register("ada").await.json();
    let admin = auth.login("root").await.access;
    let before = auth.login("ada").await;
    let forgotten = auth
        .post("auth/password/forgot")
        .json(&json!({"username": "ada"}));
    assert_problem(&forgotten.await, 409, "mail_off");
    let options: Value = auth.server.get("/api/v1/auth/options").await.json();
    assert_eq!(
        options,
        json!({"registration": "open", "password_by_mail": false})
    );
    let again = auth
        .post("auth/email/confirmation")
        .authorization_bearer(&before.access);
    assert_problem(&again.await, 409, "mail_off");

    let link_for = async |id: &str, access: &str| {
        let path = format!("/api/v1/admin/users/{id}/password-link");
        auth.server.post(&path).authorization_bearer(access).await
    };
    let me: Value = auth.me(&admin).await.json();
    assert_problem(
        &link_for(me["id"].as_str().unwrap(), &admin).await,
        409,
        "own_account",
    );
    assert_problem(
        &link_for(ada["id"].as_str().unwrap(), &before.access).await,
        403,
        "forbidden",
    );
    let made = link_for(ada["id"].as_str().unwrap(), &admin).await;
    assert_eq!(made.status_code(), 201);
    let made: Value = made.json();
    assert_eq!(made["expires_at"], "2025-06-15T16:06:40.000Z");
    let link = made["link"].as_str().unwrap();
    let token = link
        .strip_prefix("https://photos.example.org/reset-password#")
        .unwrap();
    assert_eq!(reset(&auth, token, NEW).await.status_code(), 204);
    let after = Tokens::of(&login(&auth, "ada", NEW).await);
    assert_eq!(auth.verdict(&before.access).await["valid"], false);

    let changed: Value = change(&auth, &after.access, "new@example.org", NEW).await.json();
    let expected = json!({"email": "new@example.org", "confirmed": false, "pending": null, "mail": false});
    assert_eq!(changed, expected);
    let taken = change(&auth, &after.access, "ROOT@example.org", NEW).await;
    assert_problem(&taken, 409, "email_taken");
}
