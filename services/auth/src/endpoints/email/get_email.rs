use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};

use super::EmailView;
use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::links::Links;

/// Get one's e-mail address
#[utoipa::path(
    get,
    path = "/api/v1/auth/email",
    tag = "auth",
    responses(
        (status = 200, description = "The address, and what waits", body = EmailView),
        Unauthenticated, Forbidden, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn get_email(
    permit: Permit<ManageAccount>,
    State(links): State<Links>,
) -> Result<Json<EmailView>, Problem> {
    let state = links.email(permit.user()?).await?;
    Ok(Json(EmailView::new(state, &links)))
}
