use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use photure_domain::PasskeyId;

use crate::documentation::{Always, Forbidden, NotFound, Unauthenticated};
use crate::passkeys::Passkeys;

/// Remove a passkey
///
/// It signs nobody in any more. Sessions that it has opened go on.
#[utoipa::path(
    delete,
    path = "/api/v1/auth/passkeys/{id}",
    tag = "auth",
    params(("id" = PasskeyId, Path)),
    responses((status = 204, description = "It is gone"), Unauthenticated, Forbidden, NotFound, Always),
    security(("bearer" = [])),
)]
pub(super) async fn remove_passkey(
    permit: Permit<ManageAccount>,
    State(passkeys): State<Passkeys>,
    asked: Asked,
    Path(id): Path<PasskeyId>,
) -> Result<StatusCode, Problem> {
    passkeys
        .remove(permit.user()?, id, asked.by(&permit.caller))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
