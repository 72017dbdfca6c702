use axum::extract::{Request, State};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};

use super::append::{chunk, refused};
use super::protocol::{self, Concat, Tus, TusVersion, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH, UPLOAD_METADATA};
use crate::error::{MediaError, MediaResult};
use crate::resumable::{Kind, NewUpload, UploadMetadata};
use crate::state::AppState;
use crate::upload::Authority;
use axum::response::{IntoResponse, Response};

/// Begin a resumable upload
///
/// tus, *creation*: the address of the upload is in `Location`. It may bring the first bytes with it.
#[utoipa::path(
    post,
    path = "/api/v1/uploads",
    tag = "uploads",
    operation_id = "create_upload",
    params(
        ("Tus-Resumable" = inline(TusVersion), Header),
        ("Upload-Length" = Option<u64>, Header, description = "Of the file, in bytes"),
        ("Upload-Defer-Length" = Option<u8>, Header, description = "`1`, where the length is said later"),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename`, `filetype`, `sha256`, `taken_at`, `album_id`, `live_of`; values in base64. With `live_of`, the SHA-256 of a photo that is there, the file is that photo's film"),
        ("Upload-Concat" = Option<String>, Header, description = "`partial`, or `final;` and the addresses of the parts with spaces between"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256 <base64>` of the body"),
    ),
    request_body(content = inline(Vec<u8>), content_type = "application/offset+octet-stream", description = "The first bytes, or nothing"),
    responses(
        (status = 201, description = "Where it is, and how far", headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 400, description = "malformed_header", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "payload_too_large, more_than_announced; quota_exceeded, at once where `sha256` says which file it is", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "offset_stream_expected; where the file is complete, unsupported_media_type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "invalid_fields, unknown_album; where the file is complete, whatever is wrong with it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "too_many_uploads", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "checksum_mismatch", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_upload(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    _: Tus,
    request: Request,
) -> Result<Response, Problem> {
    let owner = permit.library()?;
    let owner_name = permit.caller.name;
    let authority = Authority::Owner(permit.caller.bearer);
    let created = async {
        let headers = request.headers();
        let metadata = protocol::text(headers, &UPLOAD_METADATA, "Upload-Metadata")?;
        let metadata = UploadMetadata::parse(metadata.unwrap_or_default())?;
        let kind = match protocol::concat(headers)? {
            Concat::Final(parts) => {
                let upload = state
                    .resumable
                    .join(owner, owner_name, parts, metadata, authority)
                    .await?;
                return Ok(upload);
            }
            Concat::Of(kind) => kind,
        };
        let new = NewUpload {
            owner,
            owner_name,
            kind,
            length: length(headers)?,
            metadata,
        };
        if new.length == Some(0) && kind == Kind::Whole {
            return Err(MediaError::Picture(photure_imaging::ImagingError::Empty));
        }
        let brings_bytes = protocol::brings_bytes(headers);
        let upload = state.resumable.create(new, &authority).await?;
        if brings_bytes {
            let chunk = chunk(request)?;
            let received = state.resumable.append(&upload, 0, None, chunk, authority).await;
            if let Err(MediaError::BrokenBody(_)) = received {
                // Nobody has been told its address: who made it begins anew. What is in the way here, expires.
                let _ = state.resumable.terminate(owner, upload.id).await;
            }
            received?;
        }
        Ok(upload)
    };
    match created.await {
        Ok(upload) => {
            let mut headers = protocol::standing(&state, &upload);
            headers.remove(UPLOAD_METADATA);
            if let Ok(location) = HeaderValue::from_str(&protocol::location(upload.id)) {
                headers.insert(LOCATION, location);
            }
            Ok((StatusCode::CREATED, headers).into_response())
        }
        Err(MediaError::BrokenBody(_)) => Err(Problem::bad_request(
            "upload_interrupted",
            "The connection broke off before the upload had an address. Begin it anew.",
        )),
        Err(error) => refused(error),
    }
}

/// `None` where it is said later.
fn length(headers: &HeaderMap) -> MediaResult<Option<u64>> {
    let length = protocol::number(headers, &UPLOAD_LENGTH, "Upload-Length")?;
    let deferred = protocol::text(headers, &UPLOAD_DEFER_LENGTH, "Upload-Defer-Length")?;
    let malformed = |header, why| Err(MediaError::MalformedHeader { header, why });
    match (length, deferred) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        (Some(_), Some(_)) => malformed("Upload-Defer-Length", "is there beside Upload-Length"),
        (None, Some(_)) => malformed("Upload-Defer-Length", "is not 1"),
        (None, None) => malformed("Upload-Length", "is missing"),
    }
}
