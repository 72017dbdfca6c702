use async_trait::async_trait;
use photure_domain::account::{NewUser, SigningKey, User};
use photure_domain::audit::Trail;
use photure_domain::{KeyId, Timestamp, UserId};

use crate::StoreResult;

/// Accounts.
#[async_trait]
pub trait AccountStore: Send + Sync + std::fmt::Debug {
    /// The very first account becomes admin, every later one a member, also when two are made at once.
    /// [`crate::StoreError::Conflict`] where the folded user name or e-mail address is taken; where both are, the user
    /// name is named.
    async fn create_user(&self, user: NewUser, trail: Trail) -> StoreResult<User>;

    async fn user(&self, id: UserId) -> StoreResult<User>;

    /// By user name or e-mail address, folded. A user name that looks like an address never stands for another's address:
    /// names hold no `@`.
    async fn user_by_login(&self, login: &str) -> StoreResult<StoredUser>;

    /// Whether there is any account yet.
    async fn has_users(&self) -> StoreResult<bool>;
}

/// An account with what proves its owner.
#[derive(Clone)]
pub struct StoredUser {
    pub user: User,
    /// `None` for who signs in elsewhere.
    pub password_hash: Option<String>,
}

impl std::fmt::Debug for StoredUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredUser")
            .field("id", &self.user.id)
            .finish_non_exhaustive()
    }
}

/// Keys that sign access tokens.
#[async_trait]
pub trait SigningKeyStore: Send + Sync + std::fmt::Debug {
    /// All keys, newest first (by time, then id).
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>>;

    /// Adds `candidate` unless there is a key that was made after `since`; of several that come at once one wins, and all are told the same
    /// keys.
    async fn renew_signing_key(
        &self,
        candidate: SigningKey,
        since: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SigningKey>>;

    /// Puts `key` in the place of all there are.
    async fn replace_signing_keys(&self, key: SigningKey, trail: Trail) -> StoreResult<()>;

    /// Forgets these, and leaves the others.
    async fn forget_signing_keys(&self, keys: Vec<KeyId>) -> StoreResult<()>;
}
