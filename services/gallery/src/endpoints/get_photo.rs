use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::PhotoId;

use crate::documentation::{Always, IfNoneMatchHeader, NotFound};
use crate::etag::IfNoneMatch;
use crate::library::Library;
use crate::view::PhotoView;

/// See a photo
///
/// In the trash too.
#[utoipa::path(
    get,
    path = "/api/v1/photos/{id}",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), IfNoneMatchHeader),
    responses(
        (status = 200, description = "The photo", body = PhotoView, headers(("ETag" = String))),
        (status = 304, description = "It is as the caller has it"),
        Always, NotFound
    )
)]
pub(crate) async fn get_photo(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
    if_none_match: IfNoneMatch,
) -> Result<Response, Problem> {
    let photo = library.photo(permit.library()?, id).await?;
    let view = PhotoView::new(photo, &library.addresses());
    Ok(if_none_match.answer(view.etag.clone(), view))
}
