use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use photure_common::Problem;
use photure_common::identity::{AUDIENCE, AccessClaims, JWKS_PATH};
use photure_domain::registration::{ServiceToken, ServiceTokenRequest};
use photure_domain::{Clock, UserId};
use photure_testkit::{Issuer, TestClock, nth_uuid};

pub(crate) const ISSUER: &str = "https://photos.example";
pub(crate) const CREDENTIAL: &str = "what media asks auth with";

/// Publishes one key, signs tokens with it, and gives service tokens to who has the credential.
#[derive(Clone, Debug)]
pub(crate) struct Auth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    issuer: Issuer,
    clock: Arc<TestClock>,
    is_away: AtomicBool,
    service_tokens: AtomicUsize,
}

impl Auth {
    pub(crate) fn new(clock: Arc<TestClock>) -> Self {
        let (is_away, service_tokens) = (AtomicBool::default(), AtomicUsize::default());
        Self(Arc::new(Inner {
            issuer: Issuer::default(),
            clock,
            is_away,
            service_tokens,
        }))
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.0.is_away.store(away, Ordering::SeqCst);
    }

    /// How many it has given.
    pub(crate) fn service_tokens(&self) -> usize {
        self.0.service_tokens.load(Ordering::SeqCst)
    }

    pub(crate) fn person(&self, user: UserId) -> String {
        self.person_with(user, "photos:read photos:write")
    }

    pub(crate) fn person_with(&self, user: UserId, scope: &str) -> String {
        let session = nth_uuid(0x51D).to_string();
        self.token(AUDIENCE, &user.to_string(), Some(session), scope)
    }

    fn token(&self, audience: &str, subject: &str, session: Option<String>, scope: &str) -> String {
        let now = self.0.clock.now().as_seconds();
        let claims = AccessClaims {
            iss: ISSUER.into(),
            aud: audience.into(),
            sub: subject.into(),
            sid: session,
            key: None,
            idp: None,
            preferred_username: None,
            library: None,
            library_role: None,
            scope: scope.into(),
            iat: now,
            exp: now + 900,
        };
        self.0.issuer.token(&serde_json::to_value(claims).unwrap())
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route(JWKS_PATH, get(jwks))
            .route("/internal/service-token", post(service_token))
            .with_state(self.clone())
    }
}

async fn jwks(State(auth): State<Auth>) -> Response {
    Json(auth.0.issuer.jwks()).into_response()
}

async fn service_token(State(auth): State<Auth>, Json(asked): Json<ServiceTokenRequest>) -> Response {
    if auth.0.is_away.load(Ordering::SeqCst) {
        return Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    if (asked.service.as_str(), asked.credential.as_str()) != ("media", CREDENTIAL) {
        return Problem::forbidden().into_response();
    }
    auth.0.service_tokens.fetch_add(1, Ordering::SeqCst);
    let access = auth.token(&asked.audience, "service:media", None, &asked.scope);
    Json(ServiceToken {
        access,
        expires_in: 300,
    })
    .into_response()
}
