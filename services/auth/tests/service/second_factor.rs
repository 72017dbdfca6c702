use std::time::Duration;

use axum_test::{TestRequest, TestResponse, TestServer};
use photure_auth::AuthConfig;
use photure_common::service::Kit;
use photure_domain::Clock;
use photure_domain::audit::{AuditAction, AuditEntry};
use photure_store::AuditFilter;
use serde_json::{Value, json};

use crate::support::{Auth, PASSWORD, Tokens, assert_problem, auth, auth_with, config, kit};

/// What an authenticator app has after it was given a secret. Computed with nothing of ours.
struct App(Vec<u8>);

impl App {
    fn given(secret: &str) -> Self {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = secret
            .chars()
            .map(|char| format!("{:05b}", alphabet.find(char).unwrap()))
            .collect();
        let byte = |nth: usize| u8::from_str_radix(&bits[nth * 8..nth * 8 + 8], 2).unwrap();
        Self((0..bits.len() / 8).map(byte).collect())
    }

    /// What it shows, so many steps from now.
    fn code(&self, auth: &Auth, steps: i64) -> String {
        let step = auth.clock.now().as_seconds() / 30 + steps;
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = aws_lc_rs::hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7FFF_FFFF;
        format!("{:06}", number % 1_000_000)
    }

    /// One that counts at no time near.
    fn wrong(&self, auth: &Auth) -> String {
        let near: Vec<_> = (-2..=2).map(|steps| self.code(auth, steps)).collect();
        let wrong = (0..).map(|n| format!("{n:06}"));
        wrong.into_iter().find(|code| !near.contains(code)).unwrap()
    }
}

fn as_user(request: TestRequest, tokens: &Tokens) -> TestRequest {
    request.authorization_bearer(&tokens.access)
}

fn from(request: TestRequest, address: &str) -> TestRequest {
    request.add_header("x-forwarded-for", address.to_owned())
}

/// Ada, with two-step sign-in, one session and her recovery codes.
async fn ada(auth: &Auth) -> (Tokens, App, Vec<String>) {
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let enrolled = as_user(auth.post("auth/totp"), &tokens)
        .json(&json!({"password": PASSWORD}))
        .await;
    assert_eq!(enrolled.status_code(), 201, "{}", enrolled.text());
    let app = App::given(enrolled.json::<Value>()["secret"].as_str().unwrap());
    let code = json!({"code": app.code(auth, 0)});
    let confirmed = as_user(auth.post("auth/totp/confirm"), &tokens).json(&code).await;
    (tokens, app, codes(&confirmed))
}

fn codes(answer: &TestResponse) -> Vec<String> {
    answer.assert_status_ok();
    serde_json::from_value(answer.json::<Value>()["recovery_codes"].take()).unwrap()
}

async fn login(auth: &Auth) -> TestResponse {
    auth.post("auth/login")
        .json(&json!({"username": "ada", "password": PASSWORD}))
        .await
}

async fn challenge(auth: &Auth) -> String {
    let refused = login(auth).await;
    assert!(refused.maybe_header("set-cookie").is_none());
    let problem = assert_problem(&refused, 401, "second_factor_required");
    problem["second_factor"]["challenge"].as_str().unwrap().to_owned()
}

async fn answer(auth: &Auth, challenge: &str, code: &str) -> TestResponse {
    auth.post("auth/login/second-factor")
        .json(&json!({"challenge": challenge, "code": code}))
        .await
}

async fn recover(auth: &Auth, challenge: &str, code: &str) -> TestResponse {
    auth.post("auth/login/second-factor")
        .json(&json!({"challenge": challenge, "recovery_code": code}))
        .await
}

async fn state(auth: &Auth, tokens: &Tokens) -> Value {
    as_user(auth.server.get("/api/v1/auth/totp"), tokens).await.json()
}

/// The next code, so that none is refused because it was used.
fn next_step(auth: &Auth) {
    auth.clock.advance(Duration::from_secs(30));
}

