use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Identity, TokenError, credential};
use photure_domain::{Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::Always;

/// Whether a token is good.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Verdict {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

/// The token or key as it came; `None` where there is none to speak of.
pub(crate) struct Brought(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Brought {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(credential(parts).ok().map(str::to_owned)))
    }
}

/// Ask whether a token is good
///
/// Good is one that is ours, has not run out, and whose session goes on; or an API key that counts. The answer is 200 either way.
#[utoipa::path(
    get,
    path = "/api/v1/auth/verify-token",
    tag = "auth",
    responses((status = 200, description = "The verdict", body = Verdict), Always),
    security((), ("bearer" = [])),
)]
pub(super) async fn verify_token(
    State(identity): State<Identity>,
    Brought(token): Brought,
) -> Result<Json<Verdict>, Problem> {
    let Some(token) = token else {
        return Ok(Json(Verdict::default()));
    };
    let (caller, claims) = match identity.verify(&token).await {
        Ok(verified) => verified,
        Err(
            TokenError::Invalid
            | TokenError::Expired
            | TokenError::Ended
            | TokenError::KeyInvalid
            | TokenError::AccountDisabled
            | TokenError::NoAccount,
        ) => {
            return Ok(Json(Verdict::default()));
        }
        Err(error) => return Err(error.into()),
    };
    let Some(user) = caller.actor.person() else {
        return Ok(Json(Verdict::default()));
    };
    let expires_at = Timestamp::from_millis(claims.exp.saturating_mul(1000));
    Ok(Json(Verdict {
        valid: true,
        user_id: Some(user),
        expires_at: Some(expires_at),
    }))
}
