//! `GET users/me`: who one is, which auth knows, and what one has, which gallery knows. Neither asks the other; the gateway
//! asks both, as it does for health.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Limited};
use photure_common::Problem;
use photure_common::peer::Peer;
use serde_json::{Map, Value};

const MAX_ANSWER_BYTES: usize = 64 << 10;

#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub(crate) auth: Peer,
    pub(crate) gallery: Peer,
}

pub(crate) async fn me(State(sources): State<Sources>, request: Request) -> Response {
    let authorization = request.headers().get(AUTHORIZATION).cloned();
    let (account, usage) = tokio::join!(
        account(&sources.auth, request),
        usage(&sources.gallery, authorization)
    );
    account.map_or_else(IntoResponse::into_response, |response| {
        with_usage(response, usage)
    })
}

async fn account(auth: &Peer, request: Request) -> Result<(http::response::Parts, bytes::Bytes), Problem> {
    let mut asking = Request::get("/api/v1/users/me")
        .body(Body::empty())
        .map_err(|error| Problem::internal(&error))?;
    *asking.headers_mut() = request.headers().clone();
    let response = auth
        .send(asking)
        .await
        .map_err(|error| Problem::unavailable("auth", &error))?;
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES)
        .collect()
        .await
        .map_err(|error| Problem::unavailable("auth", &*error))?;
    Ok((parts, body.to_bytes()))
}

/// `Null` while gallery is away: who one is can be said all the same.
async fn usage(gallery: &Peer, authorization: Option<HeaderValue>) -> Value {
    let Some(authorization) = authorization else {
        return Value::Null;
    };
    let ask = || {
        let request = Request::get("/internal/usage").header(AUTHORIZATION, authorization.clone());
        request
            .body(Body::empty())
            .map_err(photure_common::peer::PeerError::request)
    };
    gallery.json_retrying(ask).await.unwrap_or(Value::Null)
}

fn with_usage((mut parts, body): (http::response::Parts, bytes::Bytes), usage: Value) -> Response {
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
