use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::documentation::{Always, JustSignedIn, Limited, Unauthenticated, Unprocessable};
use crate::links::Links;
use crate::sessions::Sessions;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// Missing only where the account has none yet, and its owner has just signed in at a provider.
    #[serde(default)]
    #[schema(format = Password, required = false)]
    current: Option<String>,
    /// At most 1024 bytes.
    #[schema(min_length = 10, max_length = 1024, format = Password)]
    new: String,
}

/// Change your password
///
/// All your other sessions end: whoever knew the old password is out. API keys stay.
#[utoipa::path(
    put,
    path = "/api/v1/auth/password",
    tag = "auth",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "It is the password from now on"),
        Unauthenticated, JustSignedIn, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn change_password(
    permit: Permit<ManageAccount>,
    State(sessions): State<Sessions>,
    State(links): State<Links>,
    asked: Asked,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let (current, new) = (change.current.map(Into::into), change.new.into());
    let user = permit.user()?;
    sessions
        .change_password(
            user,
            permit.caller.session,
            current,
            new,
            asked.by(&permit.caller),
        )
        .await?;
    links.tell_password_changed(user);
    Ok(StatusCode::NO_CONTENT)
}
