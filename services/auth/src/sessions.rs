//! Signed-in devices: opened with a password, renewed with a refresh token that changes at each use, ended.

mod forgetting;

use std::sync::Arc;
use std::time::Duration;

use photure_domain::account::{Session, User};
use photure_domain::{Clock, IdSource, SessionId};
use photure_store::{Rotation, SessionStore, StoreError};

use crate::accounts::Accounts;
use crate::error::AuthError;
use crate::tokens::{Issuer, RefreshToken};

pub(crate) use forgetting::Forgetting;

#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) accounts: Accounts,
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
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
    pub(crate) async fn open(&self, user: &User) -> Result<Granted, AuthError> {
        let now = self.clock.now();
        let refresh = RefreshToken::random();
        let session = Session {
            id: SessionId::new(self.ids.next()),
            user_id: user.id,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(self.refresh_token),
            revoked_at: None,
        };
        // Signed first: without a key there is to be no session either.
        let access = self.issuer.for_user(user, session.id, self.access_token)?;
        self.store.create_session(session, refresh.hash()).await?;
        Ok(Granted {
            access,
            refresh,
            expires_in: self.access_token,
        })
    }

    /// New tokens for `old`, which counts no more. One that comes back ends its session.
    pub(crate) async fn renew(&self, old: &RefreshToken) -> Result<Granted, AuthError> {
        // While no token can be signed the old one must go on counting.
        self.issuer.keyring.current()?;
        let now = self.clock.now();
        let refresh = RefreshToken::random();
        let rotation = self
            .store
            .rotate(old.hash(), refresh.hash(), now, now.plus(self.refresh_token))
            .await?;
        let session = match rotation {
            Rotation::Rotated(session) => session,
            Rotation::Reused(session) => {
                tracing::warn!(session = %session.id, user = %session.user_id, "an old refresh token came back; session ended");
                return Err(AuthError::RefreshTokenReused);
            }
            Rotation::Ended(_) | Rotation::Unknown => return Err(AuthError::RefreshTokenInvalid),
        };
        let user = match self.accounts.user(session.user_id).await {
            Ok(user) if !user.disabled => user,
            Ok(_) | Err(AuthError::Store(StoreError::NotFound)) => {
                self.end(session.id).await?;
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

    /// Ends a session. One that is forgotten has ended already.
    pub(crate) async fn end(&self, id: SessionId) -> Result<(), AuthError> {
        match self.store.revoke_session(id, self.clock.now()).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session that `token`, current or old, belongs to.
    pub(crate) async fn end_by_token(&self, token: &RefreshToken) -> Result<(), AuthError> {
        match self.store.session_by_token(token.hash()).await {
            Ok(session) => self.end(session.id).await,
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a session goes on, and its account is one that may.
    pub(crate) async fn goes_on(&self, id: SessionId) -> Result<bool, AuthError> {
        let session = match self.store.session(id).await {
            Ok(session) => session,
            Err(StoreError::NotFound) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if session.revoked_at.is_some() || session.expires_at <= self.clock.now() {
            return Ok(false);
        }
        match self.accounts.user(session.user_id).await {
            Ok(user) => Ok(!user.disabled),
            Err(AuthError::Store(StoreError::NotFound)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
