use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::UserId;

use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};

/// Sign somebody out everywhere
///
/// Their API keys stay. For administrators who are signed in themselves.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/users/{id}/sessions",
    tag = "admin",
    params(("id" = UserId, Path)),
    responses(
        (status = 204, description = "All sessions of the account have ended"),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn end_user_sessions(
    permit: Permit<ManageAccounts>,
    State(administration): State<Administration>,
    Path(id): Path<UserId>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    administration
        .end_sessions(Some(id), asked.by(&permit.caller))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
