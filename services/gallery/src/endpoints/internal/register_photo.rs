use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{ETAG, LOCATION};
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::Identified;
use photure_domain::registration::Registration;
use photure_store::Registered;

use crate::library::Library;
use crate::view::PhotoView;

/// Catalogue a photo whose bytes media has stored: 201 and the photo, or 200 and the one the owner has of these bytes.
/// In a person's name by their own token; in nobody's, after media was restarted, by media's.
pub(super) async fn register_photo(
    Identified(caller): Identified,
    State(library): State<Arc<Library>>,
    Json(registration): Json<Registration>,
) -> Result<Response, Problem> {
    let registered = library
        .register(caller.actor, &caller.scopes, registration)
        .await?;
    let (status, photo) = match registered {
        Registered::Created(photo) => (StatusCode::CREATED, photo),
        Registered::Existing(photo) => (StatusCode::OK, photo),
    };
    let view = PhotoView::new(photo, &library.addresses());
    let headers = [
        (LOCATION, format!("/api/v1/photos/{}", view.id)),
        (ETAG, view.etag.clone()),
    ];
    Ok((status, headers, Json(view)).into_response())
}
