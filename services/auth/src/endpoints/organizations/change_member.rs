use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::{OrganizationId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MemberView, RoleView};
use crate::documentation::{Always, Forbidden, LastOwner, NotFound, Unauthenticated, Unprocessable};
use crate::organizations::Organizations;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeMember {
    role: RoleView,
}

/// Change what somebody is in an organization
///
/// For its owners and admins, signed in themselves; only owners make owners, or change what an owner is. Anybody may step down.
#[utoipa::path(
    patch,
    path = "/api/v1/organizations/{id}/members/{user_id}",
    tag = "organizations",
    params(("id" = OrganizationId, Path), ("user_id" = UserId, Path)),
    request_body(content = ChangeMember, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "What they are now", body = MemberView),
        Unauthenticated, Forbidden, NotFound, LastOwner, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn change_member(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path((id, user)): Path<(OrganizationId, UserId)>,
    asked: Asked,
    Json(ChangeMember { role }): Json<ChangeMember>,
) -> Result<Json<MemberView>, Problem> {
    let trail = asked.by(&permit.caller);
    let changed = organizations
        .change(id, user, role.into(), &permit.caller, trail)
        .await?;
    Ok(Json(changed.into()))
}
