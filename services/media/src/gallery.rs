use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use photure_common::ProblemBody;
use photure_common::peer::{Peer, PeerError};
use photure_domain::registration::{
    CataloguePage, ClaimAnswer, ClaimRequest, EmptiedLibrary, FilmRegistration, PurgedPhoto, PurgedPhotos,
    Registration, ReleasedHashes, RoomAnswer, RoomQuestion, Selection, SelectionRequest,
};
use photure_domain::{ClaimId, PhotoId, Sha256, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// One answer may take this long, its body included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Work goes on without this one.
const ROOM_TIMEOUT: Duration = Duration::from_secs(2);
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
        self.answer(post("/internal/photos", bearer, registration)?).await
    }

    pub(crate) async fn attach_film(
        &self,
        bearer: &SecretString,
        registration: &FilmRegistration,
    ) -> Result<Answer, PeerError> {
        self.answer(post("/internal/films", bearer, registration)?).await
    }

    /// Whether a file would be taken.
    pub(crate) async fn room(
        &self,
        bearer: &SecretString,
        question: &RoomQuestion,
    ) -> Result<RoomAnswer, PeerError> {
        let answer = self.0.json(post("/internal/room", bearer, question)?);
        tokio::time::timeout(ROOM_TIMEOUT, answer)
            .await
            .unwrap_or(Err(PeerError::Timeout))
    }

    async fn answer(&self, request: Request<Body>) -> Result<Answer, PeerError> {
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
        self.0.json(get("/internal/released", bearer)?).await
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

    /// What owners have purged, and the sidecars may not know yet.
    pub(crate) async fn purged(&self, bearer: &SecretString) -> Result<PurgedPhotos, PeerError> {
        self.0.json(get("/internal/purged", bearer)?).await
    }

    /// No sidecar says any more that it is theirs.
    pub(crate) async fn confirm_purged(
        &self,
        bearer: &SecretString,
        photo: &PurgedPhoto,
    ) -> Result<ClaimAnswer, PeerError> {
        self.0
            .json(post("/internal/purged/confirm", bearer, photo)?)
            .await
    }

    /// Forgets some of the photos of the closed account that `access` is about.
    pub(crate) async fn empty_library(&self, access: &SecretString) -> Result<EmptiedLibrary, PeerError> {
        self.0.json(post("/internal/library/empty", access, &())?).await
    }

    /// At most `limit` photos of whoever, by hash and then by owner, behind `after`.
    pub(crate) async fn catalogue(
        &self,
        bearer: &SecretString,
        after: Option<(Sha256, UserId)>,
        limit: u32,
    ) -> Result<CataloguePage, PeerError> {
        let after = after
            .map(|(sha256, owner)| format!("&after_sha256={sha256}&after_owner={owner}"))
            .unwrap_or_default();
        let path = format!("/internal/catalogue?limit={limit}{after}");
        self.0.json(get(&path, bearer)?).await
    }

    /// Which of these photos the bearer may see.
    pub(crate) async fn selection(
        &self,
        bearer: &SecretString,
        photo_ids: &[PhotoId],
    ) -> Result<Selection, PeerError> {
        let request = SelectionRequest {
            photo_ids: photo_ids.to_vec(),
        };
        self.0.json(post("/internal/selection", bearer, &request)?).await
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

pub(crate) fn get(path: &str, bearer: &SecretString) -> Result<Request<Body>, PeerError> {
    let request = Request::get(path).header(AUTHORIZATION, authorization(bearer)?);
    request.body(Body::empty()).map_err(PeerError::request)
}

pub(crate) fn post(
    path: &str,
    bearer: &SecretString,
    body: &impl Serialize,
) -> Result<Request<Body>, PeerError> {
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
