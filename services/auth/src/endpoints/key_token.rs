use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_domain::api_key::{ApiKeySecret, KeyToken, KeyTokenRequest};

use crate::api_keys::ApiKeys;
use crate::error::AuthError;

/// What an API key stands for. Asked by services, past the gateway; the key is its own credential.
pub(super) async fn key_token(
    State(keys): State<ApiKeys>,
    Json(request): Json<KeyTokenRequest>,
) -> Result<Json<KeyToken>, Problem> {
    let secret = ApiKeySecret::parse(&request.key).ok_or(AuthError::ApiKeyInvalid)?;
    Ok(Json(keys.exchange(&secret).await?))
}
