use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, SweepBlobs};
use photure_domain::Sha256;
use photure_domain::registration::{ClaimAnswer, ClaimRequest};

use crate::library::{CLAIM_LIFE, Library};

/// May these bytes be deleted? While a granted claim lives nobody can register the hash. The same claim may be renewed.
pub(super) async fn claim_released(
    _: Permit<SweepBlobs>,
    State(library): State<Arc<Library>>,
    Path(sha256): Path<Sha256>,
    Json(request): Json<ClaimRequest>,
) -> Result<Json<ClaimAnswer>, Problem> {
    let granted = library.claim_released(sha256, request.claim_id).await?;
    let lives_for_seconds = if granted { CLAIM_LIFE.as_secs() } else { 0 };
    Ok(Json(ClaimAnswer {
        granted,
        lives_for_seconds,
    }))
}
