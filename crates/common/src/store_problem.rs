//! What a caller is told where the database refuses: said once, for every service that has one.

use http::StatusCode;
use photure_store::{Conflict, StoreError};

use crate::{FieldError, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Conflict(Conflict::Username) => {
                taken("username", "username_taken", "This user name is taken.")
            }
            StoreError::Conflict(Conflict::Email) => taken(
                "email",
                "email_taken",
                "There is an account with this e-mail address already.",
            ),
            StoreError::AccountDisabled => Self::new(
                StatusCode::FORBIDDEN,
                "account_disabled",
                "This account is disabled. Ask whoever runs this Photure.",
            ),
            StoreError::AccountClosed => Self::conflict(
                "account_closed",
                "This account is closed, and everything in it is being deleted.",
            ),
            StoreError::LastAdmin => Self::conflict(
                "last_admin",
                "This is the only account that may administer. Make another one admin first.",
            ),
            StoreError::Conflict(Conflict::SecondFactor) => {
                Self::conflict("second_factor_on", "Two-step sign-in is on already.")
            }
            StoreError::Conflict(Conflict::Passkey) => {
                Self::conflict("passkey_known", "This passkey is in use already.")
            }
            StoreError::Conflict(Conflict::Identity) => Self::conflict(
                "identity_taken",
                "This sign-in belongs to an account here already.",
            ),
            StoreError::Conflict(Conflict::Member) => {
                Self::conflict("already_member", "They are in this organization already.")
            }
            StoreError::LastOwner => Self::conflict(
                "last_owner",
                "Nobody else owns this organization. Make another member owner first, or delete it.",
            ),
            StoreError::NotAllowed => Self::forbidden(),
            StoreError::LastSignIn => Self::conflict(
                "last_sign_in",
                "This is the only way to sign in to your account. Set a password first, or link another.",
            ),
            StoreError::RevisionMismatch => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "precondition_failed",
                "This was changed in the meantime. Read it again, then repeat the change.",
            ),
            StoreError::HashClaimed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "hash_claimed",
                "The same file is being removed right now. Send it again in a moment.",
            )
            .retry_after(1),
            StoreError::QuotaExceeded => Self::quota_exceeded(),
            StoreError::Unavailable(_) => Self::unavailable("database", &error),
            StoreError::Full(_) => Self::storage_full(&error),
            StoreError::Internal(_) => Self::internal(&error),
        }
    }
}

fn taken(path: &str, code: &'static str, message: &str) -> Problem {
    let error = FieldError {
        path: path.into(),
        code: code.into(),
        message: message.into(),
    };
    let mut problem = Problem::conflict(code, message);
    problem.errors.push(error);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_never_the_callers_fault() {
        let cause = || "connection refused".into();
        for (error, status, code) in [
            (StoreError::Unavailable(cause()), 503, "unavailable"),
            (StoreError::Full(cause()), 507, "storage_full"),
            (StoreError::Internal(cause()), 500, "internal_error"),
            (StoreError::HashClaimed, 503, "hash_claimed"),
        ] {
            let problem = Problem::from(error);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert!(
                !problem.detail.contains("connection"),
                "what happened inside stays inside: {}",
                problem.detail
            );
        }
    }

    #[test]
    fn what_is_taken_names_its_field() {
        let problem = Problem::from(StoreError::Conflict(Conflict::Email));
        assert_eq!((problem.status.as_u16(), problem.code), (409, "email_taken"));
        assert_eq!(problem.errors[0].path, "email");
    }
}
