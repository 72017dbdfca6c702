use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Limited, LinkInvalid, Unprocessable};
use crate::links::Links;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// What follows `#` in the link.
    token: String,
    /// At most 1024 bytes.
    #[schema(min_length = 10, max_length = 1024, format = Password)]
    password: String,
}

/// Choose a new password, with a link
///
/// All sessions of the account end, and all links like this one. Whoever has two-step sign-in is asked for the second step as ever.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password/reset",
    tag = "auth",
    request_body = NewPassword,
    responses(
        (status = 204, description = "It is the password from now on"),
        (
            status = 403,
            description = "The account may not be used: `account_disabled`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        LinkInvalid, Unprocessable, Limited, Always
    ),
    security(()),
)]
pub(super) async fn reset_password(
    State(links): State<Links>,
    Asked(trail): Asked,
    Json(new): Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    links.reset(&new.token, new.password.into(), trail).await?;
    Ok(StatusCode::NO_CONTENT)
}
