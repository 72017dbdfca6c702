use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Permit, ReadPhotos};
use photure_store::{ListedBy, PhotoFilter};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::documentation::{Always, InvalidQuery};
use crate::library::Library;
use crate::view::PhotoList;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// Only favourites, or only others.
    favorite: Option<bool>,
    /// What is in the trash, instead of what is not.
    #[serde(default)]
    trashed: bool,
    /// The `next_cursor` of the page before, asked for in the same order.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

/// Newest first, by this.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    TakenAt,
    UploadedAt,
}

impl From<Order> for ListedBy {
    fn from(order: Order) -> Self {
        match order {
            Order::TakenAt => Self::TakenAt,
            Order::UploadedAt => Self::UploadedAt,
        }
    }
}

/// List photos
///
/// Newest first. A cursor names a place, not a photo: it stays good while photos come and go.
#[utoipa::path(
    get,
    path = "/api/v1/photos",
    tag = "photos",
    security(("bearer" = [])),
    params(ListQuery),
    responses((status = 200, description = "A page of the list", body = PhotoList), Always, InvalidQuery)
)]
pub(crate) async fn list_photos(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<PhotoList>, Problem> {
    let filter = PhotoFilter {
        favorite: query.favorite,
        trashed: query.trashed,
    };
    let page = library
        .list(
            permit.library()?,
            filter,
            query.order.into(),
            query.cursor.as_deref(),
            query.limit,
        )
        .await?;
    Ok(Json(PhotoList::new(page, &library.addresses())))
}
