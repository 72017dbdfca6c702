use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::account::Role;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AccountWithPassword;
use crate::administration::Administration;
use crate::documentation::{Always, Forbidden, Unauthenticated, Unprocessable};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserAccount {
    /// As for `auth/register`.
    #[schema(min_length = 3, max_length = 32, example = "ada")]
    username: String,
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
    /// Without it one is made up.
    #[serde(default)]
    #[schema(required = false, min_length = 10, max_length = 1024, format = Password)]
    password: Option<String>,
    #[serde(default = "member")]
    #[schema(required = false, default = "member")]
    role: Role,
}

fn member() -> Role {
    Role::Member
}

/// Make an account for somebody
///
/// Also where nobody may register. For administrators who are signed in themselves.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users",
    tag = "admin",
    operation_id = "admin_create_user",
    request_body = NewUserAccount,
    responses(
        (status = 201, description = "The account", body = AccountWithPassword),
        (
            status = 409,
            description = "The name or the address has an account: `username_taken`, `email_taken`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unauthenticated, Forbidden, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn create_user(
    permit: Permit<ManageAccounts>,
    State(administration): State<Administration>,
    asked: Asked,
    Json(new): Json<NewUserAccount>,
) -> Result<(StatusCode, Json<AccountWithPassword>), Problem> {
    let NewUserAccount {
        username,
        email,
        password,
        role,
    } = new;
    let password = password.map(Into::into);
    let trail = asked.by(&permit.caller);
    let made = administration
        .create(username, email, password, role, trail)
        .await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
