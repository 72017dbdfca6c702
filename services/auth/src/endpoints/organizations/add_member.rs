use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::OrganizationId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MemberView, RoleView};
use crate::documentation::{AlreadyMember, Always, Forbidden, NoSuchUser, Unauthenticated, Unprocessable};
use crate::organizations::Organizations;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMember {
    /// Or their e-mail address.
    #[schema(max_length = 254, example = "ada")]
    username: String,
    role: RoleView,
}

/// Add somebody to an organization
///
/// They use its library from now on. For its owners and admins, signed in themselves; only owners make owners.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{id}/members",
    tag = "organizations",
    params(("id" = OrganizationId, Path)),
    request_body = NewMember,
    responses(
        (status = 201, description = "They are in it", body = MemberView),
        Unauthenticated, Forbidden, NoSuchUser, AlreadyMember, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn add_member(
    permit: Permit<ManageAccount>,
    State(organizations): State<Organizations>,
    Path(id): Path<OrganizationId>,
    asked: Asked,
    Json(new): Json<NewMember>,
) -> Result<(StatusCode, Json<MemberView>), Problem> {
    let NewMember { username, role } = new;
    let trail = asked.by(&permit.caller);
    let added = organizations
        .add(id, &username, role.into(), &permit.caller, trail)
        .await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}
