use axum::extract::State;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::protocol::{
    EXTENSIONS, TUS_CHECKSUM_ALGORITHM, TUS_EXTENSION, TUS_MAX_SIZE, TUS_VERSION, VERSION,
};
use crate::state::AppState;

/// Ask what of tus is spoken
#[utoipa::path(
    options,
    path = "/api/v1/uploads",
    tag = "uploads",
    operation_id = "get_upload_options",
    responses((status = 204, description = "In its headers", headers(
        ("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Max-Size" = u64), ("Tus-Checksum-Algorithm" = String),
    ))),
    security(()),
)]
pub(super) async fn get_upload_options(State(state): State<AppState>) -> (StatusCode, HeaderMap) {
    let mut headers = HeaderMap::from_iter([
        (TUS_VERSION, HeaderValue::from_static(VERSION)),
        (TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS)),
        (TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static("sha256")),
    ]);
    headers.insert(TUS_MAX_SIZE, state.resumable.max_bytes.into());
    (StatusCode::NO_CONTENT, headers)
}
