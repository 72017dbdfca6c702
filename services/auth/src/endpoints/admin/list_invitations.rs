use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Administer, Permit};
use photure_domain::invitation::Invitation;
use photure_domain::{InvitationId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::invitations::Invitations;

/// An invitation that nobody has used yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    id: InvitationId,
    /// Where it was sent. Null where it was handed over.
    #[schema(required)]
    email: Option<String>,
    made_by: UserId,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email,
            made_by: invitation.made_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationList {
    items: Vec<InvitationView>,
}

/// List open invitations
///
/// Newest first, at most 500. Those that were used, withdrawn or have run out are in the audit log alone. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/invitations",
    tag = "admin",
    responses(
        (status = 200, description = "All that are open", body = InvitationList),
        Unauthenticated, Forbidden, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_invitations(
    _: Permit<Administer>,
    State(invitations): State<Invitations>,
) -> Result<Json<InvitationList>, Problem> {
    let open = invitations.open().await?;
    let items = open.into_iter().map(InvitationView::from).collect();
    Ok(Json(InvitationList { items }))
}