#[tokio::test]
async fn with_two_step_sign_in_the_password_is_not_enough() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let off = json!({"enabled": false, "enabled_at": null, "recovery_codes_left": 0, "available": true});
    assert_eq!(state(&auth, &tokens).await, off);
    let wrong = as_user(auth.post("auth/totp"), &tokens).json(&json!({"password": "another one"}));
    let problem = assert_problem(&wrong.await, 422, "invalid_fields");
    assert_eq!(problem["errors"][0]["path"], "password");

    let enrolled = as_user(auth.post("auth/totp"), &tokens)
        .json(&json!({"password": PASSWORD}))
        .await;
    assert_eq!(enrolled.status_code(), 201);
    let given: Value = enrolled.json();
    let secret = given["secret"].as_str().unwrap();
    let uri = format!(
        "otpauth://totp/Photure:ada%40photos.example.org?secret={secret}&issuer=Photure&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(given["uri"], uri);
    assert!(given["qr"].as_str().unwrap().starts_with("<svg xmlns="));
    assert_eq!(
        state(&auth, &tokens).await,
        off,
        "nothing is asked for before it is confirmed"
    );
    auth.login("ada").await;

    let app = App::given(secret);
    let confirm = async |code: &str| {
        as_user(auth.post("auth/totp/confirm"), &tokens)
            .json(&json!({"code": code}))
            .await
    };
    assert_problem(&confirm(&app.wrong(&auth)).await, 422, "invalid_fields");
    let recovery = codes(&confirm(&app.code(&auth, 0)).await);
    assert_eq!(recovery.len(), 10);
    let on = state(&auth, &tokens).await;
    assert_eq!(
        (&on["enabled"], &on["recovery_codes_left"]),
        (&json!(true), &json!(10))
    );
    assert_eq!(on["enabled_at"], "2025-06-15T15:06:40.000Z");
    assert_problem(&confirm(&app.code(&auth, 0)).await, 409, "second_factor_on");
    let again = as_user(auth.post("auth/totp"), &tokens).json(&json!({"password": PASSWORD}));
    assert_problem(&again.await, 409, "second_factor_on");

    let wrong = json!({"username": "ada", "password": "not the password"});
    let wrong = assert_problem(
        &auth.post("auth/login").json(&wrong).await,
        401,
        "invalid_credentials",
    );
    assert!(
        wrong.get("second_factor").is_none(),
        "who has not the password is told nothing"
    );
    let asked = assert_problem(&login(&auth).await, 401, "second_factor_required");
    assert_eq!(
        asked["second_factor"]["methods"],
        json!(["code", "recovery_code"])
    );
    assert_eq!(asked["second_factor"]["expires_in"], 300);
    next_step(&auth);
    let challenge = challenge(&auth).await;
    assert_problem(
        &answer(&auth, &challenge, &app.wrong(&auth)).await,
        401,
        "second_factor_wrong",
    );
    let signed_in = answer(&auth, &challenge, &app.code(&auth, 0)).await;
    assert!(signed_in.maybe_header("set-cookie").is_some());
    let signed_in = Tokens::of(&signed_in);
    auth.me(&signed_in.access).await.assert_status_ok();
    Tokens::of(&auth.refresh(&signed_in.refresh).await);
    auth.me(&tokens.access).await.assert_status_ok();
}

