use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::passkey::Algorithm;
use serde::Serialize;
use utoipa::ToSchema;

use super::enrol_totp::PasswordAgain;
use crate::documentation::{Always, Forbidden, Limited, PasskeyConflict, Unauthenticated, Unprocessable};
use crate::passkeys::Passkeys;

/// What a device needs to make a key: bytes as base64url.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyCreation {
    /// To be sent back with the new key.
    challenge: String,
    /// What the device signs over.
    nonce: String,
    rp_id: String,
    user_handle: String,
    user_name: String,
    /// Numbers of COSE, what is liked best first.
    algorithms: Vec<i32>,
    /// Ids of the credentials there are: their devices need no second one.
    exclude: Vec<String>,
}

/// Begin to add a passkey
#[utoipa::path(
    post,
    path = "/api/v1/auth/passkeys/options",
    tag = "auth",
    request_body = PasswordAgain,
    responses(
        (status = 200, description = "What `navigator.credentials.create` needs", body = PasskeyCreation),
        Unauthenticated, Forbidden, PasskeyConflict, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn begin_passkey(
    permit: Permit<ManageAccount>,
    State(passkeys): State<Passkeys>,
    Json(shown): Json<PasswordAgain>,
) -> Result<Json<PasskeyCreation>, Problem> {
    let (asked, user, known) = passkeys.begin(permit.user()?, shown.password.into()).await?;
    Ok(Json(PasskeyCreation {
        challenge: asked.challenge,
        nonce: URL_SAFE_NO_PAD.encode(asked.nonce),
        rp_id: asked.rp_id.to_string(),
        user_handle: URL_SAFE_NO_PAD.encode(user.id.as_uuid().as_bytes()),
        user_name: user.username,
        algorithms: Algorithm::ALL.map(Algorithm::number).to_vec(),
        exclude: known
            .iter()
            .map(|passkey| URL_SAFE_NO_PAD.encode(&passkey.credential_id))
            .collect(),
    }))
}
