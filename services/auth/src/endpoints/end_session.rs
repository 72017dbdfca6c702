use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::SessionId;

use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::sessions::Sessions;

/// Sign a device out
///
/// Its tokens count no more: here at once, everywhere within half a minute. A session that was ended for safety is taken off the list.
#[utoipa::path(
    delete,
    path = "/api/v1/auth/sessions/{id}",
    tag = "auth",
    params(("id" = SessionId, Path)),
    responses((status = 204, description = "It has ended"), Unauthenticated, Forbidden, NotFound, Always),
    security(("bearer" = [])),
)]
pub(super) async fn end_session(
    permit: Permit<ManageAccount>,
    State(sessions): State<Sessions>,
    Path(id): Path<SessionId>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    sessions
        .end_one_of(permit.user()?, id, asked.by(&permit.caller))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
