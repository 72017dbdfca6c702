use axum::extract::State;
use axum::response::IntoResponse;
use photure_common::Problem;
use photure_common::extract::{Json, Path};

use super::Departure;
use crate::documentation::{Always, Limited, NoSuchProvider, ProviderAway};
use crate::identities::Identities;
use crate::kept::{Keeping, Kept};

/// Begin to sign in at a provider
///
/// The browser goes to `url`, and comes back to the page with what it gives to `auth/oidc/{provider}/callback`. A cookie binds the two.
#[utoipa::path(
    post,
    path = "/api/v1/auth/oidc/{provider}",
    tag = "auth",
    params(("provider" = String, Path, description = "Its name in `auth/oidc`")),
    responses(
        (status = 200, description = "Where to go", body = Departure, headers(("Set-Cookie" = String))),
        NoSuchProvider, Limited, Always, ProviderAway
    ),
    security(()),
)]
pub(in crate::endpoints) async fn begin_sign_in(
    State(identities): State<Identities>,
    State(keeping): State<Keeping>,
    Path(provider): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let (url, kept) = identities.begin(&provider, None).await?;
    let cookie = keeping.keep(Kept::Journey, &kept);
    Ok(([cookie], Json(Departure { url: url.into() })))
}
