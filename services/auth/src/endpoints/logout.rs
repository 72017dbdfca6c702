use axum::extract::{FromRequestParts, State};
use axum::response::IntoResponse;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Caller, Identified};
use photure_common::trail::Asked;
use photure_domain::SessionId;

use super::RefreshRequest;
use crate::app::App;
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, CrossSite, Unauthenticated, Unprocessable};
use crate::sessions::Sessions;
use crate::tokens::RefreshToken;

/// The session that a bearer token belongs to; `None` without one. A token that is not taken says so only where nothing else
/// tells whose session to end.
#[derive(Debug)]
pub(crate) struct Bearer(Option<Result<(SessionId, Caller), Problem>>);

impl FromRequestParts<App> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Ok(Self(None));
        }
        let session = match Identified::from_request_parts(parts, app).await {
            Ok(Identified(caller)) => match caller.session {
                Some(session) => Ok((session, caller)),
                None => Err(Problem::forbidden()),
            },
            Err(problem) => Err(problem),
        };
        Ok(Self(Some(session)))
    }
}

/// Sign out
///
/// Ends the session of the bearer token, of the refresh token in the body, or of the cookie. Doing it again does no harm.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    request_body = Option<RefreshRequest>,
    responses(
        (status = 204, description = "Signed out", headers(("Set-Cookie" = String))),
        CrossSite,
        Unauthenticated,
        Unprocessable,
        Always,
    ),
    security((), ("bearer" = [])),
)]
pub(super) async fn logout(
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    Bearer(bearer): Bearer,
    asked: Asked,
    headers: HeaderMap,
    body: Option<Json<RefreshRequest>>,
) -> Result<impl IntoResponse, Problem> {
    let in_body = body.and_then(|Json(request)| request.refresh);
    let by_bearer = bearer.as_ref().and_then(|session| session.as_ref().ok().cloned());
    // The cookie is asked only where nothing identifies that another site could not have sent.
    let token = match in_body {
        Some(text) => RefreshToken::brought(&text),
        None if by_bearer.is_some() => None,
        None => cookie.brought(&headers)?,
    };
    match (by_bearer, &token, bearer) {
        (None, None, Some(Err(problem))) => return Err(problem),
        (session, token, _) => {
            let next = Asked(asked.0.next());
            if let Some((session, caller)) = session {
                sessions.end(session, asked.by(&caller)).await?;
            }
            if let Some(token) = token {
                sessions.end_by_token(token, next.0).await?;
            }
        }
    }
    Ok((StatusCode::NO_CONTENT, cookie.clear()))
}
