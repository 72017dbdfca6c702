use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ForeignRefusal, ForeignTokenRequest};
use photure_common::trail::Asked;
use photure_domain::api_key::KeyToken;

use crate::error::AuthError;
use crate::own_keys::OwnKeys;

/// What a token of another issuer stands for. Asked by services, past the gateway; the token is its own credential.
pub(super) async fn foreign_token(
    State(keys): State<OwnKeys>,
    Asked(trail): Asked,
    Json(request): Json<ForeignTokenRequest>,
) -> Result<Json<KeyToken>, Problem> {
    let clerk = keys.clerk.as_ref();
    let clerk = clerk.ok_or(AuthError::ForeignRefused(ForeignRefusal::Invalid))?;
    Ok(Json(clerk.exchange(&request.token, trail).await?))
}
