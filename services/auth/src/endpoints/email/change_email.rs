use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::EmailView;
use crate::documentation::{Always, Forbidden, Limited, Unauthenticated, Unprocessable};
use crate::endpoints::optional_proof;
use crate::links::Links;

/// The address, the password, and one of the two others where two-step sign-in is on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChange {
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
    #[schema(format = Password)]
    password: String,
    /// The six digits that the app shows.
    #[serde(default)]
    #[schema(required = false, example = "123456")]
    code: Option<String>,
    /// Where the app is lost.
    #[serde(default)]
    #[schema(required = false)]
    recovery_code: Option<String>,
}

/// Change your e-mail address
///
/// A link is sent to the new one, and it counts when that is used; then the old one is told. Asking for another ends what waits, and so does
/// asking for the one you have. Where no mail is sent it counts at once, and is not confirmed.
#[utoipa::path(
    put,
    path = "/api/v1/auth/email",
    tag = "auth",
    request_body = EmailChange,
    responses(
        (status = 200, description = "The address, and what waits now", body = EmailView),
        (
            status = 409,
            description = "Where no mail is sent: somebody else has the address: `email_taken`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn change_email(
    permit: Permit<ManageAccount>,
    State(links): State<Links>,
    asked: Asked,
    Json(change): Json<EmailChange>,
) -> Result<Json<EmailView>, Problem> {
    let proof = optional_proof(change.code, change.recovery_code)?;
    let trail = asked.by(&permit.caller);
    let (user, password) = (permit.user()?, change.password.into());
    let state = links
        .change_email(user, change.email, password, proof, trail)
        .await?;
    Ok(Json(EmailView::new(state, &links)))
}
