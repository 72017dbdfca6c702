use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use super::confirm_totp::RecoveryCodes;
use super::disable_totp::BothFactors;
use super::proof;
use crate::documentation::{Always, Forbidden, Limited, SecondFactorOff, Unauthenticated, Unprocessable};
use crate::factor::Factors;

/// Make other recovery codes
///
/// Those there are count no more.
#[utoipa::path(
    post,
    path = "/api/v1/auth/totp/recovery-codes",
    tag = "auth",
    request_body = BothFactors,
    responses(
        (status = 200, description = "Ten codes, told this once", body = RecoveryCodes),
        Unauthenticated, Forbidden, SecondFactorOff, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn renew_recovery_codes(
    permit: Permit<ManageAccount>,
    State(factors): State<Factors>,
    asked: Asked,
    Json(shown): Json<BothFactors>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let proof = proof(shown.code, shown.recovery_code)?;
    let codes = factors
        .renew_codes(
            permit.user()?,
            shown.password.into(),
            proof,
            asked.by(&permit.caller),
        )
        .await?;
    Ok(Json(codes.into()))
}
