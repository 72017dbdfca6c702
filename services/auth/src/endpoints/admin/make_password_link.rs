use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::{Timestamp, UserId};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::error::AuthError;
use crate::links::Links;

#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordLink {
    /// Told this once, for whoever the account is for.
    #[schema(example = "https://photos.example.org/reset-password#…")]
    link: String,
    expires_at: Timestamp,
}

/// Make a link to a new password for somebody
///
/// For those who have forgotten theirs, where no mail is sent or none arrives: they choose the password themselves, and nobody else knows it. Good
/// for an hour, once; their sessions end when it is used. For administrators who are signed in themselves, and not for their own account.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users/{id}/password-link",
    tag = "admin",
    params(("id" = UserId, Path)),
    responses(
        (status = 201, description = "The link", body = PasswordLink),
        (
            status = 409,
            description = "It is one's own account: `own_account`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn make_password_link(
    permit: Permit<ManageAccounts>,
    State(links): State<Links>,
    Path(id): Path<UserId>,
    asked: Asked,
) -> Result<(StatusCode, Json<PasswordLink>), Problem> {
    // A stolen sign-in must not be enough to take the account over.
    if permit.user()? == id {
        return Err(AuthError::OwnAccount.into());
    }
    let (link, expires_at) = links.hand_out(id, asked.by(&permit.caller)).await?;
    let link = link.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(PasswordLink { link, expires_at })))
}
