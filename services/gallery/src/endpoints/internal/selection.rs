use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::registration::{SelectedPhoto, Selection, SelectionRequest};

use crate::library::Library;

/// Which of these photos the caller may see, and what media needs to know to hand them over.
pub(super) async fn selection(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Json(request): Json<SelectionRequest>,
) -> Result<Json<Selection>, Problem> {
    let photos = library.selection(permit.library()?, &request.photo_ids).await?;
    let items = photos.into_iter().map(|photo| SelectedPhoto {
        photo_id: photo.id,
        sha256: photo.facts.sha256,
        bytes: photo.facts.bytes,
        filename: photo.facts.filename,
        taken: photo.facts.taken,
        film: photo.film,
    });
    Ok(Json(Selection {
        items: items.collect(),
    }))
}
