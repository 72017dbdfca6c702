use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use photure_common::extract::{Path, Query};
use photure_common::identity::{Permit, ReadPhotos};
use photure_common::{Problem, ProblemBody};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::serve::attachment;
use crate::state::AppState;

/// nginx hands on what comes as it comes, and writes none of it to its disk.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Signature {
    /// Until when the address is good, seconds since 1970.
    exp: Option<i64>,
    /// base64url HMAC-SHA256.
    sig: Option<String>,
}

/// Fetch an archive
///
/// By the signed address that its making answered with, or with the token of whoever made it. Its length is not known before its end.
#[utoipa::path(
    get,
    path = "/api/v1/archives/{id}",
    tag = "archives",
    operation_id = "get_archive",
    params(("id" = Uuid, Path), Signature),
    responses(
        (status = 200, description = "A ZIP", content_type = "application/zip"),
        (status = 401, description = "unauthenticated, token_invalid, token_expired, session_ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden, address_invalid, address_expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "invalid_fields", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = [])),
)]
pub(super) async fn get_archive(
    permit: Result<Permit<ReadPhotos>, Problem>,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(signature): Query<Signature>,
) -> Result<Response, Problem> {
    let reader = match (signature.exp, signature.sig) {
        (Some(exp), Some(sig)) => {
            state.archives.verify(id, exp, &sig)?;
            None
        }
        _ => Some(permit?.library()?),
    };
    let plan = state.archives.find(id).await?;
    let plan = plan
        .filter(|plan| reader.is_none_or(|reader| reader == plan.owner_id))
        .ok_or_else(Problem::not_found)?;
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_DISPOSITION, attachment(&plan.file_name())),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (BUFFERING, "no".to_owned()),
    ];
    let body = Body::from_stream(state.archives.open(plan).await?);
    Ok((headers, body).into_response())
}
