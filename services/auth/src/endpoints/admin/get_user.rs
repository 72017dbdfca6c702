use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Administer, Permit};
use photure_domain::UserId;

use super::AdminAccount;
use crate::accounts::Accounts;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};

/// Get an account
///
/// Anybody's. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users/{id}",
    tag = "admin",
    params(("id" = UserId, Path)),
    responses(
        (status = 200, description = "The account", body = AdminAccount),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn get_user(
    _: Permit<Administer>,
    State(accounts): State<Accounts>,
    Path(id): Path<UserId>,
) -> Result<Json<AdminAccount>, Problem> {
    Ok(Json(accounts.user(id).await?.into()))
}
