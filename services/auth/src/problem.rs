use http::StatusCode;
use photure_common::Problem;
use photure_common::identity::TokenError;

use crate::error::AuthError;

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Store(error) => error.into(),
            AuthError::Invalid(fields) => Self::invalid(fields),
            AuthError::RegistrationClosed => Self::new(
                StatusCode::FORBIDDEN,
                "registration_closed",
                "No new accounts are taken here. Ask whoever runs this Photure.",
            ),
            // No challenge: a browser must not show a dialogue of its own.
            AuthError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "User name or password are wrong.",
            ),
            AuthError::WrongPassword => Self::field("current", "wrong_password", "is not your password"),
            AuthError::InvalidCursor => Self::unprocessable(
                "invalid_cursor",
                "This cursor is not one of this list's. Begin the list again without it.",
            ),
            AuthError::OwnAccount => Self::conflict(
                "own_account",
                "This is your own account. Change its password in your settings, where the current one is asked for.",
            ),
            AuthError::NoSuchAccount => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "There is no account of this name, address or id.",
            ),
            AuthError::AccountDisabled => Self::new(
                StatusCode::FORBIDDEN,
                "account_disabled",
                "This account is disabled. Ask whoever runs this Photure.",
            ),
            AuthError::RefreshTokenInvalid => Self::new(
                StatusCode::UNAUTHORIZED,
                "refresh_token_invalid",
                "This session has ended. Sign in again.",
            ),
            AuthError::RefreshTokenReused => Self::new(
                StatusCode::UNAUTHORIZED,
                "refresh_token_reused",
                "This session was renewed from somewhere else and has been ended for safety. Sign in again.",
            ),
            AuthError::ApiKeyInvalid => TokenError::KeyInvalid.into(),
            AuthError::TooManyApiKeys => Self::conflict(
                "too_many_api_keys",
                "You have a hundred keys. Delete one that you do not need any more.",
            ),
            AuthError::ServiceRefused => Self::forbidden(),
            AuthError::Overloaded => Self::of_status(StatusCode::SERVICE_UNAVAILABLE).retry_after(5),
            AuthError::NoSigningKey => Self::unavailable("signing keys", &error),
            AuthError::EndedUnknown => Self::unavailable("ended sessions", &error),
            AuthError::Internal(..) => Self::internal(&error),
        }
    }
}
