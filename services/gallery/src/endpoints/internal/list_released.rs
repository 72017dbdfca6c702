use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Permit, SweepBlobs};
use photure_domain::registration::{ReleasedHash, ReleasedHashes};
use serde::Deserialize;

use crate::library::Library;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasedQuery {
    /// 1 to 1000.
    #[serde(default = "usual_limit")]
    limit: u32,
}

const fn usual_limit() -> u32 {
    100
}

/// Hashes that no photo refers to and no live claim holds, the longest released first.
pub(super) async fn list_released(
    _: Permit<SweepBlobs>,
    State(library): State<Arc<Library>>,
    Query(query): Query<ReleasedQuery>,
) -> Result<Json<ReleasedHashes>, Problem> {
    let released = library.released(query.limit).await?;
    let items = released.into_iter().map(|hash| ReleasedHash {
        sha256: hash.sha256,
        released_at: hash.released_at,
    });
    Ok(Json(ReleasedHashes {
        items: items.collect(),
    }))
}
