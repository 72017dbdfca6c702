use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::LOCATION;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::documentation::{Always, Forbidden, Unauthenticated, Unprocessable};
use crate::organizations::Organizations;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrganization {
    #[schema(min_length = 1, max_length = 100, example = "Lovelace family")]
    name: String,
}

/// Make an organization
///
/// Its maker is its first owner. For administrators who are signed in themselves: what it may keep is theirs to say, as with an account.
#[utoipa::path(
    post,
    path = "/api/v1/organizations",
    tag = "organizations",
    request_body = NewOrganization,
    responses(
        (status = 201, description = "It is there", body = OrganizationView, headers(("Location" = String, description = "Where it is"))),
        Unauthenticated, Forbidden, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn create_organization(
    permit: Permit<ManageAccounts>,
    State(organizations): State<Organizations>,
    asked: Asked,
    Json(new): Json<NewOrganization>,
) -> Result<impl IntoResponse, Problem> {
    let owner = permit.user()?;
    let made = organizations
        .create(&new.name, owner, asked.by(&permit.caller))
        .await?;
    let location = format!("/api/v1/organizations/{}", made.organization.id);
    Ok((
        StatusCode::CREATED,
        [(LOCATION, location)],
        Json(OrganizationView::from(made)),
    ))
}
