use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Accounts;
use crate::config::Registration;
use crate::documentation::Always;
use crate::links::Links;

/// What is offered to somebody who is not signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Options {
    /// Who may make an account.
    registration: Registration,
    /// Whether a forgotten password is reset by mail; else whoever runs this Photure hands out links.
    password_by_mail: bool,
}

/// Get what is offered before signing in
#[utoipa::path(
    get,
    path = "/api/v1/auth/options",
    tag = "auth",
    responses((status = 200, description = "What is offered", body = Options), Always),
    security(()),
)]
pub(super) async fn options(
    State(accounts): State<Accounts>,
    State(links): State<Links>,
) -> Result<Json<Options>, Problem> {
    Ok(Json(Options {
        registration: accounts.registration_now().await?,
        password_by_mail: links.are_mailed(),
    }))
}
