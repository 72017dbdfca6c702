use std::time::Duration;

use http::StatusCode;
use photure_common::Problem;
use photure_common::identity::TokenError;

use crate::endpoints::SecondFactor;
use crate::error::AuthError;
use crate::factor::Asked;

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
            AuthError::InvitationRequired => Self::new(
                StatusCode::FORBIDDEN,
                "invitation_required",
                "Accounts here are by invitation. Ask whoever runs this Photure for one.",
            ),
            AuthError::InvitationInvalid => Self::new(
                StatusCode::FORBIDDEN,
                "invitation_invalid",
                "This invitation was used or withdrawn, or has run out. Ask for another.",
            ),
            // No challenge: a browser must not show a dialogue of its own.
            AuthError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "User name or password are wrong.",
            ),
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
            AuthError::UserNotFound => Self::new(
                StatusCode::NOT_FOUND,
                "user_not_found",
                "Nobody here has this user name or address.",
            ),
            AuthError::NoLibrary => TokenError::NoLibrary.into(),
            AuthError::WrongPassword { field } => {
                Self::field(field, "wrong_password", "is not your password")
            }
            AuthError::SecondFactorRequired(asked) => second_factor_required(&asked),
            AuthError::SecondFactorWrong => Self::new(
                StatusCode::UNAUTHORIZED,
                "second_factor_wrong",
                "This code is wrong, has run out, or was used before. Try the one that is shown now.",
            ),
            AuthError::WrongCode => {
                Self::field("code", "wrong_code", "is wrong, has run out, or was used before")
            }
            AuthError::CodeMissing => Self::field(
                "code",
                "missing",
                "is needed, or `recovery_code`: two-step sign-in is on",
            ),
            AuthError::LinkInvalid => Self::new(
                StatusCode::NOT_FOUND,
                "link_invalid",
                "This link was used, or has run out. Ask for another.",
            ),
            AuthError::MailOff => Self::conflict(
                "mail_off",
                "No mail is sent here. Ask whoever runs this Photure for a link.",
            ),
            AuthError::TooManyLetters(wait) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_letters",
                "You were sent several letters already. Look for them, also among what your mail provider takes for spam, or wait a little.",
            )
            .retry_after(whole_seconds(wait)),
            AuthError::EmailConfirmed => {
                Self::conflict("email_confirmed", "Your address is confirmed already.")
            }
            AuthError::ChallengeInvalid => Self::new(
                StatusCode::UNAUTHORIZED,
                "challenge_invalid",
                "This took too long or too many tries. Sign in again from the beginning.",
            ),
            AuthError::TooManyGuesses(wait) => too_many_guesses(wait),
            AuthError::SecondFactorOn => Self::conflict(
                "second_factor_on",
                "Two-step sign-in is on already. Turn it off before you set up another app.",
            ),
            AuthError::SecondFactorOff => {
                Self::conflict("second_factor_off", "Two-step sign-in is off. Set it up first.")
            }
            AuthError::NoFactorKey | AuthError::FactorKeyChanged => {
                tracing::error!(cause = %error, "codes of authenticator apps cannot be checked");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "second_factor_unavailable",
                    "Codes of authenticator apps cannot be checked here. A recovery code works; \
                     whoever runs this Photure has to set its PHOTURE_FACTOR_KEY.",
                )
            }
            AuthError::PasswordMissing => {
                Self::conflict("password_missing", "Your account has no password. Set one first.")
            }
            AuthError::SignInAgain => Self::new(
                StatusCode::FORBIDDEN,
                "sign_in_again",
                "You signed in a while ago. Sign out and in again, then repeat this.",
            ),
            AuthError::NoSuchProvider => Self::not_found(),
            AuthError::JourneyInterrupted => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign_in_interrupted",
                "This sign-in was not begun in this browser, took too long, or is over already. Begin again.",
            ),
            AuthError::ConsentDenied { provider } => Self::new(
                StatusCode::FORBIDDEN,
                "consent_denied",
                format!(
                    "{provider} was not allowed to say who you are. Try again and agree, or sign in another way."
                ),
            ),
            AuthError::ProviderRefused { provider } => Self::new(
                StatusCode::UNAUTHORIZED,
                "provider_refused",
                format!(
                    "{provider} did not confirm who you are. Begin again; if it happens again, tell whoever runs this Photure."
                ),
            ),
            AuthError::ProviderUnavailable { provider, cause } => {
                let mut problem = Self::unavailable("provider", &*cause);
                problem.code = "provider_unavailable";
                problem.detail = format!(
                    "{provider} does not answer right now. Try again in a moment, or sign in another way."
                );
                problem
            }
            AuthError::EmailMissing => Self::unprocessable(
                "email_missing",
                "The provider did not tell your e-mail address, without which no account can be made. \
                 Allow it to, or make an account with a password and link it there.",
            ),
            AuthError::ForeignRefused(why) => TokenError::from(why).into(),
            AuthError::NothingToLink => Self::new(
                StatusCode::NOT_FOUND,
                "nothing_to_link",
                "No link waits for your word: it took too long, or was asked for in another browser. Begin again.",
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
            AuthError::PasskeyRefused(why) => {
                tracing::info!(why, "passkey refused");
                Self::new(
                    StatusCode::UNAUTHORIZED,
                    "passkey_refused",
                    "This passkey is not taken. Try again, or sign in another way.",
                )
            }
            AuthError::PasskeyKnown => Self::conflict("passkey_known", "This passkey is in use already."),
            AuthError::TooManyPasskeys => Self::conflict(
                "too_many_passkeys",
                "You have fifty passkeys. Remove one that you do not use any more.",
            ),
            AuthError::NoPasskeysHere => Self::conflict(
                "passkeys_unavailable",
                "Passkeys need an address with a name, such as https://photos.example.org.",
            ),
            AuthError::ServiceRefused => Self::forbidden(),
            AuthError::Overloaded => Self::of_status(StatusCode::SERVICE_UNAVAILABLE).retry_after(5),
            AuthError::NoSigningKey => Self::unavailable("signing keys", &error),
            AuthError::EndedUnknown => Self::unavailable("ended sessions", &error),
            AuthError::Internal(..) => Self::internal(&error),
        }
    }
}

fn second_factor_required(asked: &Asked) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "second_factor_required",
        "This account has two-step sign-in. Programs use an API key instead of the password.",
    )
    .with("second_factor", &SecondFactor::from(asked))
}

/// Not a moment too early.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

fn too_many_guesses(wait: Duration) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_guesses",
        "Too many codes were tried. Wait a little, or use a recovery code.",
    )
    .retry_after(whole_seconds(wait))
}
