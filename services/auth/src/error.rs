use photure_common::FieldError;
use photure_store::StoreError;

/// What may come of a request instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("some fields are not as they should be")]
    Invalid(Vec<FieldError>),
    #[error("no new accounts are taken")]
    RegistrationClosed,
    /// No such account, or not its password: nobody is told which.
    #[error("user name or password are wrong")]
    InvalidCredentials,
    /// Somebody is signed in, and does not know the password.
    #[error("the current password is another one")]
    WrongPassword,
    #[error("the cursor is not one of this list")]
    InvalidCursor,
    /// The current password would not be asked for.
    #[error("it is the account of who asks")]
    OwnAccount,
    /// Said to those who may know.
    #[error("there is no such account")]
    NoSuchAccount,
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
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
}
