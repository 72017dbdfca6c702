//! One endpoint per file: its documentation, its handler, its tests. A handler extracts, asks the library one thing and
//! answers.

mod check_photos;
mod delete_photo;
mod edit_photo;
mod empty_trash;
mod get_photo;
mod get_timeline;
mod get_timeline_segment;
mod get_usage;
mod internal;
mod list_photos;
mod list_trash;
mod photo_metadata;
mod photo_original;
mod restore_photo;
mod storage;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// What the gateway routes here.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_photos::list_photos))
        .routes(routes!(check_photos::check_photos))
        .routes(routes!(get_photo::get_photo))
        .routes(routes!(edit_photo::edit_photo))
        .routes(routes!(delete_photo::delete_photo))
        .routes(routes!(restore_photo::restore_photo))
        .routes(routes!(photo_metadata::photo_metadata))
        .routes(routes!(photo_original::photo_original))
        .routes(routes!(get_timeline::get_timeline))
        .routes(routes!(get_timeline_segment::get_timeline_segment))
        .routes(routes!(get_usage::get_usage))
        .routes(routes!(list_trash::list_trash))
        .routes(routes!(empty_trash::empty_trash))
        .routes(routes!(storage::list_storage::list_storage))
        .routes(routes!(
            storage::get_storage::get_storage,
            storage::set_quota::set_quota
        ))
}

/// What other services ask for. The gateway leads nobody here, and whoever comes by another way needs a token all the same.
pub(crate) fn internal() -> Router<App> {
    internal::router()
}
