use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::OrganizationId;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::organizations::Organizations;

/// Keep an organization
///
/// It is not deleted after all. For its owners, signed in themselves. Changes nothing where nobody has asked for its deletion.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{id}/restore",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    responses(
        (status = 200, description = "The organization", body = OrganizationView),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn keep_organization(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
    asked: Asked,
) -> Result<Json<OrganizationView>, Problem> {
    let trail = asked.by(&permit.caller);
    Ok(Json(organizations.keep(id, &permit.caller, trail).await?.into()))
}
