use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CACHE_CONTROL;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::JwkSet;

use crate::documentation::Always;
use crate::own_keys::OwnKeys;

/// As long as services keep it before they ask again.
const CACHING: &str = "public, max-age=10";

/// Get the keys that verify access tokens
///
/// And which sessions have ended before their access tokens ran out.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "auth",
    responses((status = 200, description = "The public keys (RFC 7517)", body = JwkSet), Always),
    security(()),
)]
pub(super) async fn jwks(State(keys): State<OwnKeys>) -> Result<impl IntoResponse, Problem> {
    let set: JwkSet = keys.published()?;
    Ok(([(CACHE_CONTROL, CACHING)], Json(set)))
}
