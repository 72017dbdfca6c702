use async_trait::async_trait;
use photure_domain::account::{NewUser, RefreshTokenHash, Session, SigningKey, User};
use photure_domain::{SessionId, Timestamp, UserId};

use crate::StoreResult;

/// Accounts.
#[async_trait]
pub trait AccountStore: Send + Sync + std::fmt::Debug {
    /// The very first account becomes admin, every later one a member, also when two are made at once.
    /// [`crate::StoreError::Conflict`] where the folded user name or e-mail address is taken; where both are, the user
    /// name is named.
    async fn create_user(&self, user: NewUser) -> StoreResult<User>;

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
    pub password_hash: String,
}

impl std::fmt::Debug for StoredUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredUser")
            .field("id", &self.user.id)
            .finish_non_exhaustive()
    }
}

/// Signed-in devices and their refresh tokens.
#[async_trait]
pub trait SessionStore: Send + Sync + std::fmt::Debug {
    async fn create_session(&self, session: Session, token: RefreshTokenHash) -> StoreResult<()>;

    /// Replaces the current token `old` by `new`. Of two that present the same token at once one is
    /// [`Rotation::Rotated`]; the other, like anyone who comes later with an old one, is [`Rotation::Reused`], and the
    /// session is revoked with it.
    async fn rotate(
        &self,
        old: RefreshTokenHash,
        new: RefreshTokenHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<Rotation>;

    async fn session(&self, id: SessionId) -> StoreResult<Session>;

    /// By a token of it, current or old. Changes nothing.
    async fn session_by_token(&self, token: RefreshTokenHash) -> StoreResult<Session>;

    /// Revoking again leaves the first time.
    async fn revoke_session(&self, id: SessionId, now: Timestamp) -> StoreResult<()>;

    /// Forgets sessions, and their old tokens, that ran out or were revoked before `before`. Says how many, at most `limit`.
    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The session, with its new expiry and last use.
    Rotated(Session),
    /// An old token came back: the session was revoked, now or before.
    Reused(Session),
    /// The session was revoked or the token had run out. Nothing was changed.
    Ended(Session),
    /// No such token was ever given, or it was forgotten.
    Unknown,
}

impl Rotation {
    /// What becomes of `session` where a token of it is presented, its current one or an old one. What the answer holds
    /// is what is to be kept.
    pub fn of(session: Session, is_current: bool, now: Timestamp, expires_at: Timestamp) -> Self {
        if !is_current {
            Self::Reused(Session {
                revoked_at: session.revoked_at.or(Some(now)),
                ..session
            })
        } else if session.revoked_at.is_some() || session.expires_at <= now {
            Self::Ended(session)
        } else {
            Self::Rotated(Session {
                last_used_at: now,
                expires_at,
                ..session
            })
        }
    }
}

/// Keys that sign access tokens.
#[async_trait]
pub trait SigningKeyStore: Send + Sync + std::fmt::Debug {
    /// All keys, newest first (by time, then id).
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>>;

    /// Adds `candidate` if there is no key yet; of several that come at once one wins, and all are told the same keys.
    async fn ensure_signing_key(&self, candidate: SigningKey) -> StoreResult<Vec<SigningKey>>;
}
