use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list_api_keys::ApiKeyView;
use crate::api_keys::{ApiKeys, WantedKey};
use crate::documentation::{Always, Forbidden, Unauthenticated, Unprocessable};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, example = "Nightly upload")]
    name: String,
    /// Of `photos:read`, `photos:write`, `albums:write`, `shares:manage` and, for admins, `admin`.
    #[schema(min_items = 1, example = json!(["photos:read", "photos:write"]))]
    scopes: Vec<String>,
    /// Without it the key goes on until it is deleted.
    #[serde(default)]
    #[schema(required = false)]
    expires_at: Option<Timestamp>,
}

/// A key with what it is used with.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    #[serde(flatten)]
    about: ApiKeyView,
    /// Told this once: for `Authorization: Bearer` or `X-Api-Key`.
    #[schema(pattern = "^photure_[0-9a-f]{48}$")]
    key: String,
}

/// Make an API key
///
/// For a program that works in your name. It may do what its scopes say and never more than you may do at that time; it cannot see or
/// change sessions and keys. The key itself is told once and not kept.
#[utoipa::path(
    post,
    path = "/api/v1/auth/api-keys",
    tag = "auth",
    request_body = NewApiKey,
    responses(
        (status = 201, description = "The key", body = CreatedApiKey),
        (
            status = 409,
            description = "There are a hundred already: `too_many_api_keys`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_api_key(
    permit: Permit<ManageAccount>,
    State(keys): State<ApiKeys>,
    asked: Asked,
    Json(wanted): Json<NewApiKey>,
) -> Result<(StatusCode, Json<CreatedApiKey>), Problem> {
    let NewApiKey {
        name,
        scopes,
        expires_at,
    } = wanted;
    let wanted = WantedKey {
        name,
        scopes,
        expires_at,
    };
    let (key, secret) = keys
        .create(permit.user()?, wanted, asked.by(&permit.caller))
        .await?;
    let created = CreatedApiKey {
        about: key.into(),
        key: secret.as_str().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}
