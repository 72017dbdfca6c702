//! `GET users/me`: who one is, which auth knows, and what one has, which gallery knows. Neither asks the other; the gateway
//! asks both, as it does for health.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use photure_common::Problem;
use photure_common::peer::{Peer, PeerError};
use serde_json::{Map, Value};

const MAX_ANSWER_BYTES: usize = 64 << 10;
/// Auth answers in milliseconds, or not at all.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What one has is not worth waiting for as long as who one is.
const USAGE_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub(crate) auth: Peer,
    pub(crate) gallery: Peer,
}

pub(crate) async fn me(State(sources): State<Sources>, headers: HeaderMap) -> Response {
    let authorization = headers.get(AUTHORIZATION);
    let (account, usage) = tokio::join!(
        account(&sources.auth, authorization),
        usage(&sources.gallery, authorization)
    );
    account.map_or_else(IntoResponse::into_response, |response| {
        with_usage(response, usage)
    })
}

/// As auth answers it, also where it refuses.
async fn account(auth: &Peer, authorization: Option<&HeaderValue>) -> Result<(Parts, Bytes), Problem> {
    let asking = async {
        let response = auth.send(question("/api/v1/users/me", authorization)?).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER_BYTES)
            .collect()
            .await
            .map_err(PeerError::Unreachable)?;
        Ok((parts, body.to_bytes()))
    };
    let answer = tokio::time::timeout(TIMEOUT, asking)
        .await
        .unwrap_or(Err(PeerError::Timeout));
    answer.map_err(|error| Problem::unavailable("auth", &error))
}

/// `Null` while gallery is away: who one is can be said all the same.
async fn usage(gallery: &Peer, authorization: Option<&HeaderValue>) -> Value {
    if authorization.is_none() {
        return Value::Null;
    }
    let asking = async { gallery.json(question("/api/v1/usage", authorization)?).await };
    match tokio::time::timeout(USAGE_TIMEOUT, asking).await {
        Ok(Ok(usage)) => usage,
        Ok(Err(PeerError::Refused { .. })) | Err(_) => Value::Null,
        Ok(Err(error)) => {
            tracing::warn!(cause = %error, "usage not known");
            Value::Null
        }
    }
}

/// Nothing of the caller's request but its token: a length or a condition of theirs would mean something else here.
fn question(path: &str, authorization: Option<&HeaderValue>) -> Result<Request<Body>, PeerError> {
    let mut request = Request::get(path)
        .body(Body::empty())
        .map_err(PeerError::request)?;
    if let Some(authorization) = authorization {
        request.headers_mut().insert(AUTHORIZATION, authorization.clone());
    }
    Ok(request)
}

fn with_usage((mut parts, body): (Parts, Bytes), usage: Value) -> Response {
    if parts.status != StatusCode::OK {
        return Response::from_parts(parts, Body::from(body));
    }
    match serde_json::from_slice::<Map<String, Value>>(&body) {
        Ok(mut account) => {
            account.insert("usage".into(), usage);
            parts.headers.remove(CONTENT_LENGTH);
            parts.headers.remove(http::header::ETAG);
            Response::from_parts(parts, Body::from(Value::Object(account).to_string()))
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}
