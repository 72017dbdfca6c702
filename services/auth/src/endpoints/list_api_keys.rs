use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::api_key::ApiKey;
use photure_domain::{ApiKeyId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api_keys::ApiKeys;
use crate::documentation::{Always, Forbidden, Unauthenticated};

/// A key, without what it is used with.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: ApiKeyId,
    #[schema(example = "Nightly upload")]
    name: String,
    #[schema(example = json!(["photos:read", "photos:write"]))]
    scopes: Vec<&'static str>,
    created_at: Timestamp,
    /// Null where it goes on until it is deleted.
    expires_at: Option<Timestamp>,
    /// To the minute. Null where it never was.
    last_used_at: Option<Timestamp>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    items: Vec<ApiKeyView>,
}

/// List your API keys
///
/// Newest first, also those that have run out.
#[utoipa::path(
    get,
    path = "/api/v1/auth/api-keys",
    tag = "auth",
    responses((status = 200, description = "The keys", body = ApiKeyList), Unauthenticated, Forbidden, Always),
    security(("bearer" = [])),
)]
pub(super) async fn list_api_keys(
    permit: Permit<ManageAccount>,
    State(keys): State<ApiKeys>,
) -> Result<Json<ApiKeyList>, Problem> {
    let found = keys.of(permit.user()?).await?;
    let items = found.into_iter().map(ApiKeyView::from).collect();
    Ok(Json(ApiKeyList { items }))
}
