use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Limited, MailOff, Unprocessable};
use crate::links::Links;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgottenPassword {
    /// The user name or the e-mail address.
    #[schema(example = "ada")]
    username: String,
}

/// Ask for a link to a new password
///
/// It is sent to the account's address, and good for an hour, once. Whether there is such an account is not told.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password/forgot",
    tag = "auth",
    request_body = ForgottenPassword,
    responses(
        (status = 202, description = "Where there is such an account, the link is on its way"),
        MailOff, Unprocessable, Limited, Always
    ),
    security(()),
)]
pub(super) async fn forgot_password(
    State(links): State<Links>,
    Asked(trail): Asked,
    Json(forgotten): Json<ForgottenPassword>,
) -> Result<StatusCode, Problem> {
    links.forgot(forgotten.username, trail)?;
    Ok(StatusCode::ACCEPTED)
}
