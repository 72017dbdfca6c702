/// What a store may answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such thing, or it belongs to somebody else")]
    NotFound,
    #[error("{0} is taken")]
    Conflict(Conflict),
    #[error("the account is disabled")]
    AccountDisabled,
    /// Its time was up: what is in it is being deleted, or is gone.
    #[error("the account is closed")]
    AccountClosed,
    /// Nobody would be left to administer.
    #[error("the account is the only one that may administer")]
    LastAdmin,
    /// Nobody would be left who owns the organization.
    #[error("the organization has no other owner")]
    LastOwner,
    /// Their role in the organization does not go so far.
    #[error("it is for others in the organization to do")]
    NotAllowed,
    /// Nobody could sign in to the account any more.
    #[error("it is the only way to sign in to the account")]
    LastSignIn,
    /// The thing was changed since the caller read it.
    #[error("the revision is another one by now")]
    RevisionMismatch,
    /// The bytes behind this hash are being deleted right now; storing them and registering again later succeeds.
    #[error("the hash is claimed for deletion")]
    HashClaimed,
    /// Its owner may not keep so much.
    #[error("it does not fit into its owner's quota")]
    QuotaExceeded,
    /// The database did not answer, or not in time. Trying again may help.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk or the quota of the database is full.
    #[error("the database has no room left")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was read makes no sense, or the adapter is wrong. Trying again does not help.
    #[error("the database answered what it should not")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is unique, and was given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    Username,
    Email,
    /// A person has one authenticator app, not two.
    SecondFactor,
    Passkey,
    /// Who somebody is at a provider.
    Identity,
    /// Of an organization.
    Member,
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Username => "the user name",
            Self::Email => "the e-mail address",
            Self::SecondFactor => "the place of the second factor",
            Self::Passkey => "the passkey",
            Self::Identity => "the identity",
            Self::Member => "the place in the organization",
        })
    }
}

pub type StoreResult<T> = Result<T, StoreError>;
