use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use photure_common::extract::{Json, Path};
use photure_common::trail::Asked;
use photure_common::{Problem, ProblemBody};
use photure_domain::account::User;
use photure_domain::audit::{Doer, Trail};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PendingLinkView;
use crate::cookie::RefreshCookie;
use crate::documentation::{Always, Limited, NoSuchProvider, ProviderAway};
use crate::endpoints::{SecondFactor, Tokens};
use crate::error::AuthError;
use crate::factor::Factors;
use crate::identities::{Arrived, Identities, PendingLink};
use crate::kept::{Keeping, Kept};
use crate::oidc::Answer;
use crate::refusals::Refusals;
use crate::sessions::{Granted, Sessions};

/// What the provider's answer says in the address that the browser came back to. Unlike elsewhere, members that are not known are let be:
/// providers add what they like.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ProviderAnswer {
    #[schema(max_length = 512)]
    state: String,
    #[serde(default)]
    #[schema(required = false, max_length = 4096)]
    code: Option<String>,
    /// Who answers (RFC 9207).
    #[serde(default)]
    #[schema(required = false)]
    iss: Option<String>,
    /// Instead of a code.
    #[serde(default)]
    #[schema(required = false, example = "access_denied")]
    error: Option<String>,
}

/// A problem; where its code is `second_factor_required` or `link_required`, with what is needed to go on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `Problem::with` puts together")]
pub(crate) struct ArrivalRefusal {
    #[schema(inline = false)]
    #[serde(flatten)]
    problem: ProblemBody,
    second_factor: Option<SecondFactor>,
    link: Option<PendingLinkView>,
}

/// Finish signing in at a provider
///
/// Somebody who was never here gets an account, where accounts are made. Where there is one with the address that the provider has verified,
/// its owner signs in to it as ever and confirms the link: an address alone opens nothing.
#[utoipa::path(
    post,
    path = "/api/v1/auth/oidc/{provider}/callback",
    tag = "auth",
    params(("provider" = String, Path, description = "Its name in `auth/oidc`")),
    request_body = ProviderAnswer,
    responses(
        (status = 200, description = "Tokens of a new session", body = Tokens, headers(("Set-Cookie" = String))),
        (
            status = 401,
            description = "Not begun in this browser, too long ago, or over: `sign_in_interrupted`; the provider does not vouch: \
                           `provider_refused`. Or all is well, and `auth/login/second-factor` goes on: `second_factor_required`.",
            body = ArrivalRefusal,
            content_type = "application/problem+json",
        ),
        (
            status = 403,
            description = "The provider may not say who it is: `consent_denied`; the account may not be used: `account_disabled`; \
                           no new accounts are taken: `registration_closed`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = 409,
            description = "Whoever is signed in to the account has to confirm the link with `auth/identities/confirm`: `link_required`. \
                           Or the address has an account and the provider has not verified it: `email_taken`; \
                           or it is somebody's already: `identity_taken`.",
            body = ArrivalRefusal,
            content_type = "application/problem+json",
        ),
        (status = 400, description = "The body is not JSON: `malformed_json`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large: `payload_too_large`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body does not say that it is JSON: `json_expected`.", body = ProblemBody, content_type = "application/problem+json"),
        (
            status = 422,
            description = "The provider tells no e-mail address: `email_missing`; or fields that do not fit: `invalid_fields`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        NoSuchProvider, Limited, Always, ProviderAway
    ),
    security(()),
)]
#[allow(
    clippy::too_many_arguments,
    reason = "each is what one part of the answer is made of"
)]
pub(in crate::endpoints) async fn finish(
    State(identities): State<Identities>,
    State(factors): State<Factors>,
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    State(refusals): State<Refusals>,
    State(keeping): State<Keeping>,
    Path(provider): Path<String>,
    Asked(trail): Asked,
    headers: HeaderMap,
    Json(said): Json<ProviderAnswer>,
) -> Response {
    let answer = Answer {
        code: said.code,
        issuer: said.iss,
        error: said.error,
    };
    let kept = Kept::Journey.brought(&headers);
    let arrived = identities
        .arrive(&provider, kept.as_deref(), &said.state, answer, trail.clone())
        .await;
    // The way is over, whatever came of it.
    let over = AppendHeaders([keeping.clear(Kept::Journey)]);
    match arrived {
        Ok(Arrived::As(user)) => match open(&factors, &sessions, &refusals, user, trail).await {
            Ok(granted) => {
                let [refresh] = cookie.keep(&granted.refresh);
                (over, AppendHeaders([refresh]), Json(Tokens::from(granted))).into_response()
            }
            Err(error) => (over, Problem::from(error)).into_response(),
        },
        Ok(Arrived::ToBeLinked(text, link)) => {
            let waits = AppendHeaders([keeping.keep(Kept::Link, &text)]);
            (over, waits, link_required(&link)).into_response()
        }
        Err(error) => (over, Problem::from(error)).into_response(),
    }
}

/// As after a password.
async fn open(
    factors: &Factors,
    sessions: &Sessions,
    refusals: &Refusals,
    user: User,
    trail: Trail,
) -> Result<Granted, AuthError> {
    if user.disabled {
        refusals.note(user.username, trail);
        return Err(AuthError::AccountDisabled);
    }
    factors.ask(&user).await?;
    // Behind the account and its identity, which may just have been written down.
    let trail = trail.next().next().by(Doer::Person(user.id));
    sessions.open(&user, trail).await
}

fn link_required(link: &PendingLink) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "link_required",
        format!(
            "Sign in to your account here first, then confirm that {} may sign you in from now on.",
            link.label
        ),
    )
    .with("link", &PendingLinkView::from(link))
}
