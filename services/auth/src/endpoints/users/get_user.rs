use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::Identified;
use photure_domain::UserId;
use photure_domain::access::Action;

use super::is_own;
use crate::accounts::Accounts;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::endpoints::admin::AdminAccount;

/// Get somebody's account
///
/// One's own, or anybody's for administrators.
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}",
    tag = "users",
    operation_id = "get_account",
    params(("id" = UserId, Path)),
    responses(
        (status = 200, description = "The account", body = AdminAccount),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn get_user(
    Identified(caller): Identified,
    State(accounts): State<Accounts>,
    Path(id): Path<UserId>,
) -> Result<Json<AdminAccount>, Problem> {
    is_own(&caller, id, Action::ReadAccount, Action::Administer)?;
    Ok(Json(accounts.user(id).await?.into()))
}
