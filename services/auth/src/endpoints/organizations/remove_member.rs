use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::{OrganizationId, UserId};

use crate::documentation::{Always, Forbidden, LastOwner, NotFound, Unauthenticated};
use crate::organizations::Organizations;

/// Take somebody out of an organization
///
/// Within a minute they have no access to its library any more; what they added stays. For its owners and admins, signed in themselves; anybody may leave.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{id}/members/{user_id}",
    tag = "organizations",
    params(("id" = OrganizationId, Path), ("user_id" = UserId, Path)),
    responses(
        (status = 204, description = "They are out"),
        Unauthenticated, Forbidden, NotFound, LastOwner, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn remove_member(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path((id, user)): Path<(OrganizationId, UserId)>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    let trail = asked.by(&permit.caller);
    organizations.remove(id, user, &permit.caller, trail).await?;
    Ok(StatusCode::NO_CONTENT)
}
