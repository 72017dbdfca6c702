use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::account::Role;
use photure_store::administration::AccountChange;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AdminAccount;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated, Unprocessable};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    /// Who may do less from now on is signed out; who may do more can once their sign-in is renewed.
    #[serde(default)]
    #[schema(required = false)]
    role: Option<Role>,
    /// Nobody can sign in to a disabled account, its sessions end, and its API keys count no more. Its photos stay.
    #[serde(default)]
    #[schema(required = false)]
    disabled: Option<bool>,
}

/// Change somebody's role, disable or enable their account
///
/// For administrators who are signed in themselves. Everywhere it counts within half a minute.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/users/{id}",
    tag = "admin",
    params(("id" = UserId, Path)),
    request_body(content = UserPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The account as it is now", body = AdminAccount),
        (
            status = 409,
            description = "Nobody would be left to administer: `last_admin`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, NotFound, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn change_user(
    permit: Permit<ManageAccounts>,
    State(administration): State<Administration>,
    Path(id): Path<UserId>,
    asked: Asked,
    Json(patch): Json<UserPatch>,
) -> Result<Json<AdminAccount>, Problem> {
    let change = AccountChange {
        role: patch.role,
        disabled: patch.disabled,
    };
    let changed = administration
        .change(id, change, asked.by(&permit.caller))
        .await?;
    Ok(Json(changed.into()))
}
