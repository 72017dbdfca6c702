//! Signed-in devices: opened with a password, renewed with a refresh token that changes at each use, ended.

mod ended;
mod forgetting;

use std::sync::Arc;
use std::time::Duration;

use photure_common::secret::random_bytes;
use photure_domain::account::{Client, Session, Successor, User};
use photure_domain::audit::{Doer, Trail};
use photure_domain::{Clock, IdSource, SessionId, UserId};
use photure_store::{Rotation, SessionStore, StoreError};
use secrecy::SecretString;

use crate::accounts::Accounts;
use crate::error::AuthError;
use crate::tokens::{Issuer, RefreshToken};

pub(crate) use ended::Ended;
pub(crate) use forgetting::Forgetting;

/// So long after signing in nobody is asked to do it again.
const JUST_NOW: Duration = Duration::from_secs(600);
/// More devices than anyone has are not listed.
const LISTED: u32 = 500;

#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) accounts: Accounts,
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) ended: Ended,
    /// How long an access token is good.
    pub(crate) access_token: Duration,
    /// How long a session lives without being used.
    pub(crate) refresh_token: Duration,
}

/// What a device gets.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) access: String,
    pub(crate) refresh: RefreshToken,
    pub(crate) expires_in: Duration,
}

impl Sessions {
    /// For `user`, who has just shown to be it.
    pub(crate) async fn open(&self, user: &User, trail: Trail) -> Result<Granted, AuthError> {
        let now = self.clock.now();
        let refresh = RefreshToken::random();
        let session = Session {
            id: SessionId::new(self.ids.next()),
            user_id: user.id,
            client: trail.from.clone(),
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(self.refresh_token),
            revoked_at: None,
            alarm: false,
        };
        // Signed first: without a key there is to be no session either.
        let access = self.issuer.for_user(user, session.id, self.access_token)?;
        let opened = self
            .store
            .create_session(session, refresh.hash(), trail.by(Doer::Person(user.id)))
            .await;
        opened.map_err(|error| match error {
            StoreError::AccountDisabled => AuthError::AccountDisabled,
            error => error.into(),
        })?;
        Ok(Granted {
            access,
            refresh,
            expires_in: self.access_token,
        })
    }

    /// New tokens for `old`, which counts no more. One that comes back ends its session, unless a client that did not get the answer
    /// repeats itself: it is given the same refresh token again.
    pub(crate) async fn renew(
        &self,
        old: &RefreshToken,
        client: Client,
        trail: Trail,
    ) -> Result<Granted, AuthError> {
        // While no token can be signed the old one must go on counting.
        self.issuer.keyring.current()?;
        let now = self.clock.now();
        let seed = random_bytes();
        let refresh = old.successor(&seed);
        let successor = Successor {
            hash: refresh.hash(),
            seed,
        };
        let rotation = self
            .store
            .rotate(
                old.hash(),
                successor,
                client,
                now,
                now.plus(self.refresh_token),
                trail.clone(),
            )
            .await?;
        let (session, refresh) = match rotation {
            Rotation::Rotated(session) => (session, refresh),
            Rotation::Repeated(session, seed) => (session, old.successor(&seed)),
            Rotation::Reused(session) => {
                self.ended.add([session.id], session.revoked_at.unwrap_or(now));
                tracing::warn!(session = %session.id, user = %session.user_id, "an old refresh token came back; session ended");
                return Err(AuthError::RefreshTokenReused);
            }
            Rotation::Ended(_) | Rotation::Unknown => return Err(AuthError::RefreshTokenInvalid),
        };
        let user = match self.accounts.user(session.user_id).await {
            Ok(user) if !user.disabled => user,
            Ok(_) | Err(AuthError::Store(StoreError::NotFound)) => {
                self.end(session.id, trail.by(Doer::Photure)).await?;
                return Err(AuthError::RefreshTokenInvalid);
            }
            Err(error) => return Err(error),
        };
        let access = self.issuer.for_user(&user, session.id, self.access_token)?;
        Ok(Granted {
            access,
            refresh,
            expires_in: self.access_token,
        })
    }

