use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Administer, Permit};
use photure_domain::UserId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Storage;
use crate::documentation::{Always, InvalidQuery};
use crate::library::Library;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StorageQuery {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageList {
    items: Vec<Storage>,
    /// Null on the last page.
    #[schema(required)]
    next_cursor: Option<UserId>,
    /// What holds for everybody for whom nothing else was decided. Null: no limit.
    #[schema(required, format = "uint64")]
    default_quota_bytes: Option<u64>,
}

/// List what everybody keeps
///
/// By owner. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/storage",
    tag = "admin",
    security(("bearer" = [])),
    params(StorageQuery),
    responses((status = 200, description = "A page of the list", body = StorageList), Always, InvalidQuery)
)]
pub(crate) async fn list_storage(
    _: Permit<Administer>,
    State(library): State<Arc<Library>>,
    Query(query): Query<StorageQuery>,
) -> Result<Json<StorageList>, Problem> {
    let page = library.holdings(query.cursor.as_deref(), query.limit).await?;
    let default = library.default_quota();
    let stored = |holding| Storage::new(holding, default);
    Ok(Json(StorageList {
        items: page.holdings.into_iter().map(stored).collect(),
        next_cursor: page.next_cursor,
        default_quota_bytes: default,
    }))
}
