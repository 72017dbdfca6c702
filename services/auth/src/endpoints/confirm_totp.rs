use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Limited, SecondFactorState, Unauthenticated, Unprocessable};
use crate::factor::{Factors, RecoveryCode};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpConfirmation {
    /// The six digits that the app shows.
    #[schema(example = "123456")]
    code: String,
}

/// What opens the account once each when the app is lost.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Told this once.
    #[schema(example = json!(["7k3m-v0qx-c2bd-9hne"]))]
    recovery_codes: Vec<String>,
}

impl From<Vec<RecoveryCode>> for RecoveryCodes {
    fn from(codes: Vec<RecoveryCode>) -> Self {
        Self {
            recovery_codes: codes.iter().map(RecoveryCode::to_text).collect(),
        }
    }
}

/// Turn two-step sign-in on
///
/// From now on a code is asked for beside the password. Sessions and API keys go on.
#[utoipa::path(
    post,
    path = "/api/v1/auth/totp/confirm",
    tag = "auth",
    request_body = TotpConfirmation,
    responses(
        (status = 200, description = "It is on; keep the codes", body = RecoveryCodes),
        Unauthenticated, Forbidden, SecondFactorState, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn confirm_totp(
    permit: Permit<ManageAccount>,
    State(factors): State<Factors>,
    asked: Asked,
    Json(shown): Json<TotpConfirmation>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes = factors
        .confirm(permit.user()?, &shown.code, asked.by(&permit.caller))
        .await?;
    Ok(Json(codes.into()))
}
