use std::time::Duration;

use photure_common::FieldError;
use photure_common::identity::ForeignRefusal;
use photure_store::StoreError;

use crate::factor::Asked;
use crate::outside::Cause;

/// What may come of a request instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("some fields are not as they should be")]
    Invalid(Vec<FieldError>),
    #[error("no new accounts are taken")]
    RegistrationClosed,
    #[error("accounts are for those who were invited")]
    InvitationRequired,
    /// Used, withdrawn, run out, or never made.
    #[error("the invitation is not taken")]
    InvitationInvalid,
    /// No such account, or not its password: nobody is told which.
    #[error("user name or password are wrong")]
    InvalidCredentials,
    /// Somebody is signed in, and does not know the password.
    #[error("the cursor is not one of this list")]
    InvalidCursor,
    /// The current password would not be asked for.
    #[error("it is the account of who asks")]
    OwnAccount,
    /// Said to those who may know.
    #[error("there is no such account")]
    NoSuchAccount,
    /// Whom somebody wants in their organization.
    #[error("nobody is called that")]
    UserNotFound,
    #[error("there is no such organization, or the caller is not in it")]
    NoLibrary,
    #[error("the password is another one")]
    WrongPassword {
        /// Where they typed it.
        field: &'static str,
    },
    /// The password was right, and is not enough.
    #[error("a second factor is asked for")]
    SecondFactorRequired(Box<Asked>),
    /// At the second step of signing in.
    #[error("the code is wrong or was used before")]
    SecondFactorWrong,
    /// Of somebody who is signed in.
    #[error("the code is wrong or was used before")]
    WrongCode,
    /// Of somebody who has two-step sign-in.
    #[error("a code is asked for")]
    CodeMissing,
    /// Used, run out, or never made.
    #[error("the link is not taken")]
    LinkInvalid,
    #[error("PHOTURE_SMTP_URL is not set")]
    MailOff,
    #[error("too many letters were asked for")]
    TooManyLetters(Duration),
    #[error("the address is confirmed already")]
    EmailConfirmed,
    /// None of ours, run out, answered, or tried too often.
    #[error("the challenge is not taken")]
    ChallengeInvalid,
    #[error("too many codes were tried")]
    TooManyGuesses(Duration),
    #[error("two-step sign-in is on already")]
    SecondFactorOn,
    #[error("two-step sign-in is off")]
    SecondFactorOff,
    /// Without it no secret of a second factor can be kept or read.
    #[error("PHOTURE_FACTOR_KEY is not set")]
    NoFactorKey,
    #[error("a second factor was sealed with another PHOTURE_FACTOR_KEY")]
    FactorKeyChanged,
    /// The account's owner signs in elsewhere.
    #[error("the account has no password")]
    PasswordMissing,
    /// What was asked for wants a sign-in of just now.
    #[error("the sign-in is too long ago")]
    SignInAgain,
    #[error("there is no such provider")]
    NoSuchProvider,
    /// Not begun in this browser, too long ago, or over.
    #[error("the way to the provider was not begun here, took too long, or is over")]
    JourneyInterrupted,
    /// The person did not let the provider say who they are.
    #[error("{provider} was not allowed to vouch")]
    ConsentDenied { provider: String },
    /// What is wrong with its answer is in the log.
    #[error("{provider} does not vouch for anybody")]
    ProviderRefused { provider: String },
    #[error("{provider} does not answer")]
    ProviderUnavailable {
        provider: String,
        #[source]
        cause: Cause,
    },
    /// Or it is none.
    #[error("the provider tells no e-mail address")]
    EmailMissing,
    /// A token of another issuer.
    #[error("the token is not taken: {}", .0.code())]
    ForeignRefused(ForeignRefusal),
    #[error("no link waits to be confirmed")]
    NothingToLink,
    #[error("the account is disabled")]
    AccountDisabled,
    /// Unknown, run out, or of a session that has ended.
    #[error("the refresh token is not taken")]
    RefreshTokenInvalid,
    /// It was used before: somebody has a copy, so the session was ended.
    #[error("the refresh token was used before")]
    RefreshTokenReused,
    /// Unknown, deleted, run out, or of an account that may not be used.
    #[error("the API key is not taken")]
    ApiKeyInvalid,
    #[error("there are more API keys than anyone keeps track of")]
    TooManyApiKeys,
    #[error("the service is not let in")]
    ServiceRefused,
    /// More passwords wait to be checked than is good for anyone.
    #[error("too many passwords are being checked")]
    Overloaded,
    /// The keys that sign tokens have not come from the database yet.
    #[error("the signing keys are not there yet")]
    NoSigningKey,
    /// Nor which sessions have ended, without which no token is good.
    #[error("which sessions have ended is not known yet")]
    EndedUnknown,
    /// Why is for the log; whoever tries is told that it is so.
    #[error("the passkey is not taken: {0}")]
    PasskeyRefused(&'static str),
    #[error("the passkey is in use already")]
    PasskeyKnown,
    #[error("there are more passkeys than anyone has devices")]
    TooManyPasskeys,
    #[error("the public address has no name that passkeys could be bound to")]
    NoPasskeysHere,
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AuthError {
    /// Of one field alone.
    pub(crate) fn field(path: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            path: path.into(),
            code: code.into(),
            message: message.into(),
        }])
    }
}
