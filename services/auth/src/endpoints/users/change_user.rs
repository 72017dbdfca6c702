use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Caller, Identified};
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::access::Action;

use super::{ProfilePatch, is_own};
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NameOrAddressTaken, NotFound, Unauthenticated, Unprocessable};
use crate::endpoints::admin::AdminAccount;

/// Change the name or the address of an account
///
/// One's own name, or anybody's name and address for administrators who are signed in themselves. People sign in with the new name from then on.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{id}",
    tag = "users",
    operation_id = "change_account",
    params(("id" = UserId, Path)),
    request_body(content = ProfilePatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The account as it is now", body = AdminAccount),
        Unauthenticated, Forbidden, NotFound, NameOrAddressTaken, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn change_user(
    Identified(caller): Identified,
    State(administration): State<Administration>,
    Path(id): Path<UserId>,
    asked: Asked,
    Json(patch): Json<ProfilePatch>,
) -> Result<Json<AdminAccount>, Problem> {
    rename(&administration, &caller, id, asked, patch).await
}

pub(super) async fn rename(
    administration: &Administration,
    caller: &Caller,
    id: UserId,
    asked: Asked,
    patch: ProfilePatch,
) -> Result<Json<AdminAccount>, Problem> {
    let is_own = is_own(caller, id, Action::ManageAccount, Action::ManageAccounts)?;
    let ProfilePatch { username, email } = patch;
    // A stolen sign-in must not be enough to have letters sent elsewhere.
    if is_own
        && let Some(email) = &email
        && *email != administration.accounts.user(id).await?.email
    {
        return Err(Problem::field(
            "email",
            "password_needed",
            "is changed with `PUT auth/email`, where your password is asked for",
        ));
    }
    let renamed = administration
        .rename(id, username, email, asked.by(caller))
        .await?;
    Ok(Json(renamed.into()))
}
