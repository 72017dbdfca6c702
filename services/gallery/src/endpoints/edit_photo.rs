use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::ETAG;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, WritePhotos};
use photure_domain::PhotoId;
use photure_domain::photo::PhotoEdit;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::documentation::{Always, IfMatchHeader, NotFound, Precondition, StorageFull, Unprocessable};
use crate::etag::IfMatch;
use crate::library::Library;
use crate::view::PhotoView;

/// A JSON Merge Patch (RFC 7396): what is left out stays, null empties. Text is kept to the byte; control characters other
/// than line breaks and tabs are refused, and blank text is as good as null.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhotoPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10_000)]
    description: Option<Option<String>>,
    /// Null is as good as false.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    favorite: Option<Option<bool>>,
}

/// Tells a field that is null from one that is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<PhotoPatch> for PhotoEdit {
    fn from(patch: PhotoPatch) -> Self {
        let favorite = patch.favorite.map(Option::unwrap_or_default);
        Self { title: patch.title, description: patch.description, favorite }
    }
}

/// Change a photo
///
/// A patch that changes nothing leaves the ETag as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/photos/{id}",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), IfMatchHeader),
    request_body(content = PhotoPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The photo as it is now", body = PhotoView, headers(("ETag" = String))),
        Always, NotFound, Precondition, Unprocessable, StorageFull
    )
)]
pub(crate) async fn edit_photo(
    permit: Permit<WritePhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
    IfMatch(expected): IfMatch,
    Json(patch): Json<PhotoPatch>,
) -> Result<impl IntoResponse, Problem> {
    let photo = library.edit(permit.user()?, id, patch.into(), &expected).await?;
    let view = PhotoView::new(photo, &library.addresses());
    Ok(([(ETAG, view.etag.clone())], Json(view)))
}
