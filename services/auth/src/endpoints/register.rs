use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::account::{Role, User};
use photure_domain::audit::Doer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{Accounts, Applicant};
use crate::documentation::{Always, Limited, Unprocessable};
use crate::invitations::Invitations;
use crate::links::Links;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Letters and digits of any script, dots, underscores, hyphens. Unique without regard to case.
    #[schema(min_length = 3, max_length = 32, example = "ada")]
    username: String,
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
    /// At most 1024 bytes.
    #[schema(min_length = 10, max_length = 1024, format = Password)]
    password: String,
    /// What follows `#` in the link, for whoever was invited.
    #[serde(default)]
    #[schema(required = false)]
    invitation: Option<String>,
}

/// An account as its owner sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    id: UserId,
    username: String,
    email: String,
    role: Role,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            email: user.email,
            role: user.role,
        }
    }
}

/// Make an account
///
/// The first one becomes the administrator. Whoever was invited brings their invitation.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    tag = "auth",
    request_body = NewAccount,
    responses(
        (status = 201, description = "The account", body = Account),
        (
            status = 403,
            description = "No new accounts are taken here: `registration_closed`; they are by invitation: `invitation_required`; this one \
                           was used or withdrawn, or has run out: `invitation_invalid`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = 409,
            description = "The name or the address has an account: `username_taken`, `email_taken`.",
            body = photure_common::ProblemBody,
            content_type = "application/problem+json",
        ),
        Unprocessable,
        Limited,
        Always,
    ),
    security(()),
)]
pub(super) async fn register(
    State(accounts): State<Accounts>,
    State(invitations): State<Invitations>,
    State(links): State<Links>,
    Asked(trail): Asked,
    Json(wanted): Json<NewAccount>,
) -> Result<(StatusCode, Json<Account>), Problem> {
    let applicant = Applicant {
        username: wanted.username,
        email: wanted.email,
        password: wanted.password.into(),
    };
    let asked = trail.clone();
    let user = match wanted.invitation {
        Some(token) => invitations.accept(applicant, &token, asked).await?,
        None => accounts.register(applicant, asked).await?,
    };
    links.greet(&user, trail.by(Doer::Person(user.id)));
    Ok((StatusCode::CREATED, Json(user.into())))
}
