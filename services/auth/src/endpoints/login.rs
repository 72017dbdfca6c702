use axum::extract::State;
use axum::response::IntoResponse;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;
use crate::accounts::Accounts;
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, Limited, Unprocessable};
use crate::error::AuthError;
use crate::factor::Factors;
use crate::refusals::Refusals;
use crate::sessions::Sessions;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The user name or the e-mail address.
    #[schema(example = "ada")]
    username: String,
    #[schema(format = Password)]
    password: String,
}

/// Sign in
///
/// Opens a session, or asks for a second factor where the account has one. Browsers get the refresh token in a cookie too, which scripts cannot read.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = Credentials,
    responses(
        (status = 200, description = "Tokens of a new session", body = Tokens, headers(("Set-Cookie" = String))),
        (
            status = 401,
            description = "User name or password are wrong: `invalid_credentials`. Or they are right, and `auth/login/second-factor` goes on \
                           with the challenge in `second_factor`: `second_factor_required`.",
            body = super::LoginRefusal,
            content_type = "application/problem+json",
        ),
        (
            status = 403,
            description = "They are right, but the account may not be used: `account_disabled`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unprocessable,
        Limited,
        Always,
    ),
    security(()),
)]
pub(super) async fn login(
    State(accounts): State<Accounts>,
    State(factors): State<Factors>,
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    State(refusals): State<Refusals>,
    Asked(trail): Asked,
    Json(credentials): Json<Credentials>,
) -> Result<impl IntoResponse, Problem> {
    let Credentials { username, password } = credentials;
    let user = match accounts.authenticate(&username, password.into()).await {
        Ok(user) => user,
        Err(error) => {
            if matches!(error, AuthError::InvalidCredentials | AuthError::AccountDisabled) {
                refusals.note(username, trail);
            }
            return Err(error.into());
        }
    };
    factors.ask(&user).await?;
    let granted = sessions.open(&user, trail).await?;
    Ok((cookie.keep(&granted.refresh), Json(Tokens::from(granted))))
}
