use axum::extract::State;
use axum::response::IntoResponse;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, Limited, NoPasskeys, Unprocessable};
use crate::passkeys::{Assertion, Passkeys};
use crate::sessions::Sessions;

/// What `navigator.credentials.get` answered: bytes as base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyAnswer {
    /// As `auth/login/passkey/options` gave it.
    challenge: String,
    /// `rawId`
    id: String,
    /// `response.clientDataJSON`
    client_data: String,
    /// `response.authenticatorData`
    authenticator_data: String,
    /// `response.signature`
    signature: String,
    /// `response.userHandle`
    #[serde(default)]
    #[schema(required = false)]
    user_handle: Option<String>,
}

/// Sign in with a passkey
///
/// Neither a password nor a code is asked for: the device has made sure of its owner.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login/passkey",
    tag = "auth",
    request_body = PasskeyAnswer,
    responses(
        (status = 200, description = "Tokens of a new session", body = Tokens, headers(("Set-Cookie" = String))),
        (
            status = 401,
            description = "The passkey is not taken: `passkey_refused`; it took too long: `challenge_invalid`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = 403,
            description = "The account may not be used: `account_disabled`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        NoPasskeys,
        Unprocessable,
        Limited,
        Always,
    ),
    security(()),
)]
pub(super) async fn login_passkey(
    State(passkeys): State<Passkeys>,
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    Asked(trail): Asked,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<impl IntoResponse, Problem> {
    let assertion = Assertion {
        id: answer.id,
        client_data: answer.client_data,
        authenticator_data: answer.authenticator_data,
        signature: answer.signature,
        user_handle: answer.user_handle,
    };
    let user = passkeys.answer(&answer.challenge, &assertion).await?;
    let granted = sessions.open(&user, trail).await?;
    Ok((cookie.keep(&granted.refresh), Json(Tokens::from(granted))))
}
