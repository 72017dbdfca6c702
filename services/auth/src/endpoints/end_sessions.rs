use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Query;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::cookie::RefreshCookie;
use crate::documentation::{Always, Forbidden, Unauthenticated, WrongQuery};
use crate::sessions::Sessions;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Leave the session that asks.
    #[serde(default)]
    others: bool,
}

/// Sign out everywhere
///
/// Or everywhere else. Tokens of the sessions count no more: here at once, everywhere within half a minute.
#[utoipa::path(
    delete,
    path = "/api/v1/auth/sessions",
    tag = "auth",
    params(Which),
    responses(
        (status = 204, description = "They have ended", headers(("Set-Cookie" = String))),
        Unauthenticated, Forbidden, WrongQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(super) async fn end_sessions(
    permit: Permit<ManageAccount>,
    State(sessions): State<Sessions>,
    State(cookie): State<RefreshCookie>,
    asked: Asked,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let kept = permit.caller.session.filter(|_| which.others);
    sessions
        .end_all_of(permit.user()?, kept, asked.by(&permit.caller))
        .await?;
    if kept.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok((StatusCode::NO_CONTENT, cookie.clear()).into_response())
}
