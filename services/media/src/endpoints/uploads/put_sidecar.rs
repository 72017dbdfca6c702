use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use photure_common::extract::Path;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::UploadId;

use crate::error::MediaError;
use crate::state::AppState;
use crate::upload::Xmp;

/// Give a resumable upload its sidecar
///
/// The bytes of a `.xmp` that lies beside the file, before the file's last byte. What it says of the photo counts more than what the file says
/// itself; it is kept beside the original as it came. A second one takes the place of the first.
#[utoipa::path(
    put,
    path = "/api/v1/uploads/{id}/sidecar",
    tag = "uploads",
    operation_id = "put_upload_sidecar",
    params(("id" = UploadId, Path)),
    request_body(content = String, description = "XMP in UTF-8 or UTF-16, at most 256 KiB", content_type = "application/rdf+xml"),
    responses(
        (status = 204, description = "It is here"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "payload_too_large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "invalid_fields", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_busy: all bytes of the file are here, or it is a part of one", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn put_upload_sidecar(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    Path(id): Path<UploadId>,
    mut request: Request,
) -> Result<Response, Problem> {
    DefaultBodyLimit::max(Xmp::MAX_BYTES).apply(&mut request);
    let bytes = Bytes::from_request(request, &state).await;
    let bytes = bytes.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => MediaError::TooLarge {
            limit: Xmp::MAX_BYTES as u64,
        },
        _ => MediaError::BrokenBody(rejection.into()),
    })?;
    let read = tokio::task::spawn_blocking(move || Xmp::read(bytes)).await;
    let xmp = read.map_err(MediaError::Task)?.map_err(|_| MediaError::Part {
        part: "sidecar".into(),
        code: "invalid",
        message: "is no XMP",
    })?;
    state.resumable.put_xmp(permit.library()?, id, xmp).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
