use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadAccount};
use serde::Serialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::organizations::Organizations;

#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationList {
    items: Vec<OrganizationView>,
}

/// List one's organizations
///
/// Those that the caller is in, by name.
#[utoipa::path(
    get,
    path = "/api/v1/organizations",
    tag = "organizations",
    responses(
        (status = 200, description = "All of them", body = OrganizationList),
        Unauthenticated, Forbidden, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_organizations(
    permit: Permit<ReadAccount>,
    State(organizations): State<Organizations>,
) -> Result<Json<OrganizationList>, Problem> {
    let found = organizations.of(permit.user()?).await?;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Json(OrganizationList { items }))
}
