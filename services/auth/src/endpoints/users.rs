//! Accounts by the names that the API gives them: their owners' own, and everybody's for administrators.

pub(super) mod change_me;
pub(super) mod change_user;
pub(super) mod create_user;
pub(super) mod delete_me;
pub(super) mod delete_user;
pub(super) mod get_user;
pub(super) mod keep_me;
pub(super) mod keep_user;
pub(super) mod list_users;
pub(super) mod replace_user;

use photure_common::Problem;
use photure_common::identity::Caller;
use photure_domain::UserId;
use photure_domain::access::{Action, Decision, decide};
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes in an account. Who administers changes role and access at `admin/users/{id}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfilePatch {
    #[serde(default)]
    #[schema(required = false, min_length = 3, max_length = 32, example = "ada")]
    username: Option<String>,
    /// Administrators change other people's, and it is not confirmed then. One's own is changed at `auth/email`.
    #[serde(default)]
    #[schema(required = false, format = Email, max_length = 254, example = "ada@example.org")]
    email: Option<String>,
}

/// What shows that whoever is signed in is the owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deletion {
    /// Missing only where the account has none, and its owner has just signed in elsewhere; and for other people's accounts.
    #[serde(default)]
    #[schema(format = Password, required = false)]
    password: Option<String>,
}

/// Whether it is one's own account, of which a caller must be allowed `own`. Others' is not found by those who are not allowed `others`.
fn is_own(caller: &Caller, id: UserId, own: Action, others: Action) -> Result<bool, Problem> {
    let person = caller.actor.person();
    let is_allowed = |action| decide(caller.actor, &caller.scopes, action, person) == Decision::Allowed;
    if !is_allowed(own) {
        return Err(Problem::forbidden());
    }
    let is_own = person == Some(id);
    if is_own || is_allowed(others) {
        Ok(is_own)
    } else {
        Err(Problem::not_found())
    }
}
