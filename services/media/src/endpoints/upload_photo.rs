use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER, VARY};
use photure_common::chassis::RequestId;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::registration::RoomQuestion;
use tracing::Instrument;
use utoipa::ToSchema;

use crate::error::{MediaError, MediaResult};
use crate::gallery::Answer;
use crate::state::AppState;
use crate::upload::{AROUND_FILE, Authority, Form, PacedBody, Received, Uploader, repr_digest};

/// The form of an upload. It is read part by part; only its shape is told here.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the document's")]
struct UploadForm {
    /// The picture: JPEG, PNG, WebP, GIF, HEIC, HEIF, AVIF, JPEG XL, TIFF, BMP, or camera raw.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// When it was taken, where neither the file nor its name says so. RFC 3339.
    #[schema(format = DateTime)]
    taken_at: Option<String>,
    /// The `.xmp` that lies beside it, in UTF-8 or UTF-16, at most 256 KiB. What it says counts more than what the file says.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "application/rdf+xml")]
    sidecar: Option<Vec<u8>>,
    /// The film of a Live Photo, QuickTime or MPEG-4: taken where its content identifier is the picture's. What is too large for one form
    /// goes by a resumable upload with `live_of`.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "video/quicktime")]
    live: Option<Vec<u8>>,
    #[schema(format = Uuid)]
    album_id: Option<String>,
}

/// Upload a photo
///
/// When the answer is there, the photo is durably stored and in the catalogue. Sending the same bytes again is answered with the
/// photo that is there already.
#[utoipa::path(
    post,
    path = "/api/v1/photos",
    tag = "photos",
    operation_id = "upload_photo",
    params(("Repr-Digest" = Option<String>, Header, description = "`sha-256=:<base64>:` of the file (RFC 9530); the upload is refused where it does not fit")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "A new photo", body = ref("#/components/schemas/Photo"),
            headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "You have these bytes already: the photo that is there", body = ref("#/components/schemas/Photo"),
            headers(("Location" = String), ("ETag" = String))),
        (status = 400, description = "malformed_multipart, malformed_digest", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "request_timeout", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "live_exists: the photo is here, with another film", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "payload_too_large; quota_exceeded, before the body is read where `Repr-Digest` says which file it is", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "unsupported_media_type, multipart_expected", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "empty_file, truncated_image, corrupt_image, too_many_pixels, image_too_costly, digest_mismatch, unknown_album, invalid_fields, live_mismatch",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn upload_photo(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    request: Request,
) -> Result<Response, Problem> {
    let owner = permit.library()?;
    let content_length = request.body().size_hint().exact();
    let (head, body) = request.into_parts();
    let body = PacedBody::new(body.into_data_stream());
    let received = async {
        let digest = repr_digest(&head.headers)?;
        let form = Form::new(body, content_type(&head.headers))?;
        if let Some(length) = content_length {
            let question = RoomQuestion {
                owner_id: owner,
                sha256: digest,
                film_of: None,
                bytes: length.saturating_sub(AROUND_FILE),
            };
            let rooms = &state.settler.rooms;
            rooms.ask_early(&question, &permit.caller.bearer).await?;
        }
        state
            .receiver
            .receive(
                form,
                Uploader {
                    owner,
                    owner_name: permit.caller.name.clone(),
                    digest,
                    content_length,
                },
            )
            .await
    };
    let received = received.await;
    let settled = match received {
        Ok(received) => settle(&state, received, Authority::Owner(permit.caller.bearer)).await,
        Err(error) => Err(error),
    };
    match settled {
        Ok(answer) => Ok(pass_on(answer)),
        Err(MediaError::GalleryRefused(answer)) => Ok(pass_on(*answer)),
        Err(error) => Err(error.into()),
    }
}

/// In a task of its own: once all bytes are here, a client that hangs up changes nothing.
///
/// The film after its photo, which it is nothing without; the answer waits for both.
async fn settle(state: &AppState, received: Received, authority: Authority) -> MediaResult<Answer> {
    let settler = Arc::clone(&state.settler);
    let work = async move {
        let photo = settler.settle(received.photo, authority.clone()).await?;
        let Some(film) = received.film else {
            return Ok(photo);
        };
        let with_film = settler.settle(film, authority).await?;
        Ok(Answer {
            status: photo.status,
            ..with_film
        })
    };
    let task = state.tasks.spawn(RequestId::carried(work).in_current_span());
    task.await.map_err(MediaError::Task)?
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Gallery's answer in its own words.
pub(crate) fn pass_on(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    for name in [CONTENT_TYPE, LOCATION, ETAG, CACHE_CONTROL, VARY, RETRY_AFTER] {
        if let Some(value) = answer.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