#[tokio::test]
async fn a_code_is_never_taken_twice_not_even_at_once() {
    let auth = auth().await;
    let (_, app, _) = ada(&auth).await;
    let first = challenge(&auth).await;
    let refused = answer(&auth, &first, &app.code(&auth, 0)).await;
    assert_problem(&refused, 401, "second_factor_wrong");
    next_step(&auth);
    let (one, other) = (challenge(&auth).await, challenge(&auth).await);
    let code = app.code(&auth, 0);
    let (one, other) = tokio::join!(answer(&auth, &one, &code), answer(&auth, &other, &code));
    let mut statuses = [one.status_code().as_u16(), other.status_code().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    // One that is early is used too, and those before it with it.
    next_step(&auth);
    let challenge = challenge(&auth).await;
    Tokens::of(&answer(&auth, &challenge, &app.code(&auth, 1)).await);
    let again = self::challenge(&auth).await;
    for steps in [-1, 0, 1] {
        let refused = answer(&auth, &again, &app.code(&auth, steps)).await;
        assert_problem(&refused, 401, "second_factor_wrong");
    }
}

#[tokio::test]
async fn a_challenge_counts_once_for_a_short_while_and_for_one_password() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    next_step(&auth);
    let used = challenge(&auth).await;
    Tokens::of(&answer(&auth, &used, &app.code(&auth, 0)).await);
    assert_problem(
        &recover(&auth, &used, &recovery[0]).await,
        401,
        "challenge_invalid",
    );

    let (said, tag) = used.split_once('.').unwrap();
    let swapped = format!("{}.{tag}", said.chars().rev().collect::<String>());
    for forged in [
        "",
        ".",
        "nonsense",
        said,
        &swapped,
        &tokens.access,
        &"x".repeat(5000),
    ] {
        assert_problem(
            &recover(&auth, forged, &recovery[1]).await,
            401,
            "challenge_invalid",
        );
    }
    let late = challenge(&auth).await;
    auth.clock.advance(Duration::from_secs(300));
    assert_problem(
        &recover(&auth, &late, &recovery[2]).await,
        401,
        "challenge_invalid",
    );

    let old_password = challenge(&auth).await;
    let tokens = Tokens::of(&auth.refresh(&tokens.refresh).await);
    let change = json!({"current": PASSWORD, "new": "a new one entirely"});
    let changed = as_user(auth.server.put("/api/v1/auth/password"), &tokens)
        .json(&change)
        .await;
    assert_eq!(changed.status_code(), 204);
    assert_problem(
        &recover(&auth, &old_password, &recovery[3]).await,
        401,
        "challenge_invalid",
    );
    assert_eq!(
        state(&auth, &tokens).await["recovery_codes_left"],
        9,
        "of what was refused, one was used"
    );
}

#[tokio::test]
async fn each_recovery_code_opens_the_account_once() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    let ask = challenge(&auth).await;
    Tokens::of(&recover(&auth, &ask, &recovery[0].to_uppercase().replace('-', " ")).await);
    let ask = challenge(&auth).await;
    assert_problem(
        &recover(&auth, &ask, &recovery[0]).await,
        401,
        "second_factor_wrong",
    );
    assert_problem(
        &recover(&auth, &ask, "0000-0000-0000-0000").await,
        401,
        "second_factor_wrong",
    );
    assert_problem(
        &recover(&auth, &ask, "nonsense").await,
        401,
        "second_factor_wrong",
    );
    let other = challenge(&auth).await;
    let (one, other) = tokio::join!(
        recover(&auth, &ask, &recovery[1]),
        recover(&auth, &other, &recovery[1])
    );
    assert_ne!(one.status_code(), other.status_code(), "one code, one session");
    assert_eq!(state(&auth, &tokens).await["recovery_codes_left"], 8);

    next_step(&auth);
    let body = json!({"password": PASSWORD, "code": app.code(&auth, 0)});
    let renewed = as_user(auth.post("auth/totp/recovery-codes"), &tokens).json(&body);
    let renewed = codes(&renewed.await);
    let ask = challenge(&auth).await;
    assert_problem(
        &recover(&auth, &ask, &recovery[5]).await,
        401,
        "second_factor_wrong",
    );
    Tokens::of(&recover(&auth, &ask, &renewed[5]).await);
    for code in &renewed[..5] {
        Tokens::of(&recover(&auth, &challenge(&auth).await, code).await);
    }
    for code in &renewed[6..] {
        Tokens::of(&recover(&auth, &challenge(&auth).await, code).await);
    }
    let asked = assert_problem(&login(&auth).await, 401, "second_factor_required");
    assert_eq!(asked["second_factor"]["methods"], json!(["code"]), "none is left");
}

