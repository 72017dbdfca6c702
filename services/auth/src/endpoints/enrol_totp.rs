use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Limited, SecondFactorOn, Unauthenticated, Unprocessable};
use crate::factor::{Enrolment, Factors};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordAgain {
    #[schema(format = Password)]
    pub(super) password: String,
}

/// What an authenticator app is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSecretView {
    /// Base32, for typing.
    #[schema(pattern = "^[A-Z2-7]{32}$")]
    secret: String,
    /// For a link on the device that has the app.
    #[schema(example = "otpauth://totp/Photure:ada%40photos.example.org?secret=…")]
    uri: String,
    /// The same as a picture for its camera: an SVG document.
    qr: String,
}

impl From<Enrolment> for TotpSecretView {
    fn from(enrolment: Enrolment) -> Self {
        let Enrolment { secret, uri, qr } = enrolment;
        Self { secret, uri, qr }
    }
}

/// Set up an authenticator app
///
/// The secret is told this once, and counts when a code of it was confirmed. Asking again makes another.
#[utoipa::path(
    post,
    path = "/api/v1/auth/totp",
    tag = "auth",
    request_body = PasswordAgain,
    responses(
        (status = 201, description = "What the app needs", body = TotpSecretView),
        Unauthenticated, Forbidden, SecondFactorOn, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn enrol_totp(
    permit: Permit<ManageAccount>,
    State(factors): State<Factors>,
    Json(shown): Json<PasswordAgain>,
) -> Result<(StatusCode, Json<TotpSecretView>), Problem> {
    let enrolment = factors.enrol(permit.user()?, shown.password.into()).await?;
    Ok((StatusCode::CREATED, Json(enrolment.into())))
}
