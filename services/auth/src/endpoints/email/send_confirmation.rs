use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use crate::documentation::{Always, Forbidden, Limited, NothingToConfirm, Unauthenticated};
use crate::links::Links;

/// Send the link that confirms your address once more
///
/// To the one that waits, or else to the one you have.
#[utoipa::path(
    post,
    path = "/api/v1/auth/email/confirmation",
    tag = "auth",
    responses(
        (status = 202, description = "It is on its way"),
        Unauthenticated, Forbidden, NothingToConfirm, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn send_confirmation(
    permit: Permit<ManageAccount>,
    State(links): State<Links>,
    asked: Asked,
) -> Result<StatusCode, Problem> {
    links.send_again(permit.user()?, asked.by(&permit.caller)).await?;
    Ok(StatusCode::ACCEPTED)
}
