use std::sync::Arc;
use std::time::Duration;

use axum_test::{TestRequest, TestResponse, TestServer};
use photure_auth::{AuthConfig, Registration, Stores};
use photure_common::config::PublicUrl;
use photure_common::service::Kit;
use photure_store_sqlite::SqliteStore;
use photure_testkit::{TestClock, TestIds};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const CREDENTIAL: &str = "a credential of more than 32 bytes";
pub(crate) const ISSUER: &str = "https://photos.example.org";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Auth with a database of its own and a clock that the test turns.
pub(crate) struct Auth {
    pub(crate) server: TestServer,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) stores: Stores,
    _folder: TempDir,
}

pub(crate) fn config() -> AuthConfig {
    AuthConfig {
        public_url: PublicUrl(ISSUER.parse().unwrap()),
        access_token: Duration::from_secs(900),
        refresh_token: Duration::from_secs(30 * 86_400),
        signing_key: Duration::from_secs(90 * 86_400),
        registration: Registration::Open,
        account_grace: Duration::from_secs(30 * 86_400),
        mail: None,
        service_credential: Some(CREDENTIAL.into()),
        factor_key: Some("a factor key of more than 32 bytes".into()),
        providers: Vec::new(),
        clerk: None,
    }
}

pub(crate) async fn auth() -> Auth {
    auth_with(config()).await
}

pub(crate) async fn auth_with(config: AuthConfig) -> Auth {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit();
    let store = Arc::new(
        SqliteStore::open(&folder.path().join("auth.db"), kit.1.ids.clone())
            .await
            .unwrap(),
    );
    let stores = Stores {
        accounts: store.clone(),
        administration: store.clone(),
        audit: store.clone(),
        closings: store.clone(),
        sessions: store.clone(),
        api_keys: store.clone(),
        factors: store.clone(),
        links: store.clone(),
        invitations: store.clone(),
        organizations: store.clone(),
        passkeys: store.clone(),
        identities: store.clone(),
        keys: store.clone(),
        probe: store,
    };
    let server = TestServer::new(
        photure_auth::router(config, stores.clone(), &kit.1)
            .await
            .unwrap(),
    );
    Auth {
        server,
        clock: kit.0,
        stores,
        _folder: folder,
    }
}

/// A clock to turn, and a kit that has it.
pub(crate) fn kit() -> (Arc<TestClock>, Kit) {
    let clock = Arc::new(TestClock::default());
    let kit = Kit {
        clock: clock.clone(),
        ids: Arc::new(TestIds::default()),
        ..Kit::default()
    };
    (clock, kit)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    pub(crate) fn of(response: &TestResponse) -> Self {
        response.assert_status_ok();
        let body: Value = response.json();
        Self {
            access: body["access"].as_str().unwrap().into(),
            refresh: body["refresh"].as_str().unwrap().into(),
        }
    }

    pub(crate) fn claims(&self) -> Value {
        part(&self.access, 1)
    }

    pub(crate) fn header(&self) -> Value {
        part(&self.access, 0)
    }
}

fn part(token: &str, nth: usize) -> Value {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(token.split('.').nth(nth).unwrap())
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

impl Auth {
    pub(crate) fn post(&self, path: &str) -> TestRequest {
        self.server.post(&format!("/api/v1/{path}"))
    }

    pub(crate) async fn register(&self, name: &str) -> TestResponse {
        let body = json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD});
        self.post("auth/register").json(&body).await
    }

    pub(crate) async fn login(&self, name: &str) -> Tokens {
        Tokens::of(
            &self
                .post("auth/login")
                .json(&json!({"username": name, "password": PASSWORD}))
                .await,
        )
    }

    pub(crate) async fn refresh(&self, token: &str) -> TestResponse {
        self.post("auth/token/refresh")
            .json(&json!({"refresh": token}))
            .await
    }

    pub(crate) async fn me(&self, access: &str) -> TestResponse {
        self.server
            .get("/api/v1/users/me")
            .authorization_bearer(access)
            .await
    }

    pub(crate) async fn verdict(&self, access: &str) -> Value {
        let response = self
            .server
            .get("/api/v1/auth/verify-token")
            .authorization_bearer(access)
            .await;
        response.assert_status_ok();
        response.json()
    }
}

/// That `response` is a problem of this status and code; the document.
#[track_caller]
pub(crate) fn assert_problem(response: &TestResponse, status: u16, code: &str) -> Value {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert_eq!(response.header("content-type"), "application/problem+json");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["code"], code, "{text}");
    problem
}
