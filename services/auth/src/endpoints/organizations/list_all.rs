use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Administer, Permit};
use photure_domain::organization::Organization;
use photure_domain::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::documentation::{Always, Forbidden, InvalidQuery, Unauthenticated};
use crate::organizations::Organizations;
use crate::places;

const LIMIT: u32 = 50;
const MOST: u32 = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganizationQuery {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// An organization as administrators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationSummary {
    id: OrganizationId,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    closes_at: Option<Timestamp>,
    /// How many are in it.
    members: u32,
}

impl From<(Organization, u32)> for OrganizationSummary {
    fn from((organization, members): (Organization, u32)) -> Self {
        Self {
            id: organization.id,
            name: organization.name,
            created_at: organization.created_at,
            closes_at: organization.closes_at,
            members,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationSummaries {
    items: Vec<OrganizationSummary>,
    /// Null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List all organizations
///
/// In the order in which they were made. For administrators.
#[utoipa::path(
    get,
    path = "/api/v1/admin/organizations",
    tag = "admin",
    operation_id = "list_all_organizations",
    params(OrganizationQuery),
    responses(
        (status = 200, description = "A page of the list", body = OrganizationSummaries),
        Unauthenticated, Forbidden, InvalidQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_all(
    _: Permit<Administer>,
    State(organizations): State<Organizations>,
    Query(query): Query<OrganizationQuery>,
) -> Result<Json<OrganizationSummaries>, Problem> {
    let limit = places::limit(query.limit, LIMIT, MOST)?;
    let after = query.cursor.as_deref().map(places::organization).transpose()?;
    let mut found = organizations.all(after, limit + 1).await?;
    let last = places::cut(&mut found, limit);
    let next_cursor = last.map(|(organization, _)| places::after_organization(organization.id));
    Ok(Json(OrganizationSummaries {
        items: found.into_iter().map(Into::into).collect(),
        next_cursor,
    }))
}
