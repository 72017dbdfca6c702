use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::identity::{Permit, PurgePhotos};

use crate::documentation::{Always, IdempotencyKey, StorageFull};
use crate::library::Library;

/// Empty the trash
///
/// What is in the trash now is gone for ever. Should it take too long, ask again: it goes on where it was. In the
/// library of an organization it is for its owners and admins.
#[utoipa::path(
    post,
    path = "/api/v1/trash/empty",
    tag = "trash",
    security(("bearer" = [])),
    params(IdempotencyKey),
    responses((status = 204, description = "The trash is empty"), Always, StorageFull)
)]
pub(crate) async fn empty_trash(
    permit: Permit<PurgePhotos>,
    State(library): State<Arc<Library>>,
) -> Result<StatusCode, Problem> {
    library.empty_trash(permit.library()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
