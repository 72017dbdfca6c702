use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::PhotoId;
use photure_domain::photo::Metadata;

use crate::documentation::{Always, NotFound};
use crate::library::Library;

/// See a photo's metadata
///
/// Everything the file said, grouped as exiftool groups it: group → tag → value.
#[utoipa::path(
    get,
    path = "/api/v1/photos/{id}/metadata",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path)),
    responses(
        (status = 200, description = "What the file said", body = std::collections::BTreeMap<String, std::collections::BTreeMap<String, serde_json::Value>>),
        Always, NotFound
    )
)]
pub(crate) async fn photo_metadata(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
) -> Result<Json<Metadata>, Problem> {
    Ok(Json(library.metadata(permit.library()?, id).await?))
}
