use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::list_passkeys::PasskeyView;
use crate::documentation::{Always, Forbidden, Limited, PasskeyConflict, Unauthenticated, Unprocessable};
use crate::passkeys::{NewCredential, Passkeys};

/// What `navigator.credentials.create` answered: bytes as base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// As `auth/passkeys/options` gave it.
    challenge: String,
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 100, example = "Phone")]
    name: String,
    /// `response.clientDataJSON`
    client_data: String,
    /// `response.getAuthenticatorData()`
    authenticator_data: String,
    /// `response.getPublicKey()`
    public_key: String,
    /// `response.getPublicKeyAlgorithm()`
    algorithm: i32,
}

/// Add a passkey
///
/// It is enough to sign in with from now on: the device makes sure of its owner itself.
#[utoipa::path(
    post,
    path = "/api/v1/auth/passkeys",
    tag = "auth",
    request_body = NewPasskey,
    responses(
        (status = 201, description = "The passkey", body = PasskeyView),
        Unauthenticated, Forbidden, PasskeyConflict, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn add_passkey(
    permit: Permit<ManageAccount>,
    State(passkeys): State<Passkeys>,
    asked: Asked,
    Json(new): Json<NewPasskey>,
) -> Result<(StatusCode, Json<PasskeyView>), Problem> {
    let credential = NewCredential {
        client_data: new.client_data,
        authenticator_data: new.authenticator_data,
        public_key: new.public_key,
        algorithm: new.algorithm,
    };
    let added = passkeys
        .add(
            permit.user()?,
            &new.challenge,
            &new.name,
            &credential,
            asked.by(&permit.caller),
        )
        .await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}
