use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::Identified;
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::access::Action;

use super::{Deletion, is_own};
use crate::closings::Closings;
use crate::documentation::{
    Always, JustSignedIn, Limited, NotDeletable, NotFound, Unauthenticated, Unprocessable,
};
use crate::endpoints::admin::AdminAccount;

/// Delete an account with everything in it
///
/// After a grace period, until which it can be kept. One's own, with the password: it goes on until then. Anybody's for administrators who are signed in
/// themselves: its owner cannot sign in any more.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{id}",
    tag = "users",
    params(("id" = UserId, Path)),
    request_body = Option<Deletion>,
    responses(
        (status = 202, description = "The account, and when it is deleted", body = AdminAccount),
        Unauthenticated, JustSignedIn, NotFound, NotDeletable, Unprocessable, Limited, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn delete_user(
    Identified(caller): Identified,
    State(closings): State<Closings>,
    Path(id): Path<UserId>,
    asked: Asked,
    deletion: Option<Json<Deletion>>,
) -> Result<(StatusCode, Json<AdminAccount>), Problem> {
    let is_own = is_own(&caller, id, Action::ManageAccount, Action::ManageAccounts)?;
    let trail = asked.by(&caller);
    let closing = if is_own {
        let password = deletion.and_then(|Json(deletion)| deletion.password);
        let password = password.map(Into::into);
        closings.close_own(id, caller.session, password, trail).await?
    } else {
        closings.close_others(id, trail).await?
    };
    Ok((StatusCode::ACCEPTED, Json(closing.into())))
}
