use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;

use super::{RefreshRequest, Tokens};
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, CrossSite, Limited, Unprocessable};
use crate::error::AuthError;
use crate::sessions::Sessions;
use crate::tokens::RefreshToken;

/// Renew a session
///
/// With the refresh token in the body, or, in a browser, with the cookie. Each refresh token counts once; one that comes back ends the
/// session, since somebody else must have it. Only a client that did not get the answer may ask again within ten seconds: it is given the
/// same refresh token.
#[utoipa::path(
    post,
    path = "/api/v1/auth/token/refresh",
    tag = "auth",
    request_body = Option<RefreshRequest>,
    responses(
        (status = 200, description = "New tokens of the same session", body = Tokens, headers(("Set-Cookie" = String))),
        (
            status = 401,
            description = "No refresh token, or none that counts: `refresh_token_invalid`; one that was used before: `refresh_token_reused`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        CrossSite,
        Unprocessable,
        Limited,
        Always,
    ),
    security(()),
)]
pub(super) async fn refresh_token(
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    Asked(trail): Asked,
    headers: HeaderMap,
    body: Option<Json<RefreshRequest>>,
) -> Result<Response, Problem> {
    let in_body = body.and_then(|Json(request)| request.refresh);
    let by_cookie = in_body.is_none();
    let token = match in_body {
        Some(text) => RefreshToken::brought(&text),
        None => cookie.brought(&headers)?,
    };
    let renewed = match token {
        Some(token) => sessions.renew(&token, trail.from.clone(), trail).await,
        None => Err(AuthError::RefreshTokenInvalid),
    };
    match renewed {
        Ok(granted) => Ok((cookie.keep(&granted.refresh), Json(Tokens::from(granted))).into_response()),
        // A cookie that will never count again need not come again.
        Err(error @ (AuthError::RefreshTokenInvalid | AuthError::RefreshTokenReused)) if by_cookie => {
            Ok((cookie.clear(), Problem::from(error)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
