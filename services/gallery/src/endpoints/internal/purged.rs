use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, SweepBlobs};
use photure_domain::registration::{ClaimAnswer, PurgedPhoto, PurgedPhotos};
use photure_store::Purged;

use crate::library::Library;

/// What owners have purged, the longest purged first: nothing written beside the bytes may say any more that it is theirs.
pub(super) async fn list_purged(
    _: Permit<SweepBlobs>,
    State(library): State<Arc<Library>>,
) -> Result<Json<PurgedPhotos>, Problem> {
    let items = library.purged().await?.into_iter().map(|purged| PurgedPhoto {
        sha256: purged.sha256,
        owner_id: purged.owner_id,
        purged_at: purged.purged_at,
    });
    Ok(Json(PurgedPhotos {
        items: items.collect(),
    }))
}

/// It is gone. Not granted means that the owner has the photo again.
pub(super) async fn confirm_purged(
    _: Permit<SweepBlobs>,
    State(library): State<Arc<Library>>,
    Json(photo): Json<PurgedPhoto>,
) -> Result<Json<ClaimAnswer>, Problem> {
    let purged = Purged {
        sha256: photo.sha256,
        owner_id: photo.owner_id,
        purged_at: photo.purged_at,
    };
    Ok(Json(ClaimAnswer {
        granted: library.confirm_purged(purged).await?,
        lives_for_seconds: 0,
    }))
}
