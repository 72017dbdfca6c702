use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadAccount};
use photure_domain::account::Role;
use photure_domain::quota::UsageView;
use photure_domain::{Timestamp, UserId};
use photure_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Accounts;
use crate::documentation::{Always, Unauthenticated};
use crate::error::AuthError;

/// Who is asking, and what they have.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    id: UserId,
    username: String,
    email: String,
    /// Its owner has shown that they read what is sent there.
    email_confirmed: bool,
    role: Role,
    /// When the account is deleted with everything in it, unless its owner keeps it. Null where nobody has asked for that.
    #[schema(required)]
    closes_at: Option<Timestamp>,
    /// What the library holds. Gallery knows; the gateway puts it in. `null` while gallery does not answer.
    #[schema(required)]
    usage: Option<UsageView>,
}

/// Get one's own account
#[utoipa::path(
    get,
    path = "/api/v1/users/me",
    tag = "users",
    responses((status = 200, description = "The caller", body = Me), Unauthenticated, Always),
    security(("bearer" = [])),
)]
pub(super) async fn get_me(
    State(accounts): State<Accounts>,
    permit: Permit<ReadAccount>,
) -> Result<Json<Me>, Problem> {
    let user = accounts.user(permit.user()?).await.map_err(|error| match error {
        // A token may outlive its account by minutes.
        AuthError::Store(StoreError::NotFound) => {
            Problem::unauthenticated("token_invalid", "This sign-in is not valid. Sign in again.")
        }
        error => error.into(),
    })?;
    Ok(Json(Me {
        id: user.id,
        username: user.username,
        email_confirmed: user.email_confirmed_at.is_some(),
        email: user.email,
        role: user.role,
        closes_at: user.closes_at,
        usage: None,
    }))
}
