use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::OrganizationId;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::organizations::Organizations;

/// Delete an organization
///
/// With everything in it, when `closes_at` has come; until then its library is used as before, and it can be kept. For its owners, signed in themselves.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{id}",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    responses(
        (status = 202, description = "When it will be deleted", body = OrganizationView),
        Unauthenticated, Forbidden, NotFound, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn delete_organization(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
    asked: Asked,
) -> Result<(StatusCode, Json<OrganizationView>), Problem> {
    let trail = asked.by(&permit.caller);
    let closing = organizations.close(id, &permit.caller, trail).await?;
    Ok((StatusCode::ACCEPTED, Json(closing.into())))
}
