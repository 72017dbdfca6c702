use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_common::trail::Asked;

use super::Deletion;
use crate::closings::Closings;
use crate::documentation::{Always, JustSignedIn, Limited, NotDeletable, Unauthenticated, Unprocessable};
use crate::endpoints::admin::AdminAccount;

/// Delete one's own account with everything in it
///
/// After a grace period, in which the account goes on and can be kept. A password is asked for, or, where there is none, a sign-in of just now.
#[utoipa::path(
    delete,
    path = "/api/v1/users/me",
    tag = "users",
    request_body = Option<Deletion>,
    responses(
        (status = 202, description = "The account, and when it is deleted", body = AdminAccount),
        Unauthenticated, JustSignedIn, NotDeletable, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn delete_me(
    permit: Permit<ManageAccount>,
    State(closings): State<Closings>,
    asked: Asked,
    deletion: Option<Json<Deletion>>,
) -> Result<(StatusCode, Json<AdminAccount>), Problem> {
    let password = deletion.and_then(|Json(deletion)| deletion.password);
    let (session, trail) = (permit.caller.session, asked.by(&permit.caller));
    let closing = closings
        .close_own(permit.user()?, session, password.map(Into::into), trail)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(closing.into())))
}
