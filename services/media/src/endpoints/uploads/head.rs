use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use photure_common::extract::Path;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::UploadId;

use super::protocol::{self, Tus, TusVersion, UPLOAD_LENGTH, UPLOAD_OFFSET};
use crate::error::MediaError;
use crate::resumable::{Found, Kind, Outcome};
use crate::state::AppState;
use crate::upload::Authority;

/// Ask how far a resumable upload is
///
/// A request that still brings bytes for it is ended. All bytes are said to be here only when there is a photo: until then the
/// answer is 423.
#[utoipa::path(
    head,
    path = "/api/v1/uploads/{id}",
    tag = "uploads",
    operation_id = "get_upload_offset",
    params(
        ("id" = UploadId, Path),
        ("Tus-Resumable" = inline(TusVersion), Header),
    ),
    responses(
        (status = 200, description = "In its headers", headers(
            ("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Metadata" = String), ("Upload-Expires" = String),
        )),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_failed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_busy", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_upload_offset(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    _: Tus,
    Path(id): Path<UploadId>,
) -> Result<Response, Problem> {
    let owner = permit.library()?;
    let authority = Authority::Owner(permit.caller.bearer);
    match state.resumable.attend(owner, id, authority).await? {
        Found::Open(upload) if upload.is_complete() && upload.ticket().kind != Kind::Partial => {
            Err(MediaError::UploadBusy.into())
        }
        Found::Open(upload) => Ok((StatusCode::OK, protocol::standing(&state, &upload)).into_response()),
        Found::Ended(ending) if matches!(ending.outcome, Outcome::Failed(_)) => {
            Err(MediaError::UploadFailed.into())
        }
        Found::Ended(ending) => {
            let mut headers = HeaderMap::new();
            headers.insert(UPLOAD_OFFSET, ending.bytes.into());
            headers.insert(UPLOAD_LENGTH, ending.bytes.into());
            Ok((StatusCode::OK, headers).into_response())
        }
    }
}