#[tokio::test]
async fn turning_it_off_takes_both_factors() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    next_step(&auth);
    let disable = async |body: Value| as_user(auth.post("auth/totp/disable"), &tokens).json(&body).await;
    let code = app.code(&auth, 0);
    for (body, path) in [
        (json!({"password": "another one", "code": code}), "password"),
        (json!({"password": PASSWORD, "code": app.wrong(&auth)}), "code"),
        (json!({"password": PASSWORD}), "code"),
        (
            json!({"password": PASSWORD, "code": code, "recovery_code": recovery[0]}),
            "recovery_code",
        ),
    ] {
        let problem = assert_problem(&disable(body).await, 422, "invalid_fields");
        assert_eq!(problem["errors"][0]["path"], path);
    }
    assert_eq!(state(&auth, &tokens).await["enabled"], true);
    let asked = challenge(&auth).await;
    assert_eq!(
        disable(json!({"password": PASSWORD, "code": code}))
            .await
            .status_code(),
        204
    );
    assert_eq!(state(&auth, &tokens).await["enabled"], false);
    auth.login("ada").await;
    assert_problem(
        &recover(&auth, &asked, &recovery[0]).await,
        401,
        "challenge_invalid",
    );
    assert_problem(
        &disable(json!({"password": PASSWORD, "code": code})).await,
        409,
        "second_factor_off",
    );
    let codes = as_user(auth.post("auth/totp/recovery-codes"), &tokens)
        .json(&json!({"password": PASSWORD, "code": code}));
    assert_problem(&codes.await, 409, "second_factor_off");
}

#[tokio::test]
async fn guesses_are_slowed_and_the_owner_is_not_kept_out() {
    let auth = auth().await;
    auth.register("ada").await;
    let login = json!({"username": "ada", "password": PASSWORD});
    let home = Tokens::of(&from(auth.post("auth/login"), "192.0.2.7").json(&login).await);
    let enrolled = as_user(auth.post("auth/totp"), &home)
        .json(&json!({"password": PASSWORD}))
        .await;
    let app = App::given(enrolled.json::<Value>()["secret"].as_str().unwrap());
    let confirm = as_user(auth.post("auth/totp/confirm"), &home).json(&json!({"code": app.code(&auth, 0)}));
    let recovery = codes(&confirm.await);
    next_step(&auth);
    let answer_from = async |place: &str, challenge: &str, code: &str| {
        let body = json!({"challenge": challenge, "code": code});
        from(auth.post("auth/login/second-factor"), place)
            .json(&body)
            .await
    };

    // One challenge is good for a few tries.
    let worn = challenge(&auth).await;
    for n in 0..5 {
        let refused = answer_from(&format!("203.0.113.{n}"), &worn, &app.wrong(&auth)).await;
        assert_problem(&refused, 401, "second_factor_wrong");
    }
    assert_problem(
        &answer_from("203.0.113.9", &worn, &app.code(&auth, 0)).await,
        401,
        "challenge_invalid",
    );
    // Another one does not help, nor another address: strangers wait together, even with the right code.
    let fresh = challenge(&auth).await;
    let refused = answer_from("203.0.113.10", &fresh, &app.code(&auth, 0)).await;
    assert_problem(&refused, 429, "too_many_guesses");
    assert_eq!(refused.header("retry-after"), "31");
    // The owner is let in at home, and anywhere with a recovery code.
    Tokens::of(&answer_from("192.0.2.7", &challenge(&auth).await, &app.code(&auth, 0)).await);
    Tokens::of(&recover(&auth, &challenge(&auth).await, &recovery[0]).await);
    // And elsewhere after a while.
    auth.clock.advance(Duration::from_secs(30));
    Tokens::of(&answer_from("203.0.113.11", &challenge(&auth).await, &app.code(&auth, 0)).await);
}

#[tokio::test]
async fn what_becomes_of_a_second_factor_is_written_down() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    next_step(&auth);
    for _ in 0..3 {
        let refused = answer(&auth, &challenge(&auth).await, &app.wrong(&auth)).await;
        assert_problem(&refused, 401, "second_factor_wrong");
    }
    Tokens::of(&recover(&auth, &challenge(&auth).await, &recovery[0]).await);
    let both = json!({"password": PASSWORD, "code": app.code(&auth, 0)});
    codes(
        &as_user(auth.post("auth/totp/recovery-codes"), &tokens)
            .json(&both)
            .await,
    );
    next_step(&auth);
    let both = json!({"password": PASSWORD, "code": app.code(&auth, 0)});
    let off = as_user(auth.post("auth/totp/disable"), &tokens).json(&both).await;
    assert_eq!(off.status_code(), 204);

    let ada = tokens.claims()["sub"].as_str().unwrap().parse().unwrap();
    let about = AuditFilter {
        account: Some(ada),
        ..AuditFilter::default()
    };
    let written = async || auth.stores.audit.audit(about, None, 50).await.unwrap();
    let is_refusal = |entry: &AuditEntry| entry.action == AuditAction::SecondFactorRefused;
    // Refusals are written down beside the answers.
    while !written().await.iter().any(is_refusal) {
        tokio::task::yield_now().await;
    }
    let (refused, done): (Vec<_>, Vec<_>) = written().await.into_iter().partition(is_refusal);
    assert_eq!(refused.len(), 1, "three wrong codes are no three entries");
    let done: Vec<_> = done.iter().rev().map(|entry| entry.action).collect();
    assert_eq!(
        done,
        [
            AuditAction::AccountCreated,
            AuditAction::SignedIn,
            AuditAction::SecondFactorOn,
            AuditAction::RecoveryCodeUsed,
            AuditAction::SignedIn,
            AuditAction::RecoveryCodesRenewed,
            AuditAction::SecondFactorOff,
        ]
    );
}

