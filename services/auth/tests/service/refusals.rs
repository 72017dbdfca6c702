use serde_json::{Value, json};

use crate::support::{PASSWORD, Tokens, assert_problem, auth};

#[tokio::test]
async fn a_wrong_password_and_a_missing_account_are_told_apart_by_nobody() {
    let auth = auth().await;
    auth.register("ada").await;
    let ask = async |username: &str, password: &str| {
        let response = auth
            .post("auth/login")
            .json(&json!({"username": username, "password": password}))
            .await;
        let mut problem = assert_problem(&response, 401, "invalid_credentials");
        problem["instance"] = Value::Null;
        assert!(response.maybe_header("set-cookie").is_none());
        problem
    };
    let wrong = ask("ada", "not the password").await;
    assert_eq!(wrong, ask("nobody", "not the password").await);
    assert_eq!(wrong, ask("nobody@example.org", PASSWORD).await);
    assert_eq!(wrong, ask("", "").await);
}

#[tokio::test]
async fn every_field_that_does_not_fit_is_named_at_once() {
    let auth = auth().await;
    let body = json!({"username": "a b", "email": "nowhere", "password": "short"});
    let problem = assert_problem(
        &auth.post("auth/register").json(&body).await,
        422,
        "invalid_fields",
    );
    let paths: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].clone())
        .collect();
    assert_eq!(paths, ["username", "email", "password"]);
}

#[tokio::test]
async fn operators_wrong_types_and_unknown_fields_are_refused_everywhere() {
    let auth = auth().await;
    auth.register("ada").await;
    let register = json!({"username": "bob", "email": "bob@example.org", "password": PASSWORD});
    let login = json!({"username": "ada", "password": PASSWORD});
    let second_factor = json!({"challenge": "c", "code": "123456"});
    let refresh = json!({"refresh": "token"});
    let forgotten = json!({"username": "ada"});
    let reset = json!({"token": "t", "password": PASSWORD});
    let confirm = json!({"token": "t"});
    let service =
        json!({"service": "media", "credential": "c", "audience": "gallery", "scope": "blobs:sweep"});
    for (path, good) in [
        ("/api/v1/auth/register", &register),
        ("/api/v1/auth/login", &login),
        ("/api/v1/auth/login/second-factor", &second_factor),
        ("/api/v1/auth/token/refresh", &refresh),
        ("/api/v1/auth/logout", &refresh),
        ("/api/v1/auth/password/forgot", &forgotten),
        ("/api/v1/auth/password/reset", &reset),
        ("/api/v1/auth/email/confirm", &confirm),
        ("/internal/service-token", &service),
    ] {
        let refused = async |body: &Value| {
            let problem = assert_problem(&auth.server.post(path).json(body).await, 422, "invalid_fields");
            assert_eq!(
                problem["errors"].as_array().unwrap().len(),
                1,
                "{path} {body}: {problem}"
            );
            problem["errors"][0]["path"].clone()
        };
        for field in good.as_object().unwrap().keys() {
            for wrong in [
                json!({"$gt": ""}),
                json!({"$regex": ".*"}),
                json!(7),
                json!(true),
                json!(["ada"]),
            ] {
                let mut body = good.clone();
                body[field] = wrong;
                assert_eq!(refused(&body).await, **field, "{path}");
            }
        }
        let mut body = good.clone();
        body["$where"] = json!("1");
        refused(&body).await;
        for wrong in [json!([]), json!("text"), json!(7)] {
            refused(&wrong).await;
        }
    }
    assert_problem(
        &auth
            .post("auth/login")
            .content_type("application/json")
            .bytes("{".into())
            .await,
        400,
        "malformed_json",
    );
    let form = auth
        .post("auth/login")
        .content_type("application/x-www-form-urlencoded")
        .bytes("username=ada".into());
    assert_problem(&form.await, 415, "json_expected");
}

#[tokio::test]
async fn an_operator_as_text_is_text() {
    let auth = auth().await;
    auth.register("ada").await;
    for login in ["{\"$gt\":\"\"}", "' OR 1=1 --", "\0", "ada\0"] {
        let body = json!({"username": login, "password": PASSWORD});
        assert_problem(
            &auth.post("auth/login").json(&body).await,
            401,
            "invalid_credentials",
        );
    }
}

#[tokio::test]
async fn refresh_tokens_that_are_none_are_refused() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    for text in ["", "nonsense", &tokens.access, &"x".repeat(10_000)] {
        assert_problem(&auth.refresh(text).await, 401, "refresh_token_invalid");
    }
    assert_problem(
        &auth.post("auth/token/refresh").await,
        401,
        "refresh_token_invalid",
    );
    Tokens::of(&auth.refresh(&tokens.refresh).await);
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist_are_problems() {
    let auth = auth().await;
    assert_problem(&auth.server.get("/api/v1/auth/nothing").await, 404, "not_found");
    assert_problem(
        &auth.server.get("/api/v1/auth/login").await,
        405,
        "method_not_allowed",
    );
    assert_problem(
        &auth.server.get("/internal/service-token").await,
        405,
        "method_not_allowed",
    );
}
