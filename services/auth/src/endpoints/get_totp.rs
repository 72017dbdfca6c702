use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::factor::Factors;

/// Two-step sign-in, as its owner sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpState {
    /// Whether a code is asked for beside the password.
    enabled: bool,
    /// Since when.
    #[schema(required)]
    enabled_at: Option<Timestamp>,
    /// How many were not used yet.
    recovery_codes_left: u32,
    /// Whether it can be set up here: whoever runs this Photure has to keep a key for it.
    available: bool,
}

/// See whether two-step sign-in is on
#[utoipa::path(
    get,
    path = "/api/v1/auth/totp",
    tag = "auth",
    responses((status = 200, description = "How it stands", body = TotpState), Unauthenticated, Forbidden, Always),
    security(("bearer" = [])),
)]
pub(super) async fn get_totp(
    permit: Permit<ManageAccount>,
    State(factors): State<Factors>,
) -> Result<Json<TotpState>, Problem> {
    let totp = factors.of(permit.user()?).await?;
    Ok(Json(TotpState {
        enabled: totp.is_some(),
        recovery_codes_left: totp.as_ref().map_or(0, |totp| totp.recovery_codes),
        enabled_at: totp.and_then(|totp| totp.confirmed_at),
        available: factors.is_offered(),
    }))
}
