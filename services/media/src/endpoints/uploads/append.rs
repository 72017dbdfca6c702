use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode};
use photure_common::extract::Path;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::UploadId;

use super::protocol::{self, Tus, TusVersion, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET};
use super::{head, terminate};
use crate::endpoints::pass_on;
use crate::error::{MediaError, MediaResult};
use crate::resumable::{Chunk, Ending, Found, Outcome};
use crate::state::AppState;
use crate::upload::Authority;

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Send bytes of a resumable upload
///
/// The answer to the last byte comes when the photo is durably stored and in the catalogue, or says why it never will be.
#[utoipa::path(
    patch,
    path = "/api/v1/uploads/{id}",
    tag = "uploads",
    operation_id = "append_to_upload",
    params(
        ("id" = UploadId, Path),
        ("Tus-Resumable" = inline(TusVersion), Header),
        ("Upload-Offset" = u64, Header, description = "Where the bytes belong: at the end of those that are here"),
        ("Upload-Length" = Option<u64>, Header, description = "Where it was not said before"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256 <base64>` of the body"),
    ),
    request_body(content = inline(Vec<u8>), content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "How far it is now", headers(("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 400, description = "malformed_header, upload_interrupted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "request_timeout", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "upload_offset", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_failed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "payload_too_large, more_than_announced, quota_exceeded", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "offset_stream_expected, unsupported_media_type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "empty_file, truncated_image, corrupt_image, too_many_pixels, image_too_costly, digest_mismatch", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_busy", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "checksum_mismatch", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn append_to_upload(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    _: Tus,
    Path(id): Path<UploadId>,
    request: Request,
) -> Result<Response, Problem> {
    let owner = permit.library()?;
    let authority = Authority::Owner(permit.caller.bearer);
    let appended = async {
        let headers = request.headers();
        if !protocol::brings_bytes(headers) {
            return Err(MediaError::NoOffsetStream);
        }
        let offset = protocol::number(headers, &UPLOAD_OFFSET, "Upload-Offset")?;
        let offset = offset.ok_or(MediaError::MalformedHeader {
            header: "Upload-Offset",
            why: "is missing",
        })?;
        let length = protocol::number(headers, &UPLOAD_LENGTH, "Upload-Length")?;
        let chunk = chunk(request)?;
        match state.resumable.uploads.find(owner, id).await? {
            Found::Open(upload) => {
                state
                    .resumable
                    .append(&upload, offset, length, chunk, authority)
                    .await?;
                let mut headers = protocol::standing(&state, &upload);
                headers.remove(UPLOAD_METADATA);
                Ok((StatusCode::NO_CONTENT, headers).into_response())
            }
            Found::Ended(ending) => after_the_end(&ending, offset),
        }
    };
    appended.await.or_else(refused)
}

/// What a POST may stand for.
#[derive(Debug, utoipa::ToSchema)]
enum Overriding {
    #[schema(rename = "PATCH")]
    _Patch,
    #[schema(rename = "HEAD")]
    _Head,
    #[schema(rename = "DELETE")]
    _Delete,
}

/// Another method by `X-HTTP-Method-Override`, for those who can only send POST.
#[utoipa::path(
    post,
    path = "/api/v1/uploads/{id}",
    tag = "uploads",
    operation_id = "override_upload_method",
    params(
        ("id" = UploadId, Path),
        ("Tus-Resumable" = inline(TusVersion), Header),
        ("X-HTTP-Method-Override" = inline(Overriding), Header),
    ),
    responses(
        (status = 200, description = "As HEAD"),
        (status = 204, description = "As PATCH and DELETE"),
        (status = 400, description = "As PATCH", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 405, description = "method_not_allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = "4XX", description = "As PATCH, HEAD and DELETE", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn override_method(
    state: State<AppState>,
    permit: Permit<WritePhotos>,
    tus: Tus,
    id: Path<UploadId>,
    request: Request,
) -> Result<Response, Problem> {
    let method = request
        .headers()
        .get(METHOD_OVERRIDE)
        .map(|method| method.as_bytes().to_vec());
    match method.as_deref() {
        Some(b"PATCH") => append_to_upload(state, permit, tus, id, request).await,
        Some(b"DELETE") => terminate::terminate_upload(state, permit, tus, id).await,
        Some(b"HEAD") => head::get_upload_offset(state, permit, tus, id).await,
        _ => Err(Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

/// The answer was lost on its way, and the client asks once more with nothing left to send.
fn after_the_end(ending: &Ending, offset: u64) -> MediaResult<Response> {
    if matches!(ending.outcome, Outcome::Failed(_)) {
        return Err(MediaError::UploadFailed);
    }
    if offset != ending.bytes {
        return Err(MediaError::WrongOffset { offset: ending.bytes });
    }
    Ok((StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, offset.to_string())]).into_response())
}

pub(super) fn chunk(request: Request) -> MediaResult<Chunk> {
    let checksum = protocol::checksum(request.headers())?;
    let hint = request.body().size_hint();
    Ok(Chunk {
        announced: hint.lower(),
        at_most: hint.upper().unwrap_or(u64::MAX),
        checksum,
        body: request.into_body().into_data_stream(),
    })
}

/// Gallery says for itself why it does not want a photo.
pub(super) fn refused(error: MediaError) -> Result<Response, Problem> {
    match error {
        MediaError::GalleryRefused(answer) => Ok(pass_on(*answer)),
        MediaError::BrokenBody(_) => Err(Problem::bad_request(
            "upload_interrupted",
            "The connection broke off. What arrived is kept; go on from there.",
        )),
        error => Err(error.into()),
    }
}
