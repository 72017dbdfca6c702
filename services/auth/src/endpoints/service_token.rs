use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_domain::registration::{ServiceToken, ServiceTokenRequest};

use crate::service_tokens::ServiceTokens;

/// A token for work that no user stands behind. Asked by services, past the gateway.
pub(super) async fn service_token(
    State(tokens): State<ServiceTokens>,
    Json(request): Json<ServiceTokenRequest>,
) -> Result<Json<ServiceToken>, Problem> {
    let (access, lives) = tokens.grant(&request)?;
    Ok(Json(ServiceToken {
        access,
        expires_in: lives.as_secs(),
    }))
}
