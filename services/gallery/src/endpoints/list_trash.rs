use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Permit, ReadPhotos};
use photure_store::{ListedBy, PhotoFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::documentation::{Always, InvalidQuery};
use crate::library::Library;
use crate::view::PhotoList;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrashQuery {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

/// List the trash
///
/// What was put there last comes first.
#[utoipa::path(
    get,
    path = "/api/v1/trash",
    tag = "trash",
    security(("bearer" = [])),
    params(TrashQuery),
    responses((status = 200, description = "A page of the trash", body = PhotoList), Always, InvalidQuery)
)]
pub(crate) async fn list_trash(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Query(query): Query<TrashQuery>,
) -> Result<Json<PhotoList>, Problem> {
    let trash = PhotoFilter {
        favorite: None,
        trashed: true,
    };
    let page = library
        .list(
            permit.library()?,
            trash,
            ListedBy::TrashedAt,
            query.cursor.as_deref(),
            query.limit,
        )
        .await?;
    Ok(Json(PhotoList::new(page, &library.addresses())))
}
