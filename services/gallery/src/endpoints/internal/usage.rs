use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadPhotos};
use serde::Serialize;

use crate::library::Library;

#[derive(Debug, Serialize)]
pub(super) struct UsageView {
    /// Without the trash.
    photos: u64,
    /// With the trash, which takes room too.
    bytes: u64,
    /// Null: no limit.
    quota_bytes: Option<u64>,
}

/// What the caller's library holds.
pub(super) async fn usage(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
) -> Result<Json<UsageView>, Problem> {
    let holding = library.holding(permit.library()?).await?;
    Ok(Json(UsageView {
        photos: holding.usage.photos,
        bytes: holding.usage.bytes,
        quota_bytes: holding.quota.in_force(library.default_quota()),
    }))
}
