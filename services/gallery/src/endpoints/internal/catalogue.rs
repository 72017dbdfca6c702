use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Permit, ReadCatalogue};
use photure_domain::registration::CataloguePage;
use photure_domain::sidecar::Sidecar;
use photure_domain::{Sha256, UserId};
use serde::Deserialize;

use crate::library::Library;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueQuery {
    /// Behind which photo to begin: both or neither.
    after_sha256: Option<Sha256>,
    after_owner: Option<UserId>,
    /// 1 to 500.
    #[serde(default = "usual_limit")]
    limit: u32,
}

const fn usual_limit() -> u32 {
    100
}

/// All photos, the trash included, by hash and then by owner: what media compares its storage with.
pub(super) async fn catalogue(
    _: Permit<ReadCatalogue>,
    State(library): State<Arc<Library>>,
    Query(query): Query<CatalogueQuery>,
) -> Result<Json<CataloguePage>, Problem> {
    let after = query.after_sha256.zip(query.after_owner);
    let photos = library.catalogue(after, query.limit).await?;
    Ok(Json(CataloguePage {
        items: photos.into_iter().map(Sidecar::of).collect(),
    }))
}
