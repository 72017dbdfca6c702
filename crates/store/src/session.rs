use std::time::Duration;

use async_trait::async_trait;
use photure_domain::account::{Client, RefreshTokenHash, Session, Successor, SuccessorSeed};
use photure_domain::audit::Trail;
use photure_domain::{SessionId, Timestamp, UserId};

use crate::StoreResult;

/// So long a token that was replaced is taken for a repetition by a client that did not get the answer.
pub const GRACE: Duration = Duration::from_secs(10);

/// Signed-in devices and their refresh tokens.
#[async_trait]
pub trait SessionStore: Send + Sync + std::fmt::Debug {
    /// [`crate::StoreError::AccountDisabled`] where its account was disabled, also a moment ago: whoever disables one ends all sessions that there
    /// are, and there is to be none after that.
    async fn create_session(
        &self,
        session: Session,
        token: RefreshTokenHash,
        trail: Trail,
    ) -> StoreResult<()>;

    /// Replaces the current token `old` by `successor`. Of two that present the same token at once one is
    /// [`Rotation::Rotated`]; the other, like anyone who comes later with an old one, is [`Rotation::Repeated`] or
    /// [`Rotation::Reused`], as [`Rotation::of`] says.
    async fn rotate(
        &self,
        old: RefreshTokenHash,
        successor: Successor,
        client: Client,
        now: Timestamp,
        expires_at: Timestamp,
        trail: Trail,
    ) -> StoreResult<Rotation>;

    async fn session(&self, id: SessionId) -> StoreResult<Session>;

    /// By a token of it, current or old. Changes nothing.
    async fn session_by_token(&self, token: RefreshTokenHash) -> StoreResult<Session>;

    /// A person's sessions that go on, and those whose alarm was not seen; last used first (by time, then id), at most `limit`.
    async fn sessions_of(&self, user: UserId, now: Timestamp, limit: u32) -> StoreResult<Vec<Session>>;

    /// Revoking again leaves the first time.
    async fn revoke_session(&self, id: SessionId, now: Timestamp, trail: Trail) -> StoreResult<()>;

    /// Revokes a session of `user`, who also has seen its alarm now. Another person's is [`crate::StoreError::NotFound`].
    async fn end_session(&self, user: UserId, id: SessionId, now: Timestamp, trail: Trail)
    -> StoreResult<()>;

    /// Revokes all sessions of `user` that go on, but `kept`. Says which.
    async fn end_sessions(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>>;

    /// Gives an account another password, and revokes its sessions as [`SessionStore::end_sessions`] does: whoever knew the old password
    /// is out.
    async fn change_password(
        &self,
        user: UserId,
        password_hash: String,
        kept: Option<SessionId>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>>;

    /// What was revoked at `since` or later, in no order.
    async fn revoked_since(&self, since: Timestamp) -> StoreResult<Vec<(SessionId, Timestamp)>>;

    /// Forgets sessions, and their old tokens, that ran out before `before`, and those revoked before it whose alarm was seen or that
    /// have none. Says how many, at most `limit`.
    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The session, with its new expiry and last use.
    Rotated(Session),
    /// The answer to a client's last rotation was lost: it is to be given the same successor. Nothing was changed.
    Repeated(Session, SuccessorSeed),
    /// An old token came back: the session was revoked, now or before.
    Reused(Session),
    /// The session was revoked or the token had run out. Nothing was changed.
    Ended(Session),
    /// No such token was ever given, or it was forgotten.
    Unknown,
}

/// What a token is to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    Current,
    /// It was replaced a while ago, or its successor was too.
    Old,
    /// Its successor is the current one.
    Last {
        replaced_at: Timestamp,
        seed: SuccessorSeed,
    },
}

impl Rotation {
    /// What becomes of `session` where a token of it is presented. What the answer holds is what is to be kept.
    ///
    /// A thief and the owner cannot both go on: the one who is later with the same token ends the session. A client that repeats itself
    /// from the same place within [`GRACE`], before anyone has used the successor, is no thief: it would have the successor already.
    pub fn of(
        session: Session,
        presented: Presented,
        client: Client,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        let is_live = session.revoked_at.is_none() && session.expires_at > now;
        match presented {
            Presented::Current if is_live => Self::Rotated(Session {
                client,
                last_used_at: now,
                expires_at,
                ..session
            }),
            Presented::Current => Self::Ended(session),
            Presented::Last { replaced_at, seed }
                if is_live && session.client == client && now <= replaced_at.plus(GRACE) =>
            {
                Self::Repeated(session, seed)
            }
            Presented::Old | Presented::Last { .. } => Self::Reused(Session {
                alarm: session.alarm || is_live,
                revoked_at: session.revoked_at.or(Some(now)),
                ..session
            }),
        }
    }
}
