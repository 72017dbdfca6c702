use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::Identified;
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::access::Action;

use super::is_own;
use crate::closings::Closings;
use crate::documentation::{AccountClosed, Always, Forbidden, NotFound, Unauthenticated};
use crate::endpoints::admin::AdminAccount;

/// Keep an account
///
/// It is not deleted after all, and an owner who was shut out for that may sign in again. One's own, or anybody's for administrators who are signed in
/// themselves. Changes nothing where nobody has asked for its deletion.
#[utoipa::path(
    post,
    path = "/api/v1/users/{id}/restore",
    tag = "users",
    params(("id" = UserId, Path)),
    responses(
        (status = 200, description = "The account", body = AdminAccount),
        Unauthenticated, Forbidden, NotFound, AccountClosed, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn keep_user(
    Identified(caller): Identified,
    State(closings): State<Closings>,
    Path(id): Path<UserId>,
    asked: Asked,
) -> Result<Json<AdminAccount>, Problem> {
    is_own(&caller, id, Action::ManageAccount, Action::ManageAccounts)?;
    let kept = closings.keep(id, asked.by(&caller)).await?;
    Ok(Json(kept.into()))
}
