use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, SweepBlobs};
use photure_domain::Sha256;
use photure_domain::registration::{ClaimAnswer, ClaimRequest};

use crate::library::Library;

/// The bytes are gone. Not granted means that the claim had lapsed; nothing lives on after a confirmation.
pub(super) async fn confirm_released(
    _: Permit<SweepBlobs>,
    State(library): State<Arc<Library>>,
    Path(sha256): Path<Sha256>,
    Json(request): Json<ClaimRequest>,
) -> Result<Json<ClaimAnswer>, Problem> {
    let granted = library.confirm_released(sha256, request.claim_id).await?;
    Ok(Json(ClaimAnswer {
        granted,
        lives_for_seconds: 0,
    }))
}
