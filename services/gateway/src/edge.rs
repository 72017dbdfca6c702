//! Verification at the edge: a request with a bad token goes no further. The services verify again.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::AUTHORIZATION;
use photure_common::Problem;
use photure_common::identity::{API_KEY, Identified, Identity};
use photure_domain::UserId;

/// Whose token came with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VerifiedUser(pub(crate) UserId);

/// What a bad token must not keep from anyone: signing in again, signing out, and asking whether it is bad.
fn is_open(path: &str) -> bool {
    matches!(
        path.trim_end_matches('/'),
        "/api/v1/auth/login"
            | "/api/v1/auth/login/second-factor"
            | "/api/v1/auth/login/passkey"
            | "/api/v1/auth/login/passkey/options"
            | "/api/v1/auth/register"
            | "/api/v1/auth/password/forgot"
            | "/api/v1/auth/password/reset"
            | "/api/v1/auth/email/confirm"
            | "/api/v1/auth/options"
            | "/api/v1/auth/token/refresh"
            | "/api/v1/auth/logout"
            | "/api/v1/auth/verify-token"
            | "/api/v1/auth/health"
    ) || path.starts_with("/api/v1/auth/oidc")
        || !path.starts_with("/api/v1/")
}

pub(crate) async fn verify(State(identity): State<Identity>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_anonymous = !headers.contains_key(AUTHORIZATION) && !headers.contains_key(API_KEY);
    if is_open(request.uri().path()) || is_anonymous {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    match Identified::from_request_parts(&mut parts, &identity).await {
        Ok(Identified(caller)) => {
            if let Some(user) = caller.actor.person() {
                parts.extensions.insert(VerifiedUser(user));
            }
            // What an API key stands for goes on, the key does not.
            let Ok(authorization) = caller.authorization().parse() else {
                return Problem::of_status(StatusCode::UNAUTHORIZED).into_response();
            };
            parts.headers.insert(AUTHORIZATION, authorization);
            parts.headers.remove(API_KEY);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}
