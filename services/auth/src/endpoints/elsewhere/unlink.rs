use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::IdentityId;

use crate::documentation::{Always, Forbidden, LastSignIn, NotFound, Unauthenticated};
use crate::identities::Identities;

/// Take a provider away from your account
///
/// It signs you in no more. Without a password the last one stays.
#[utoipa::path(
    delete,
    path = "/api/v1/auth/identities/{id}",
    tag = "auth",
    params(("id" = IdentityId, Path)),
    responses(
        (status = 204, description = "It signs you in no more"),
        Unauthenticated, Forbidden, NotFound, LastSignIn, Always
    ),
    security(("bearer" = [])),
)]
pub(in crate::endpoints) async fn unlink(
    permit: Permit<ManageAccount>,
    State(identities): State<Identities>,
    Path(id): Path<IdentityId>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    identities
        .unlink(permit.user()?, id, asked.by(&permit.caller))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
