use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use photure_common::ProblemBody;
use photure_common::peer::{Peer, PeerError};
use photure_domain::registration::{ClaimAnswer, ClaimRequest, Registration, ReleasedHashes};
use photure_domain::{ClaimId, Sha256};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// One answer may take this long, its body included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A photo as JSON is a few kilobytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Gallery, which has to know of each photo, and knows which bytes nothing refers to any more.
#[derive(Clone, Debug)]
pub(crate) struct Gallery(Peer);

/// What gallery said, to be passed on as it is.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Where it is a problem.
    pub(crate) code: Option<String>,
}

impl Gallery {
    pub(crate) fn new(peer: Peer) -> Self {
        Self(peer)
    }

    /// Whatever it answers is an [`Answer`]; an error means that there was none.
    pub(crate) async fn register(
        &self,
        bearer: &SecretString,
        registration: &Registration,
    ) -> Result<Answer, PeerError> {
        let request = post("/internal/photos", bearer, registration)?;
        let exchange = async {
            let (head, body) = self.0.send(request).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER_BYTES)
                .collect()
                .await
                .map_err(PeerError::Unreachable)?
                .to_bytes();
            let problem = || {
                serde_json::from_slice::<ProblemBody>(&body)
                    .ok()
                    .map(|problem| problem.code)
            };
            let code = if head.status.is_success() { None } else { problem() };
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body,
                code,
            })
        };
        tokio::time::timeout(TIMEOUT, exchange)
            .await
            .unwrap_or(Err(PeerError::Timeout))
    }

    pub(crate) async fn released(&self, bearer: &SecretString) -> Result<ReleasedHashes, PeerError> {
        let request = Request::get("/internal/released").header(AUTHORIZATION, authorization(bearer)?);
        self.0
            .json(request.body(Body::empty()).map_err(PeerError::request)?)
            .await
    }

    pub(crate) async fn claim(
        &self,
        bearer: &SecretString,
        hash: &Sha256,
        claim: ClaimId,
    ) -> Result<ClaimAnswer, PeerError> {
        self.about_claim(bearer, hash, claim, "claim").await
    }

    /// The bytes are gone.
    pub(crate) async fn confirm(
        &self,
        bearer: &SecretString,
        hash: &Sha256,
        claim: ClaimId,
    ) -> Result<ClaimAnswer, PeerError> {
        self.about_claim(bearer, hash, claim, "confirm").await
    }

    async fn about_claim(
        &self,
        bearer: &SecretString,
        hash: &Sha256,
        claim_id: ClaimId,
        step: &str,
    ) -> Result<ClaimAnswer, PeerError> {
        let path = format!("/internal/released/{hash}/{step}");
        self.0
            .json(post(&path, bearer, &ClaimRequest { claim_id })?)
            .await
    }
}

fn post(path: &str, bearer: &SecretString, body: &impl Serialize) -> Result<Request<Body>, PeerError> {
    let body = serde_json::to_vec(body).map_err(PeerError::request)?;
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(AUTHORIZATION, authorization(bearer)?)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .map_err(PeerError::request)
}

fn authorization(bearer: &SecretString) -> Result<HeaderValue, PeerError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret())).map_err(PeerError::request)?;
    value.set_sensitive(true);
    Ok(value)
}
