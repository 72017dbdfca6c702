use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use photure_common::extract::Path;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::UploadId;

use super::protocol::{Tus, TusVersion};
use crate::state::AppState;

/// Give a resumable upload up
///
/// Its bytes are removed. A photo that it has become stays.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    tag = "uploads",
    operation_id = "terminate_upload",
    params(
        ("id" = UploadId, Path),
        ("Tus-Resumable" = inline(TusVersion), Header),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_busy", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn terminate_upload(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    _: Tus,
    Path(id): Path<UploadId>,
) -> Result<Response, Problem> {
    state.resumable.terminate(permit.library()?, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
