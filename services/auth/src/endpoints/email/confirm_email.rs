use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documentation::{Always, Limited, LinkInvalid, Unprocessable};
use crate::links::Links;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailConfirmation {
    /// What follows `#` in the link.
    token: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmedEmailView {
    email: String,
}

/// Confirm an e-mail address, with a link
///
/// Whoever has the link need not be signed in. An address that waited takes the place of the one before, which is told.
#[utoipa::path(
    post,
    path = "/api/v1/auth/email/confirm",
    tag = "auth",
    request_body = EmailConfirmation,
    responses(
        (status = 200, description = "The address that is confirmed", body = ConfirmedEmailView),
        (
            status = 409,
            description = "Somebody else has it by now: `email_taken`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        LinkInvalid, Unprocessable, Limited, Always
    ),
    security(()),
)]
pub(crate) async fn confirm_email(
    State(links): State<Links>,
    Asked(trail): Asked,
    Json(confirmation): Json<EmailConfirmation>,
) -> Result<Json<ConfirmedEmailView>, Problem> {
    let user = links.confirm(&confirmation.token, trail).await?;
    Ok(Json(ConfirmedEmailView { email: user.email }))
}
