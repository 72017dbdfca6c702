use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_common::Problem;
use photure_common::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Limited, NoPasskeys};
use crate::passkeys::Passkeys;

/// What a device needs to sign in: bytes as base64url.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyRequest {
    /// To be sent back with the answer.
    challenge: String,
    /// What the device signs over.
    nonce: String,
    rp_id: String,
}

/// Begin to sign in with a passkey
///
/// The same for everybody: the device knows whose key it has.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login/passkey/options",
    tag = "auth",
    responses(
        (status = 200, description = "What `navigator.credentials.get` needs", body = PasskeyRequest),
        NoPasskeys, Limited, Always
    ),
    security(()),
)]
pub(super) async fn begin_login_passkey(
    State(passkeys): State<Passkeys>,
) -> Result<Json<PasskeyRequest>, Problem> {
    let asked = passkeys.ask()?;
    Ok(Json(PasskeyRequest {
        challenge: asked.challenge,
        nonce: URL_SAFE_NO_PAD.encode(asked.nonce),
        rp_id: asked.rp_id.to_string(),
    }))
}
