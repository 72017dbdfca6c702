use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::proof;
use crate::documentation::{Always, Forbidden, Limited, SecondFactorOff, Unauthenticated, Unprocessable};
use crate::factor::Factors;

/// The password, and one of the two others.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BothFactors {
    #[schema(format = Password)]
    pub(super) password: String,
    /// The six digits that the app shows.
    #[serde(default)]
    #[schema(required = false, example = "123456")]
    pub(super) code: Option<String>,
    /// Where the app is lost.
    #[serde(default)]
    #[schema(required = false)]
    pub(super) recovery_code: Option<String>,
}

/// Turn two-step sign-in off
///
/// The recovery codes are forgotten too.
#[utoipa::path(
    post,
    path = "/api/v1/auth/totp/disable",
    tag = "auth",
    request_body = BothFactors,
    responses(
        (status = 204, description = "The password is enough from now on"),
        Unauthenticated, Forbidden, SecondFactorOff, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn disable_totp(
    permit: Permit<ManageAccount>,
    State(factors): State<Factors>,
    asked: Asked,
    Json(shown): Json<BothFactors>,
) -> Result<StatusCode, Problem> {
    let proof = proof(shown.code, shown.recovery_code)?;
    factors
        .disable(
            permit.user()?,
            shown.password.into(),
            proof,
            asked.by(&permit.caller),
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
