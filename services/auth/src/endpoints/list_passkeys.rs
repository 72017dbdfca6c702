use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::passkey::Passkey;
use photure_domain::{PasskeyId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::passkeys::Passkeys;

/// A device, or what keeps keys on several.
#[derive(Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyView {
    id: PasskeyId,
    name: String,
    created_at: Timestamp,
    #[schema(required)]
    last_used_at: Option<Timestamp>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    items: Vec<PasskeyView>,
    /// Whether there can be any: browsers want an address with a name.
    available: bool,
}

/// List your passkeys
#[utoipa::path(
    get,
    path = "/api/v1/auth/passkeys",
    tag = "auth",
    responses((status = 200, description = "Newest first", body = PasskeyList), Unauthenticated, Forbidden, Always),
    security(("bearer" = [])),
)]
pub(super) async fn list_passkeys(
    permit: Permit<ManageAccount>,
    State(passkeys): State<Passkeys>,
) -> Result<Json<PasskeyList>, Problem> {
    let found = passkeys.of(permit.user()?).await?;
    Ok(Json(PasskeyList {
        items: found.into_iter().map(PasskeyView::from).collect(),
        available: passkeys.are_offered(),
    }))
}
