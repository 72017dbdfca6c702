use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, ReadAccount};
use photure_domain::OrganizationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::MemberView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::organizations::Organizations;

#[derive(Serialize, ToSchema)]
pub(crate) struct MemberList {
    items: Vec<MemberView>,
}

/// List who is in an organization
///
/// By user name. For those who are in it, and for administrators.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{id}/members",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    responses(
        (status = 200, description = "All of them", body = MemberList),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_members(
    permit: Permit<ReadAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
) -> Result<Json<MemberList>, Problem> {
    let found = organizations.members(id, &permit.caller).await?;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Json(MemberList { items }))
}