    /// A person's sessions, and those that were ended for safety and whose owner does not know yet.
    pub(crate) async fn of(&self, user: UserId) -> Result<Vec<Session>, AuthError> {
        Ok(self.store.sessions_of(user, self.clock.now(), LISTED).await?)
    }

    /// One of a person's sessions. Another person's is not found.
    pub(crate) async fn one_of(&self, user: UserId, id: SessionId) -> Result<Session, AuthError> {
        let session = self.store.session(id).await?;
        if session.user_id == user {
            Ok(session)
        } else {
            Err(StoreError::NotFound.into())
        }
    }

    /// Ends one of a person's sessions, or takes note that they know it was ended.
    pub(crate) async fn end_one_of(
        &self,
        user: UserId,
        id: SessionId,
        trail: Trail,
    ) -> Result<(), AuthError> {
        let now = self.clock.now();
        self.store.end_session(user, id, now, trail).await?;
        self.ended.add([id], now);
        Ok(())
    }

    /// Ends all of a person's sessions but `kept`.
    pub(crate) async fn end_all_of(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        trail: Trail,
    ) -> Result<(), AuthError> {
        let now = self.clock.now();
        let ended = self.store.end_sessions(user, kept, now, trail).await?;
        self.ended.add(ended, now);
        Ok(())
    }

    /// Changes a person's password, and ends all of their sessions but the one that asks.
    pub(crate) async fn change_password(
        &self,
        user: UserId,
        asking: Option<SessionId>,
        current: Option<SecretString>,
        new: SecretString,
        trail: Trail,
    ) -> Result<(), AuthError> {
        if !self.accounts.has_password(user).await? {
            self.has_just_signed_in(asking).await?;
        }
        let hash = self.accounts.new_password(user, current, new).await?;
        let now = self.clock.now();
        let ended = self.store.change_password(user, hash, asking, now, trail).await?;
        self.ended.add(ended, now);
        tracing::info!(%user, "password changed");
        Ok(())
    }

    /// Whoever is signed in shows that they are the account's owner: with its password or, where there is none, by a sign-in of just now. Whoever is signed in
    /// elsewhere shows that with every token.
    pub(crate) async fn confirm_owner(
        &self,
        user: UserId,
        asking: Option<SessionId>,
        password: Option<SecretString>,
    ) -> Result<(), AuthError> {
        if self.accounts.has_password(user).await? {
            let password = password.ok_or(AuthError::WrongPassword { field: "password" })?;
            self.accounts.confirmed(user, password).await?;
        } else if asking.is_some() {
            self.has_just_signed_in(asking).await?;
        }
        Ok(())
    }

    /// Where there is no password to show, signing in again shows as much.
    async fn has_just_signed_in(&self, asking: Option<SessionId>) -> Result<(), AuthError> {
        let begun = match asking {
            Some(session) => Some(self.store.session(session).await?.created_at),
            None => None,
        };
        match begun {
            Some(begun) if self.clock.now() < begun.plus(JUST_NOW) => Ok(()),
            _ => Err(AuthError::SignInAgain),
        }
    }

    /// Ends a session. One that is forgotten has ended already.
    pub(crate) async fn end(&self, id: SessionId, trail: Trail) -> Result<(), AuthError> {
        let now = self.clock.now();
        match self.store.revoke_session(id, now, trail).await {
            Ok(()) | Err(StoreError::NotFound) => {
                self.ended.add([id], now);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session that `token`, current or old, belongs to.
    pub(crate) async fn end_by_token(&self, token: &RefreshToken, trail: Trail) -> Result<(), AuthError> {
        match self.store.session_by_token(token.hash()).await {
            Ok(session) => {
                let owner = Doer::Person(session.user_id);
                self.end(session.id, trail.by(owner)).await
            }
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
