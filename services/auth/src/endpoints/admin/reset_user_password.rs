use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AccountWithPassword;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated, Unprocessable};
use crate::error::AuthError;
use crate::links::Links;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// Without it one is made up.
    #[serde(default)]
    #[schema(required = false, min_length = 10, max_length = 1024, format = Password)]
    password: Option<String>,
}

/// Give somebody another password
///
/// For those who have forgotten theirs, to be changed by them; all of their sessions end. For administrators who are signed in themselves, and
/// not for their own account.
#[utoipa::path(
    put,
    path = "/api/v1/admin/users/{id}/password",
    tag = "admin",
    params(("id" = UserId, Path)),
    request_body = PasswordReset,
    responses(
        (status = 200, description = "The account, and the password where it was made up", body = AccountWithPassword),
        (
            status = 409,
            description = "It is one's own account: `own_account`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, NotFound, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn reset_user_password(
    permit: Permit<ManageAccounts>,
    State(administration): State<Administration>,
    State(links): State<Links>,
    Path(id): Path<UserId>,
    asked: Asked,
    Json(reset): Json<PasswordReset>,
) -> Result<Json<AccountWithPassword>, Problem> {
    // A stolen sign-in must not be enough to take the account over.
    if permit.user()? == id {
        return Err(AuthError::OwnAccount.into());
    }
    let password = reset.password.map(Into::into);
    let trail = asked.by(&permit.caller);
    let reset = administration.reset_password(id, password, trail).await?;
    links.tell_password_changed(id);
    Ok(Json(reset.into()))
}
