use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::InvitationId;

use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::invitations::Invitations;

/// Withdraw an invitation
///
/// Its link is good for nothing any more. For administrators who are signed in themselves.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/invitations/{id}",
    tag = "admin",
    params(("id" = InvitationId, Path)),
    responses(
        (status = 204, description = "It counts no more"),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn withdraw_invitation(
    permit: Permit<ManageAccounts>,
    State(invitations): State<Invitations>,
    Path(id): Path<InvitationId>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    invitations.withdraw(id, asked.by(&permit.caller)).await?;
    Ok(StatusCode::NO_CONTENT)
}
