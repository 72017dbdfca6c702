use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use photure_common::peer::{Peer, PeerError};
use photure_domain::access::Scope;
use photure_domain::registration::{ServiceToken, ServiceTokenRequest};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token is asked for anew when no more than this is left of it.
const MARGIN: Duration = Duration::from_secs(30);

/// Media's own tokens for gallery and for auth, for work that no user stands behind.
#[derive(Debug)]
pub(crate) struct ServiceTokens {
    auth: Peer,
    credential: Option<SecretString>,
    kept: Mutex<BTreeMap<(&'static str, Scope), Kept>>,
}

#[derive(Debug)]
struct Kept {
    token: SecretString,
    until: Instant,
}

impl ServiceTokens {
    pub(crate) fn new(auth: Peer, credential: Option<SecretString>) -> Self {
        Self {
            auth,
            credential,
            kept: Mutex::default(),
        }
    }

    /// Whether media was told what to ask with.
    pub(crate) fn are_to_be_had(&self) -> bool {
        self.credential.is_some()
    }

    /// For one service. `None` where there is no credential.
    pub(crate) async fn get(
        &self,
        audience: &'static str,
        scope: Scope,
    ) -> Result<Option<SecretString>, PeerError> {
        let Some(credential) = &self.credential else {
            return Ok(None);
        };
        let mut kept = self.kept.lock().await;
        if let Some(known) = kept
            .get(&(audience, scope))
            .filter(|known| Instant::now() < known.until)
        {
            return Ok(Some(known.token.clone()));
        }
        let asked = Instant::now();
        let answer = self.ask(credential, audience, scope).await?;
        let token = SecretString::from(answer.access);
        let until = asked + Duration::from_secs(answer.expires_in).saturating_sub(MARGIN);
        kept.insert(
            (audience, scope),
            Kept {
                token: token.clone(),
                until,
            },
        );
        Ok(Some(token))
    }

    /// An answer to what was asked with one. Where it was not taken, the next one is a new one.
    pub(crate) async fn heed<T>(
        &self,
        audience: &'static str,
        scope: Scope,
        answer: Result<T, PeerError>,
    ) -> Result<T, PeerError> {
        if matches!(&answer, Err(PeerError::Refused { status, .. }) if *status == StatusCode::UNAUTHORIZED) {
            self.forget(audience, scope).await;
        }
        answer
    }

    /// It was not taken.
    pub(crate) async fn forget(&self, audience: &'static str, scope: Scope) {
        self.kept.lock().await.remove(&(audience, scope));
    }

    async fn ask(
        &self,
        credential: &SecretString,
        audience: &str,
        scope: Scope,
    ) -> Result<ServiceToken, PeerError> {
        let body = ServiceTokenRequest {
            service: "media".into(),
            credential: credential.expose_secret().to_owned(),
            audience: audience.into(),
            scope: scope.as_str().into(),
        };
        let body = serde_json::to_vec(&body).map_err(PeerError::request)?;
        let request = Request::post("/internal/service-token").header(CONTENT_TYPE, "application/json");
        self.auth
            .json(request.body(Body::from(body)).map_err(PeerError::request)?)
            .await
    }
}
