//! What other services ask of gallery, in the shapes of `photure_domain::registration`.

mod attach_film;
mod catalogue;
mod claim_released;
mod confirm_released;
mod empty_library;
mod list_released;
mod purged;
mod register_photo;
mod room;
mod selection;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/internal/photos", post(register_photo::register_photo))
        .route("/internal/room", post(room::room))
        .route("/internal/films", post(attach_film::attach_film))
        .route("/internal/released", get(list_released::list_released))
        .route(
            "/internal/released/{sha256}/claim",
            post(claim_released::claim_released),
        )
        .route(
            "/internal/released/{sha256}/confirm",
            post(confirm_released::confirm_released),
        )
        .route("/internal/catalogue", get(catalogue::catalogue))
        .route("/internal/purged", get(purged::list_purged))
        .route("/internal/purged/confirm", post(purged::confirm_purged))
        .route("/internal/library/empty", post(empty_library::empty_library))
        .route("/internal/selection", post(selection::selection))
}
