use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use axum_test::TestResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_auth::AuthConfig;
use photure_common::config::PublicUrl;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Auth, ISSUER, PASSWORD, Tokens, assert_problem, auth, auth_with, config};

const HOST: &str = "photos.example.org";
/// Present, verified.
const SURE: u8 = 0b101;

/// A device that keeps one key, and does as it is told.
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    host: &'static str,
    origin: &'static str,
    flags: u8,
    counter: u32,
}

impl Device {
    fn new(id: u8) -> Self {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        Self {
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref()).unwrap(),
            id: vec![id; 32],
            host: HOST,
            origin: ISSUER,
            flags: SURE,
            counter: 0,
        }
    }

    fn header(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host).to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, nonce: &str) -> String {
        json!({"type": kind, "challenge": nonce, "origin": self.origin, "crossOrigin": false, "other": 1})
            .to_string()
    }

    fn make(&self, asked: &Value) -> Value {
        let mut data = self.header(self.flags | 0b100_0000);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&(self.id.len() as u16).to_be_bytes());
        data.extend_from_slice(&self.id);
        // SubjectPublicKeyInfo of P-256, up to the point.
        let mut spki = hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
        spki.extend_from_slice(self.key.public_key().as_ref());
        json!({
            "challenge": asked["challenge"],
            "name": "Phone",
            "client_data": text(self.client_data("webauthn.create", asked["nonce"].as_str().unwrap())),
            "authenticator_data": text(data),
            "public_key": text(spki),
            "algorithm": -7,
        })
    }

    fn sign(&self, asked: &Value, owner: &str) -> Value {
        let client_data = self.client_data("webauthn.get", asked["nonce"].as_str().unwrap());
        let data = self.header(self.flags);
        let mut signed = data.clone();
        signed.extend_from_slice(&Sha256::digest(&client_data));
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "challenge": asked["challenge"],
            "id": text(&self.id),
            "client_data": text(client_data),
            "authenticator_data": text(data),
            "signature": text(signature.as_ref()),
            "user_handle": text(hex(&owner.replace('-', ""))),
        })
    }
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn options(auth: &Auth, tokens: &Tokens) -> Value {
    let body = json!({"password": PASSWORD});
    let answer = auth
        .post("auth/passkeys/options")
        .authorization_bearer(&tokens.access)
        .json(&body)
        .await;
    answer.assert_status_ok();
    answer.json()
}

async fn add(auth: &Auth, tokens: &Tokens, made: &Value) -> TestResponse {
    auth.post("auth/passkeys")
        .authorization_bearer(&tokens.access)
        .json(made)
        .await
}

async fn ask(auth: &Auth) -> Value {
    auth.post("auth/login/passkey/options").await.json()
}

async fn login(auth: &Auth, answer: &Value) -> TestResponse {
    auth.post("auth/login/passkey").json(answer).await
}

async fn listed(auth: &Auth, tokens: &Tokens) -> Vec<Value> {
    let list = auth
        .server
        .get("/api/v1/auth/passkeys")
        .authorization_bearer(&tokens.access)
        .await;
    list.json::<Value>()["items"].as_array().unwrap().clone()
}

/// Ada, with a device of hers.
async fn ada(auth: &Auth, device: &Device) -> (Tokens, String) {
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let added = add(auth, &tokens, &device.make(&options(auth, &tokens).await)).await;
    assert_eq!(added.status_code(), 201, "{}", added.text());
    let id = tokens.claims()["sub"].as_str().unwrap().to_owned();
    (tokens, id)
}

#[tokio::test]
async fn a_passkey_is_enough_to_sign_in_until_it_is_removed() {
    let auth = auth().await;
    let device = Device::new(1);
    let (tokens, id) = ada(&auth, &device).await;
    let asked = options(&auth, &tokens).await;
    assert_eq!(
        (&asked["rp_id"], &asked["exclude"]),
        (&json!(HOST), &json!([text(&device.id)]))
    );
    assert_eq!(listed(&auth, &tokens).await[0]["last_used_at"], Value::Null);
    let signed_in = login(&auth, &device.sign(&ask(&auth).await, &id)).await;
    assert!(signed_in.maybe_header("set-cookie").is_some());
    let signed_in = Tokens::of(&signed_in);
    assert_eq!(signed_in.claims()["sub"], id);
    let list = listed(&auth, &tokens).await;
    assert_eq!(
        (&list[0]["name"], list[0]["last_used_at"].is_string()),
        (&json!("Phone"), true)
    );

    auth.register("bob").await;
    let bob = auth.login("bob").await;
    let path = format!("/api/v1/auth/passkeys/{}", list[0]["id"].as_str().unwrap());
    let remove = async |tokens: &Tokens| {
        auth.server
            .delete(&path)
            .authorization_bearer(&tokens.access)
            .await
    };
    assert_problem(&remove(&bob).await, 404, "not_found");
    assert_eq!(remove(&tokens).await.status_code(), 204);
    let refused = login(&auth, &device.sign(&ask(&auth).await, &id)).await;
    assert_problem(&refused, 401, "passkey_refused");
    auth.me(&signed_in.access).await.assert_status_ok();
}

