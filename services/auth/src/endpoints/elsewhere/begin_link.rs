use axum::extract::State;
use axum::response::IntoResponse;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Departure;
use crate::documentation::{
    Always, Forbidden, Limited, NoSuchProvider, ProviderAway, Unauthenticated, Unprocessable,
};
use crate::identities::Identities;
use crate::kept::{Keeping, Kept};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedLink {
    /// Its name in `auth/oidc`.
    #[schema(example = "our-house")]
    provider: String,
}

/// Begin to link your account with a provider
///
/// The browser goes to `url` and comes back, as to sign in. Then the link waits to be confirmed, for a quarter of an hour and in this browser.
#[utoipa::path(
    post,
    path = "/api/v1/auth/identities",
    tag = "auth",
    request_body = WantedLink,
    responses(
        (status = 200, description = "Where to go", body = Departure, headers(("Set-Cookie" = String))),
        Unauthenticated, Forbidden, NoSuchProvider, Unprocessable, Limited, Always, ProviderAway
    ),
    security(("bearer" = [])),
)]
pub(in crate::endpoints) async fn begin_link(
    permit: Permit<ManageAccount>,
    State(identities): State<Identities>,
    State(keeping): State<Keeping>,
    Json(wanted): Json<WantedLink>,
) -> Result<impl IntoResponse, Problem> {
    let (url, kept) = identities.begin(&wanted.provider, Some(permit.user()?)).await?;
    let cookie = keeping.keep(Kept::Journey, &kept);
    Ok(([cookie], Json(Departure { url: url.into() })))
}
