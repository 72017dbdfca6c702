use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::Identified;
use photure_common::trail::Asked;
use photure_domain::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ProfilePatch;
use super::change_user::rename;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NameOrAddressTaken, NotFound, Unauthenticated, Unprocessable};
use crate::endpoints::admin::AdminAccount;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    #[schema(min_length = 3, max_length = 32, example = "ada")]
    username: String,
    /// As in `PATCH`; one's own stays what it is.
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
}

/// Replace the name and the address of an account
///
/// As `PATCH`, with both.
#[utoipa::path(
    put,
    path = "/api/v1/users/{id}",
    tag = "users",
    operation_id = "replace_account",
    params(("id" = UserId, Path)),
    request_body = Profile,
    responses(
        (status = 200, description = "The account as it is now", body = AdminAccount),
        Unauthenticated, Forbidden, NotFound, NameOrAddressTaken, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn replace_user(
    Identified(caller): Identified,
    State(administration): State<Administration>,
    Path(id): Path<UserId>,
    asked: Asked,
    Json(profile): Json<Profile>,
) -> Result<Json<AdminAccount>, Problem> {
    let patch = ProfilePatch {
        username: Some(profile.username),
        email: Some(profile.email),
    };
    rename(&administration, &caller, id, asked, patch).await
}
