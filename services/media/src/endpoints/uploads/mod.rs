//! Resumable uploads, by tus 1.0: <https://tus.io/protocols/resumable-upload>.

mod append;
mod create;
mod get_upload;
mod head;
mod options;
mod protocol;
mod put_sidecar;
mod terminate;

use axum::middleware::map_response;
use axum::response::Response;
use http::HeaderValue;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;
use protocol::{TUS_RESUMABLE, TUS_VERSION, VERSION};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(options::get_upload_options, create::create_upload))
        .routes(routes!(
            get_upload::get_upload,
            head::get_upload_offset,
            append::append_to_upload,
            append::override_method,
            terminate::terminate_upload
        ))
        .routes(routes!(put_sidecar::put_upload_sidecar))
        .layer(map_response(in_tus))
}

/// Every answer says so, refusals too.
async fn in_tus(mut response: Response) -> Response {
    let refused_version = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    if refused_version {
        headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
