use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Administer, Permit};
use photure_domain::account::folded;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::AdminAccount;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, InvalidQuery, Unauthenticated};
use crate::places;

const LIMIT: u32 = 50;
const MOST: u32 = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct UserList {
    items: Vec<AdminAccount>,
    /// Null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List all accounts
///
/// By user name. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users",
    tag = "admin",
    params(UserQuery),
    responses(
        (status = 200, description = "A page of the list", body = UserList),
        Unauthenticated, Forbidden, InvalidQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_users(
    _: Permit<Administer>,
    State(administration): State<Administration>,
    Query(query): Query<UserQuery>,
) -> Result<Json<UserList>, Problem> {
    let limit = places::limit(query.limit, LIMIT, MOST)?;
    let after = query.cursor.as_deref().map(places::name).transpose()?;
    let mut users = administration.list(after.as_deref(), limit + 1).await?;
    let last = places::cut(&mut users, limit);
    let next_cursor = last.map(|user| places::after_name(&folded(&user.username)));
    Ok(Json(UserList {
        items: users.into_iter().map(AdminAccount::from).collect(),
        next_cursor,
    }))
}
