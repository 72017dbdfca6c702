//! For administrators.

pub(super) mod change_user;
pub(super) mod create_user;
pub(super) mod end_user_sessions;
pub(super) mod export_audit;
pub(super) mod get_user;
pub(super) mod list_audit;
pub(super) mod list_invitations;
pub(super) mod list_users;
pub(super) mod make_invitation;
pub(super) mod make_password_link;
pub(super) mod reset_user_password;
pub(super) mod withdraw_invitation;

use photure_domain::account::{Role, User};
use photure_domain::{Timestamp, UserId};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::administration::WithPassword;

/// An account as its owner and administrators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdminAccount {
    id: UserId,
    username: String,
    email: String,
    /// Its owner has shown that they read what is sent there.
    email_confirmed: bool,
    role: Role,
    /// Nobody can sign in to it.
    disabled: bool,
    created_at: Timestamp,
    /// When somebody signed in to it last. Null where nobody has.
    #[schema(required)]
    signed_in_at: Option<Timestamp>,
    /// When it is deleted with everything in it, unless somebody keeps it. Null where nobody has asked for that.
    #[schema(required)]
    closes_at: Option<Timestamp>,
}

impl From<User> for AdminAccount {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            email_confirmed: user.email_confirmed_at.is_some(),
            email: user.email,
            role: user.role,
            disabled: user.disabled,
            created_at: user.created_at,
            signed_in_at: user.signed_in_at,
            closes_at: user.closes_at,
        }
    }
}

/// An account and, where it was made up, its password.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountWithPassword {
    #[serde(flatten)]
    account: AdminAccount,
    /// Told this once, for whoever the account is for. Null where the password was given.
    #[schema(required)]
    password: Option<String>,
}

impl From<WithPassword> for AccountWithPassword {
    fn from(made: WithPassword) -> Self {
        Self {
            account: made.user.into(),
            password: made.password.map(|password| password.expose_secret().to_owned()),
        }
    }
}