#[tokio::test]
async fn the_database_alone_gives_no_secret_away() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    next_step(&auth);
    let id = tokens.claims()["sub"].as_str().unwrap().parse().unwrap();
    let kept = auth.stores.factors.totp(id).await.unwrap().unwrap();
    assert!(!kept.sealed.windows(5).any(|part| part == &app.0[..5]));
    // Auth without the key, or with another: codes cannot be checked, recovery codes can.
    for (nth, key) in [None, Some("another key of more than 32 bytes".into())]
        .into_iter()
        .enumerate()
    {
        let config = AuthConfig {
            factor_key: key,
            ..config()
        };
        let (clock, kit) = kit();
        clock.advance(Duration::from_secs(30));
        // Another replica, whose ids are not those of the first.
        let kit = Kit {
            ids: Kit::default().ids,
            ..kit
        };
        let server = TestServer::new(
            photure_auth::router(config, auth.stores.clone(), &kit)
                .await
                .unwrap(),
        );
        let ask = challenge(&auth).await;
        let second = async |body: Value| server.post("/api/v1/auth/login/second-factor").json(&body).await;
        let refused = second(json!({"challenge": ask, "code": app.code(&auth, 0)})).await;
        assert_problem(&refused, 503, "second_factor_unavailable");
        Tokens::of(&second(json!({"challenge": ask, "recovery_code": recovery[nth]})).await);
    }
}

#[tokio::test]
async fn where_no_key_is_kept_nobody_can_set_it_up_and_everybody_signs_in() {
    let auth = auth_with(AuthConfig {
        factor_key: None,
        ..config()
    })
    .await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    assert_eq!(state(&auth, &tokens).await["available"], false);
    let refused = as_user(auth.post("auth/totp"), &tokens).json(&json!({"password": PASSWORD}));
    assert_problem(&refused.await, 503, "second_factor_unavailable");
}

#[tokio::test]
async fn another_address_takes_both_factors() {
    let auth = auth().await;
    let (tokens, app, recovery) = ada(&auth).await;
    next_step(&auth);
    let change = async |email: &str, proof: Value| {
        let mut body = json!({"email": email, "password": PASSWORD});
        body.as_object_mut()
            .unwrap()
            .extend(proof.as_object().unwrap().clone());
        let request = as_user(auth.server.put("/api/v1/auth/email"), &tokens);
        request.json(&body).await
    };
    let refused = async |proof: Value| {
        let problem = assert_problem(&change("new@example.org", proof).await, 422, "invalid_fields");
        (
            problem["errors"][0]["path"].clone(),
            problem["errors"][0]["code"].clone(),
        )
    };
    assert_eq!(refused(json!({})).await, (json!("code"), json!("missing")));
    let wrong = json!({"code": app.wrong(&auth)});
    assert_eq!(refused(wrong).await, (json!("code"), json!("wrong_code")));
    let code = json!({"code": app.code(&auth, 0)});
    let changed: Value = change("new@example.org", code.clone()).await.json();
    assert_eq!(changed["email"], "new@example.org");
    assert_eq!(
        refused(code).await,
        (json!("code"), json!("wrong_code")),
        "it was used"
    );
    let changed = change("newer@example.org", json!({"recovery_code": recovery[0]})).await;
    assert_eq!(changed.json::<Value>()["email"], "newer@example.org");
}
