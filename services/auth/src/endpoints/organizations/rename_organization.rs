use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::OrganizationId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated, Unprocessable};
use crate::organizations::Organizations;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameOrganization {
    #[schema(min_length = 1, max_length = 100, example = "Lovelace family")]
    name: String,
}

/// Rename an organization
///
/// For its owners and admins, signed in themselves.
#[utoipa::path(
    patch,
    path = "/api/v1/organizations/{id}",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    request_body(content = RenameOrganization, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The organization as it is now", body = OrganizationView),
        Unauthenticated, Forbidden, NotFound, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn rename_organization(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
    asked: Asked,
    Json(RenameOrganization { name }): Json<RenameOrganization>,
) -> Result<Json<OrganizationView>, Problem> {
    let trail = asked.by(&permit.caller);
    let renamed = organizations.rename(id, &name, &permit.caller, trail).await?;
    Ok(Json(renamed.into()))
}
