use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;

use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, NameOrAddressTaken, Unauthenticated, Unprocessable};
use crate::endpoints::admin::AccountWithPassword;
use crate::endpoints::admin::create_user::{self, NewUserAccount};

/// Make an account for somebody
///
/// The same as `admin/users`. For administrators who are signed in themselves; whoever wants an account registers at `auth/register`.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    tag = "users",
    operation_id = "create_account",
    request_body = NewUserAccount,
    responses(
        (status = 201, description = "The account", body = AccountWithPassword),
        Unauthenticated, Forbidden, NameOrAddressTaken, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn create_user(
    permit: Permit<ManageAccounts>,
    administration: State<Administration>,
    asked: Asked,
    new: Json<NewUserAccount>,
) -> Result<(StatusCode, Json<AccountWithPassword>), Problem> {
    create_user::create_user(permit, administration, asked, new).await
}
