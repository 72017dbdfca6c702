use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Identity, LibraryTokenRequest};
use photure_domain::api_key::KeyToken;

use crate::organizations::Organizations;

/// What somebody's token stands for in the library of an organization. Asked by services, past the gateway; the token is its own credential.
pub(crate) async fn library_token(
    State(identity): State<Identity>,
    State(organizations): State<Organizations>,
    Json(request): Json<LibraryTokenRequest>,
) -> Result<Json<KeyToken>, Problem> {
    let (caller, claims) = identity.verify(&request.token).await?;
    let token = organizations.token(request.library, &caller, &claims).await?;
    Ok(Json(token))
}
