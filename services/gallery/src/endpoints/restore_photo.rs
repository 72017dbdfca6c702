use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::ETAG;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, WritePhotos};
use photure_domain::PhotoId;

use crate::documentation::{Always, IdempotencyKey, NotFound, StorageFull};
use crate::library::Library;
use crate::view::PhotoView;

/// Restore a photo
///
/// From the trash; what is not there is left as it is.
#[utoipa::path(
    post,
    path = "/api/v1/photos/{id}/restore",
    tag = "trash",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), IdempotencyKey),
    responses(
        (status = 200, description = "The photo, back in the library", body = PhotoView, headers(("ETag" = String))),
        Always, NotFound, StorageFull
    )
)]
pub(crate) async fn restore_photo(
    permit: Permit<WritePhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
) -> Result<impl IntoResponse, Problem> {
    let photo = library.restore(permit.library()?, id).await?;
    let view = PhotoView::new(photo, &library.addresses());
    Ok(([(ETAG, view.etag.clone())], Json(view)))
}
