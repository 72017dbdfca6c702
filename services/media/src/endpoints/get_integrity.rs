use axum::Json;
use axum::extract::State;
use photure_common::identity::{Administer, Permit};
use photure_common::{Problem, ProblemBody};

use crate::error::MediaError;
use crate::integrity::{IntegrityView, current};
use crate::state::AppState;

/// See whether the storage is whole
///
/// How far the scrub has come that reads every original again and again, and what it has found. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/integrity",
    tag = "admin",
    operation_id = "get_integrity",
    responses(
        (status = 200, body = IntegrityView),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_integrity(
    _: Permit<Administer>,
    State(state): State<AppState>,
) -> Result<Json<IntegrityView>, Problem> {
    let progress = current(&*state.blobs).await.map_err(MediaError::Blob)?;
    Ok(Json(IntegrityView::new(progress, state.scrub_every)))
}
