use axum::extract::State;
use http::HeaderMap;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{IdentityId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::PendingLinkView;
use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::identities::Identities;
use crate::kept::Kept;

/// A provider that signs you in.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkedIdentity)]
pub(crate) struct LinkedIdentityView {
    id: IdentityId,
    /// What people call the provider; its issuer where it is no longer one of those to sign in with.
    #[schema(example = "Our house")]
    label: String,
    /// The address it told when it was linked.
    #[schema(required)]
    email: Option<String>,
    linked_at: Timestamp,
}

impl LinkedIdentityView {
    pub(super) fn new(identity: LinkedIdentity, identities: &Identities) -> Self {
        let label = identities.providers.label_of(&identity.issuer);
        Self {
            id: identity.id,
            label: label.unwrap_or(&identity.issuer).to_owned(),
            email: identity.email,
            linked_at: identity.linked_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedIdentityList {
    items: Vec<LinkedIdentityView>,
    /// What waits in this browser for `auth/identities/confirm`.
    #[schema(required)]
    pending: Option<PendingLinkView>,
    /// Without a password the last provider cannot be taken away.
    has_password: bool,
}

/// List the providers that sign you in
#[utoipa::path(
    get,
    path = "/api/v1/auth/identities",
    tag = "auth",
    responses(
        (status = 200, description = "In the order in which they were linked", body = LinkedIdentityList),
        Unauthenticated, Forbidden, Always
    ),
    security(("bearer" = [])),
)]
pub(in crate::endpoints) async fn list_identities(
    permit: Permit<ManageAccount>,
    State(identities): State<Identities>,
    headers: HeaderMap,
) -> Result<Json<LinkedIdentityList>, Problem> {
    let user = permit.user()?;
    let has_password = identities.accounts.has_password(user).await?;
    let pending = identities.pending(user, Kept::Link.brought(&headers).as_deref())?;
    let items = identities.of(user).await?;
    let items = items
        .into_iter()
        .map(|identity| LinkedIdentityView::new(identity, &identities))
        .collect();
    Ok(Json(LinkedIdentityList {
        items,
        pending: pending.as_ref().map(PendingLinkView::from),
        has_password,
    }))
}