#[tokio::test]
async fn what_is_signed_counts_here_now_and_once() {
    let auth = auth().await;
    let device = Device::new(1);
    let (tokens, id) = ada(&auth, &device).await;
    let answered = device.sign(&ask(&auth).await, &id);
    let (one, other) = tokio::join!(login(&auth, &answered), login(&auth, &answered));
    let mut statuses = [one.status_code().as_u16(), other.status_code().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "one answer, one session");
    assert_problem(&login(&auth, &answered).await, 401, "challenge_invalid");

    let late = device.sign(&ask(&auth).await, &id);
    auth.clock.advance(std::time::Duration::from_secs(300));
    assert_problem(&login(&auth, &late).await, 401, "challenge_invalid");
    // A challenge for one thing is none for another.
    let tokens = Tokens::of(&auth.refresh(&tokens.refresh).await);
    let for_adding = device.sign(&options(&auth, &tokens).await, &id);
    assert_problem(&login(&auth, &for_adding).await, 401, "challenge_invalid");
    let mut swapped = device.sign(&ask(&auth).await, &id);
    swapped["challenge"] = ask(&auth).await["challenge"].take();
    assert_problem(&login(&auth, &swapped).await, 401, "passkey_refused");
}

#[tokio::test]
async fn what_is_not_quite_right_is_refused() {
    let auth = auth().await;
    let mut device = Device::new(1);
    let (tokens, id) = ada(&auth, &device).await;
    auth.register("bob").await;
    let bobs = auth.login("bob").await.claims()["sub"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = async |answer: &Value, what: &str| {
        let answer = login(&auth, answer).await;
        assert_eq!(answer.status_code(), 401, "{what}: {}", answer.text());
        assert_problem(&answer, 401, "passkey_refused");
    };
    refused(&device.sign(&ask(&auth).await, &bobs), "another's").await;
    let stranger = Device::new(1);
    refused(&stranger.sign(&ask(&auth).await, &id), "another key").await;
    refused(&Device::new(2).sign(&ask(&auth).await, &id), "unknown").await;
    for field in ["client_data", "authenticator_data", "signature", "id"] {
        let good = device.sign(&ask(&auth).await, &id);
        for wrong in [json!(""), json!("!"), json!("AA"), json!("x".repeat(100_000))] {
            let mut answer = good.clone();
            answer[field] = wrong;
            refused(&answer, field).await;
        }
    }
    for flags in [0, 0b001, 0b100] {
        device.flags = flags;
        refused(&device.sign(&ask(&auth).await, &id), "nobody verified").await;
    }
    device.flags = SURE;
    for (host, origin) in [
        ("example.org", ISSUER),
        (HOST, "https://example.org"),
        (HOST, "http://photos.example.org"),
    ] {
        (device.host, device.origin) = (host, origin);
        refused(&device.sign(&ask(&auth).await, &id), origin).await;
        let made = Device {
            id: vec![9; 32],
            ..Device::new(9)
        };
        let made = Device { host, origin, ..made };
        let added = add(&auth, &tokens, &made.make(&options(&auth, &tokens).await)).await;
        assert_problem(&added, 422, "invalid_fields");
    }
    (device.host, device.origin) = (HOST, ISSUER);
    Tokens::of(&login(&auth, &device.sign(&ask(&auth).await, &id)).await);
}

#[tokio::test]
async fn a_copy_that_counts_backwards_is_refused() {
    let auth = auth().await;
    let mut device = Device::new(1);
    device.counter = 5;
    let (_, id) = ada(&auth, &device).await;
    for (counter, taken) in [(6, true), (6, false), (5, false), (0, false), (7, true)] {
        device.counter = counter;
        let answer = login(&auth, &device.sign(&ask(&auth).await, &id)).await;
        assert_eq!(answer.status_code() == 200, taken, "{counter}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_key_is_added_once_by_whoever_shows_their_password() {
    let auth = auth().await;
    let device = Device::new(1);
    let (tokens, _) = ada(&auth, &device).await;
    let again = add(&auth, &tokens, &device.make(&options(&auth, &tokens).await)).await;
    assert_problem(&again, 409, "passkey_known");
    let wrong = json!({"password": "another one"});
    let refused = auth
        .post("auth/passkeys/options")
        .authorization_bearer(&tokens.access)
        .json(&wrong)
        .await;
    assert_problem(&refused, 422, "invalid_fields");
    auth.register("bob").await;
    let bob = auth.login("bob").await;
    let bobs = Device::new(2).make(&options(&auth, &tokens).await);
    assert_problem(&add(&auth, &bob, &bobs).await, 422, "invalid_fields");
    for (field, wrong) in [
        ("public_key", json!("AAAA")),
        ("algorithm", json!(-36)),
        ("algorithm", json!(-257)),
        ("name", json!("  ")),
        ("name", json!("a\nb")),
    ] {
        let mut made = Device::new(3).make(&options(&auth, &tokens).await);
        made[field] = wrong;
        assert_problem(&add(&auth, &tokens, &made).await, 422, "invalid_fields");
    }
    assert_eq!(listed(&auth, &tokens).await.len(), 1);
}

#[tokio::test]
async fn an_address_by_numbers_has_none() {
    let auth = auth_with(AuthConfig {
        public_url: PublicUrl("http://192.0.2.7:8000".parse().unwrap()),
        ..config()
    })
    .await;
    assert_problem(
        &auth.post("auth/login/passkey/options").await,
        409,
        "passkeys_unavailable",
    );
}
