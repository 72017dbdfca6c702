use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadPhotos};
use photure_common::{Problem, ProblemBody};
use photure_domain::PhotoId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::archive::{self, MAX_PHOTOS};
use crate::state::AppState;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewArchive {
    /// The archive has them in this order, each once.
    #[schema(min_items = 1, max_items = 10_000)]
    photo_ids: Vec<PhotoId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Archive {
    id: Uuid,
    /// How many photos go into it.
    photos: usize,
    /// Of the photos and their films together.
    bytes: u64,
    /// Those asked for that are not there.
    missing: Vec<PhotoId>,
    filename: String,
    /// Where it is to be had without a token, for at least 12 hours.
    url: String,
}

/// Put photos into an archive
///
/// A ZIP of the originals, and of the films of Live Photos beside them, made while it is fetched from `url`. A file that cannot be read then is named in a `MISSING.txt` in it.
#[utoipa::path(
    post,
    path = "/api/v1/archives",
    tag = "archives",
    operation_id = "create_archive",
    request_body = NewArchive,
    responses(
        (status = 201, description = "Where it is to be had", body = Archive, headers(("Location" = String))),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: there is none of these photos", body = ProblemBody, content_type = "application/problem+json"),
        (status = 400, description = "malformed_json", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "payload_too_large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "json_expected", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "invalid_fields", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_archive(
    permit: Permit<ReadPhotos>,
    State(state): State<AppState>,
    Json(asked): Json<NewArchive>,
) -> Result<Response, Problem> {
    if !(1..=MAX_PHOTOS).contains(&asked.photo_ids.len()) {
        let message = format!("must be from 1 to {MAX_PHOTOS} photos");
        return Err(Problem::field("photo_ids", "out_of_range", message));
    }
    let owner = permit.library()?;
    let planned = state
        .archives
        .plan(owner, &permit.caller.bearer, &asked.photo_ids)
        .await;
    let (id, plan) = planned?;
    let archive = Archive {
        id,
        photos: plan.photos(),
        bytes: plan.bytes(),
        filename: plan.file_name(),
        missing: plan.missing,
        url: state.archives.address(id),
    };
    Ok((
        StatusCode::CREATED,
        [(LOCATION, archive::path(id))],
        Json(archive),
    )
        .into_response())
}
