use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{ETAG, LOCATION};
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::Identified;
use photure_domain::registration::FilmRegistration;
use photure_store::Attached;

use crate::library::Library;
use crate::view::PhotoView;

/// Show a film with the photo beside whose original media has stored it: 201 and the photo, or 200 where it was shown before. In a person's name by their own token; in
/// nobody's, after media was restarted, by media's.
pub(super) async fn attach_film(
    Identified(caller): Identified,
    State(library): State<Arc<Library>>,
    Json(registration): Json<FilmRegistration>,
) -> Result<Response, Problem> {
    let attached = library
        .attach_film(caller.actor, &caller.scopes, registration)
        .await?;
    let (status, photo) = match attached {
        Attached::Now(photo) => (StatusCode::CREATED, photo),
        Attached::Already(photo) | Attached::Another(photo) => (StatusCode::OK, photo),
    };
    let view = PhotoView::new(photo, &library.addresses());
    let headers = [
        (LOCATION, format!("/api/v1/photos/{}", view.id)),
        (ETAG, view.etag.clone()),
    ];
    Ok((status, headers, Json(view)).into_response())
}
