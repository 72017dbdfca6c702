use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use super::list_identities::LinkedIdentityView;
use crate::documentation::{Always, Forbidden, Limited, NothingToLink, Taken, Unauthenticated};
use crate::identities::Identities;
use crate::kept::{Keeping, Kept};

/// Confirm a link with a provider
///
/// That which waits in this browser for the account that is signed in. From now on the provider signs you in.
#[utoipa::path(
    post,
    path = "/api/v1/auth/identities/confirm",
    tag = "auth",
    responses(
        (status = 201, description = "They are linked", body = LinkedIdentityView, headers(("Set-Cookie" = String))),
        Unauthenticated, Forbidden, NothingToLink, Taken, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(in crate::endpoints) async fn confirm_link(
    permit: Permit<ManageAccount>,
    State(identities): State<Identities>,
    State(keeping): State<Keeping>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let kept = Kept::Link.brought(&headers);
    let linked = identities
        .confirm(permit.user()?, kept.as_deref(), asked.by(&permit.caller))
        .await?;
    let linked = LinkedIdentityView::new(linked, &identities);
    Ok((StatusCode::CREATED, [keeping.clear(Kept::Link)], Json(linked)))
}
