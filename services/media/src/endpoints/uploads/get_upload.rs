use axum::Json;
use axum::extract::State;
use photure_common::extract::Path;
use photure_common::identity::{Permit, WritePhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::{PhotoId, Timestamp, UploadId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::resumable::{Ending, Found, Outcome, Phase, Upload};
use crate::state::AppState;

/// How a resumable upload stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadState {
    id: UploadId,
    status: UploadStatus,
    /// How many bytes are here.
    offset: u64,
    /// Of the whole file, in bytes; null where it was not said yet.
    length: Option<u64>,
    /// Until when it can be gone on with, or asked for.
    expires_at: Timestamp,
    /// What it has become, or what was there already.
    photo_id: Option<PhotoId>,
    /// Why it did not become a photo.
    problem: Option<ProblemBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UploadStatus {
    /// Bytes are missing.
    Receiving,
    /// All bytes are durable and wait for their turn, or for an outage to end.
    Stored,
    Processing,
    /// The photo is in the catalogue, its original in the storage.
    Ready,
    /// These bytes were in the library already.
    Duplicate,
    Failed,
}

/// Get the state of a resumable upload
///
/// It can be asked for until a day after its end.
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}",
    tag = "uploads",
    operation_id = "get_upload",
    params(("id" = UploadId, Path)),
    responses(
        (status = 200, description = "How it stands", body = UploadState),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_upload(
    State(state): State<AppState>,
    permit: Permit<WritePhotos>,
    Path(id): Path<UploadId>,
) -> Result<Json<UploadState>, Problem> {
    let uploads = &state.resumable.uploads;
    Ok(Json(match uploads.find(permit.library()?, id).await? {
        Found::Open(upload) => open(&upload, uploads.expires_at(&upload)),
        Found::Ended(ending) => ended(id, ending),
    }))
}

fn open(upload: &Upload, expires_at: Timestamp) -> UploadState {
    UploadState {
        id: upload.id,
        status: match upload.phase() {
            Phase::Receiving => UploadStatus::Receiving,
            Phase::Stored => UploadStatus::Stored,
            Phase::Processing | Phase::Ended => UploadStatus::Processing,
        },
        offset: upload.offset(),
        length: upload.ticket().length,
        expires_at,
        photo_id: None,
        problem: None,
    }
}

fn ended(id: UploadId, ending: Ending) -> UploadState {
    let (status, photo_id, problem) = match ending.outcome {
        Outcome::Ready(photo) => (UploadStatus::Ready, Some(photo), None),
        Outcome::Duplicate(photo) => (UploadStatus::Duplicate, Some(photo), None),
        Outcome::Failed(problem) => (UploadStatus::Failed, None, Some(*problem)),
    };
    UploadState {
        id,
        status,
        offset: ending.bytes,
        length: Some(ending.bytes),
        expires_at: ending.expires_at,
        photo_id,
        problem,
    }
}
