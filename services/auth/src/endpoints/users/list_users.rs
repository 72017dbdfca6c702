use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Administer, Permit};

use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, InvalidQuery, Unauthenticated};
use crate::endpoints::admin::list_users::{self, UserList, UserQuery};

/// List all accounts
///
/// The same as `admin/users`. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    tag = "users",
    operation_id = "list_accounts",
    params(UserQuery),
    responses(
        (status = 200, description = "A page of the list", body = UserList),
        Unauthenticated, Forbidden, InvalidQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_users(
    permit: Permit<Administer>,
    administration: State<Administration>,
    query: Query<UserQuery>,
) -> Result<Json<UserList>, Problem> {
    list_users::list_users(permit, administration, query).await
}
