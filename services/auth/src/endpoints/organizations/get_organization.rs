use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, ReadAccount};
use photure_domain::OrganizationId;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::organizations::Organizations;

/// Get an organization
///
/// For those who are in it, and for administrators.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{id}",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    responses(
        (status = 200, description = "The organization", body = OrganizationView),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn get_organization(
    permit: Permit<ReadAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
) -> Result<Json<OrganizationView>, Problem> {
    Ok(Json(organizations.get(id, &permit.caller).await?.into()))
}
