use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use super::ProfilePatch;
use super::change_user::rename;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NameOrAddressTaken, Unauthenticated, Unprocessable};
use crate::endpoints::admin::AdminAccount;

/// Change one's own name
///
/// You sign in with it from then on.
#[utoipa::path(
    patch,
    path = "/api/v1/users/me",
    tag = "users",
    request_body(content = ProfilePatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The account as it is now", body = AdminAccount),
        Unauthenticated, Forbidden, NameOrAddressTaken, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn change_me(
    permit: Permit<ManageAccount>,
    State(administration): State<Administration>,
    asked: Asked,
    Json(patch): Json<ProfilePatch>,
) -> Result<Json<AdminAccount>, Problem> {
    rename(&administration, &permit.caller, permit.user()?, asked, patch).await
}
