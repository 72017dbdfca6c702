use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use axum_test::{TestRequest, TestResponse, TestServer};
use http::{Method, Request, Response};
use photure_common::extract::Json;
use photure_common::identity::{AUDIENCE, AccessClaims, JWKS_PATH};
use photure_common::peer::Peer;
use photure_common::service::Kit;
use photure_domain::media_address::AddressKey;
use photure_domain::registration::Registration;
use photure_domain::{Clock, UserId};
use photure_store::{PhotoStore, QuotaStore, StoreProbe};
use photure_store_sqlite::SqliteStore;
use photure_testkit::{Issuer, TestClock, TestIds, nth_uuid, photo, time, user};
use serde_json::Value;
use tower::ServiceExt;

use crate::{Deps, GalleryConfig, router};

const SECRET: &str = "a key that gallery shares with media";
const ISSUER: &str = "https://photos.example";
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const MAX_UPLOAD: u64 = 100_000;

/// A gallery, its database, an auth that publishes one key, and a clock that stands still.
pub(crate) struct World {
    router: Router,
    pub(crate) server: TestServer,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) kit: Kit,
    key: AddressKey,
    issuer: Issuer,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(async |_| ()).await
    }

    /// Where nobody may keep more than so many bytes.
    pub(crate) async fn with_quota(bytes: u64) -> Self {
        Self::made(async |_| (), Some(bytes)).await
    }

    /// `prepare` the database before the service starts.
    pub(crate) async fn with(prepare: impl AsyncFnOnce(Arc<SqliteStore>)) -> Self {
        Self::made(prepare, None).await
    }

    async fn made(prepare: impl AsyncFnOnce(Arc<SqliteStore>), quota: Option<u64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("photure.db"), Arc::new(TestIds::default()))
            .await
            .unwrap();
        let store = Arc::new(store);
        prepare(store.clone()).await;
        let mut world = Self::on(store, quota).await;
        world._folder = folder;
        world
    }

    pub(crate) async fn on<S>(store: Arc<S>, default_quota: Option<u64>) -> Self
    where
        S: PhotoStore + QuotaStore + StoreProbe + 'static,
    {
        let clock = Arc::new(TestClock::default());
        let kit = Kit {
            clock: clock.clone(),
            ids: Arc::new(TestIds::default()),
            ..Kit::default()
        };
        let issuer = Issuer::default();
        let keys = issuer.jwks();
        let auth = Router::new().route(JWKS_PATH, get(move || async { Json(keys) }));
        let deps = Deps {
            photos: store.clone(),
            quotas: store.clone(),
            probe: store,
            auth: Peer::Local(auth),
        };
        let config = GalleryConfig {
            media_signing_key: SECRET.into(),
            auth_url: "http://auth.invalid".parse().unwrap(),
            issuer: ISSUER.into(),
            max_upload_bytes: MAX_UPLOAD,
            default_quota,
            trash_retention: 30 * DAY,
        };
        let router = router(config, deps, &kit).await.unwrap();
        let server = TestServer::new(router.clone());
        let key = AddressKey::new(SECRET.as_bytes()).unwrap();
        Self {
            router,
            server,
            clock,
            kit,
            key,
            issuer,
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The n-th person, signed in as people are.
    pub(crate) fn person(&self, n: u64) -> Client<'_> {
        self.person_with(n, "photos:read photos:write")
    }

    pub(crate) fn person_with(&self, n: u64, scope: &str) -> Client<'_> {
        self.client(&AccessClaims {
            scope: scope.into(),
            ..self.claims(user(n))
        })
    }

    /// Media, by a token for gallery alone.
    pub(crate) fn service(&self, scope: &str) -> Client<'_> {
        let sub = "service:media".to_owned();
        self.client(&AccessClaims {
            aud: "gallery".into(),
            sub,
            sid: None,
            scope: scope.into(),
            ..self.claims(user(0))
        })
    }

    pub(crate) fn claims(&self, user: UserId) -> AccessClaims {
        let now = self.clock.now().as_seconds();
        AccessClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user.to_string(),
            sid: Some(nth_uuid(0x51D).to_string()),
            key: None,
            idp: None,
            preferred_username: None,
            library: None,
            library_role: None,
            scope: "photos:read photos:write".into(),
            iat: now,
            exp: now + 86_400 * 365,
        }
    }

    pub(crate) fn client(&self, claims: &AccessClaims) -> Client<'_> {
        Client {
            server: &self.server,
            token: Some(self.issuer.token(&serde_json::to_value(claims).unwrap())),
        }
    }

    pub(crate) fn stranger(&self) -> Client<'_> {
        Client {
            server: &self.server,
            token: None,
        }
    }

    /// What media says of the n-th file, uploaded by the `owner`-th person.
    pub(crate) fn registration(&self, owner: u64, n: u64, taken_at: &str) -> Registration {
        let photo = photo(user(owner), n, time(taken_at));
        let facts = photo.facts;
        let attestation = self
            .key
            .attest(user(owner), &facts.sha256, facts.bytes, self.clock.now());
        Registration {
            photo_id: None,
            uploaded_at: None,
            owner_id: user(owner),
            facts,
            metadata: photo.metadata,
            title: None,
            description: None,
            rating: None,
            tags: Vec::new(),
            attestation,
        }
    }

    /// The photo, as the answer to its registration showed it.
    pub(crate) async fn upload(&self, owner: u64, n: u64, taken_at: &str) -> Value {
        let answer = self
            .person(owner)
            .post("/internal/photos")
            .json(&self.registration(owner, n, taken_at))
            .await;
        assert_eq!(answer.status_code(), 201, "{}", answer.text());
        answer.json()
    }

    /// Past the test server, which tidies addresses up.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router
            .clone()
            .oneshot(request)
            .await
            .unwrap_or_else(|never| match never {})
    }

    pub(crate) fn key(&self) -> &AddressKey {
        &self.key
    }
}

/// Somebody at the API.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) token: Option<String>,
}

impl Client<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = self.server.method(method, path);
        match &self.token {
            Some(token) => request.authorization_bearer(token),
            None => request,
        }
    }

    pub(crate) fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// The body of a GET that must succeed.
    pub(crate) async fn see(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status_code(), 200, "{path}: {}", answer.text());
        answer.json()
    }
}

/// A refusal is a problem document with this status and code, and names the request.
#[track_caller]
pub(crate) fn assert_problem(answer: &TestResponse, status: u16, code: &str) {
    assert_eq!(answer.status_code().as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem: Value = answer.json();
    assert_eq!(
        (problem["status"].as_u64(), problem["code"].as_str()),
        (Some(u64::from(status)), Some(code))
    );
    let id = answer.header("x-request-id").to_str().unwrap().to_owned();
    assert_eq!(problem["instance"], format!("urn:photure:request:{id}"));
}

/// The ids of a list's items.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}
