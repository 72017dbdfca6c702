use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use crate::closings::Closings;
use crate::documentation::{AccountClosed, Always, Forbidden, Unauthenticated};
use crate::endpoints::admin::AdminAccount;

/// Keep one's own account
///
/// It is not deleted after all. Changes nothing where nobody has asked for that.
#[utoipa::path(
    post,
    path = "/api/v1/users/me/restore",
    tag = "users",
    responses(
        (status = 200, description = "The account", body = AdminAccount),
        Unauthenticated, Forbidden, AccountClosed, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn keep_me(
    permit: Permit<ManageAccount>,
    State(closings): State<Closings>,
    asked: Asked,
) -> Result<Json<AdminAccount>, Problem> {
    let kept = closings.keep(permit.user()?, asked.by(&permit.caller)).await?;
    Ok(Json(kept.into()))
}
