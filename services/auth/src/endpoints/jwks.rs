use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CACHE_CONTROL;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::JwkSet;

use crate::documentation::Always;
use crate::keyring::Keyring;

/// As long as services keep them.
const CACHING: &str = "public, max-age=300";

/// Get the keys that verify access tokens
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "auth",
    responses((status = 200, description = "The public keys (RFC 7517)", body = JwkSet), Always),
    security(()),
)]
pub(super) async fn jwks(State(keyring): State<Keyring>) -> Result<impl IntoResponse, Problem> {
    let keys = keyring.published()?;
    Ok(([(CACHE_CONTROL, CACHING)], Json(JwkSet { keys })))
}
