use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::SessionId;

use super::list_sessions::SessionView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::sessions::Sessions;

/// See one of your sessions
///
/// One that has ended is there for another week.
#[utoipa::path(
    get,
    path = "/api/v1/auth/sessions/{id}",
    tag = "auth",
    params(("id" = SessionId, Path)),
    responses(
        (status = 200, description = "The session", body = SessionView),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_session(
    permit: Permit<ManageAccount>,
    State(sessions): State<Sessions>,
    Path(id): Path<SessionId>,
) -> Result<Json<SessionView>, Problem> {
    let session = sessions.one_of(permit.user()?, id).await?;
    Ok(Json(SessionView::new(session, permit.caller.session)))
}
