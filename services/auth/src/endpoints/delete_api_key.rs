use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::ApiKeyId;

use crate::api_keys::ApiKeys;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};

/// Delete an API key
///
/// It counts no more within a minute.
#[utoipa::path(
    delete,
    path = "/api/v1/auth/api-keys/{id}",
    tag = "auth",
    params(("id" = ApiKeyId, Path)),
    responses((status = 204, description = "It is gone"), Unauthenticated, Forbidden, NotFound, Always),
    security(("bearer" = [])),
)]
pub(super) async fn delete_api_key(
    permit: Permit<ManageAccount>,
    State(keys): State<ApiKeys>,
    Path(id): Path<ApiKeyId>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    keys.delete(permit.user()?, id, asked.by(&permit.caller)).await?;
    Ok(StatusCode::NO_CONTENT)
}
