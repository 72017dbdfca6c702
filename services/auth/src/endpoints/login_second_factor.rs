use axum::extract::State;
use axum::response::IntoResponse;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tokens, proof};
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, Limited, Unprocessable};
use crate::factor::Factors;
use crate::sessions::Sessions;

/// The challenge, and one of the two others.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactorAnswer {
    /// As `auth/login` gave it.
    challenge: String,
    /// The six digits that the app shows.
    #[serde(default)]
    #[schema(required = false, example = "123456")]
    code: Option<String>,
    /// Where the app is lost.
    #[serde(default)]
    #[schema(required = false)]
    recovery_code: Option<String>,
}

/// Sign in: the second step
///
/// Each code counts once. After a few wrong ones further tries have to wait, strangers' apart from those of places where the account is
/// signed in; recovery codes never wait.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login/second-factor",
    tag = "auth",
    request_body = SecondFactorAnswer,
    responses(
        (status = 200, description = "Tokens of a new session", body = Tokens, headers(("Set-Cookie" = String))),
        (
            status = 401,
            description = "The code is wrong: `second_factor_wrong`; the challenge has run out or was tried too often, so that the password \
                           is asked for again: `challenge_invalid`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = 403,
            description = "The account may not be used: `account_disabled`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unprocessable,
        Limited,
        Always,
    ),
    security(()),
)]
pub(super) async fn login_second_factor(
    State(factors): State<Factors>,
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    Asked(trail): Asked,
    Json(answer): Json<SecondFactorAnswer>,
) -> Result<impl IntoResponse, Problem> {
    let proof = proof(answer.code, answer.recovery_code)?;
    let (user, trail) = factors.answer(&answer.challenge, proof, trail).await?;
    let granted = sessions.open(&user, trail).await?;
    Ok((cookie.keep(&granted.refresh), Json(Tokens::from(granted))))
}
