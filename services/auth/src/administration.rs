//! What those may do to other people's accounts, and to the keys, who look after the whole installation.

use std::sync::Arc;

use photure_common::secret::random_token;
use photure_domain::account::{NewUser, Role, SigningKey, User, folded};
use photure_domain::audit::Trail;
use photure_domain::{SessionId, UserId};
use photure_store::administration::{AccountChange, AdministrationStore};
use photure_store::{SigningKeyStore, StoreError};
use secrecy::SecretString;

use crate::accounts::{Accounts, Applicant, checked_email, checked_password, checked_username};
use crate::error::AuthError;
use crate::keyring::new_signing_key;
use crate::sessions::Ended;

#[derive(Clone, Debug)]
pub(crate) struct Administration {
    pub(crate) store: Arc<dyn AdministrationStore>,
    pub(crate) keys: Arc<dyn SigningKeyStore>,
    pub(crate) accounts: Accounts,
    pub(crate) ended: Ended,
}

/// An account that somebody else than its owner has made or changed, with the password where it was made up here.
#[derive(Debug)]
pub(crate) struct WithPassword {
    pub(crate) user: User,
    pub(crate) password: Option<SecretString>,
}

/// What becomes of the keys that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// They go on until the last token of theirs has run out.
    Overlapping,
    /// They count no more, and so no access token that is out there: for keys that somebody else may have.
    Withdrawing,
}

impl Administration {
    /// Also where nobody may register. Without a password one is made up.
    pub(crate) async fn create(
        &self,
        username: String,
        email: String,
        password: Option<SecretString>,
        role: Role,
        trail: Trail,
    ) -> Result<WithPassword, AuthError> {
        let (password, made_up) = given_or_made_up(password);
        let applicant = Applicant {
            username,
            email,
            password,
        };
        let Applicant {
            username,
            email,
            password,
        } = applicant.checked()?;
        let user = NewUser {
            id: UserId::new(self.accounts.ids.next()),
            username,
            email,
            password_hash: Some(self.accounts.passwords.hash(password).await?),
            created_at: trail.at,
        };
        Ok(WithPassword {
            user: self.store.add_user(user, role, trail).await?,
            password: made_up,
        })
    }

    /// By name, those after `after`.
    pub(crate) async fn list(&self, after: Option<&str>, limit: u32) -> Result<Vec<User>, AuthError> {
        Ok(self.store.users(after.map(folded), limit).await?)
    }

    pub(crate) async fn change(
        &self,
        user: UserId,
        change: AccountChange,
        trail: Trail,
    ) -> Result<User, AuthError> {
        let at = trail.at;
        let changed = self.store.change_account(user, change, trail).await?;
        self.ended.add(changed.ended, at);
        Ok(changed.user)
    }

    /// Another name, another address, or both.
    pub(crate) async fn rename(
        &self,
        user: UserId,
        username: Option<String>,
        email: Option<String>,
        trail: Trail,
    ) -> Result<User, AuthError> {
        if let Some(username) = &username {
            checked_username("username", username)?;
        }
        if let Some(email) = &email {
            checked_email("email", email)?;
        }
        Ok(self.store.rename(user, username, email, trail).await?)
    }

    /// Gives an account another password, made up where none is given, and ends its sessions.
    pub(crate) async fn reset_password(
        &self,
        user: UserId,
        password: Option<SecretString>,
        trail: Trail,
    ) -> Result<WithPassword, AuthError> {
        let (password, made_up) = given_or_made_up(password);
        checked_password("password", &password)?;
        let user = self.accounts.user(user).await?;
        let hash = self.accounts.passwords.hash(password).await?;
        let at = trail.at;
        let ended = self.store.reset_password(user.id, hash, trail).await?;
        self.ended.add(ended, at);
        Ok(WithPassword {
            user,
            password: made_up,
        })
    }

    /// Of one account, or of all.
    pub(crate) async fn end_sessions(
        &self,
        user: Option<UserId>,
        trail: Trail,
    ) -> Result<Vec<SessionId>, AuthError> {
        let at = trail.at;
        let ended = self.store.revoke_sessions(user, trail).await?;
        self.ended.add(ended.iter().copied(), at);
        Ok(ended)
    }

    /// Another key, which every service that runs takes up by itself.
    pub(crate) async fn rotate_keys(
        &self,
        rotation: Rotation,
        trail: Trail,
    ) -> Result<SigningKey, AuthError> {
        let mut key = new_signing_key(&*self.accounts.ids, trail.at)?;
        if rotation == Rotation::Withdrawing {
            self.keys.replace_signing_keys(key.clone(), trail).await?;
            return Ok(key);
        }
        // The newest, whatever the clock of this machine says: of two keys the newer one is to follow.
        let keys = self.keys.signing_keys().await?;
        if let Some(newest) = keys.first() {
            let after = newest.created_at.plus(std::time::Duration::from_millis(1));
            key.created_at = key.created_at.max(after);
        }
        let since = keys.first().map_or(key.created_at, |newest| newest.created_at);
        let now = self.keys.renew_signing_key(key.clone(), since, trail).await?;
        // Somebody else was quicker: there is a new key all the same.
        now.into_iter().next().ok_or(AuthError::NoSigningKey)
    }

    /// By id, user name or e-mail address.
    pub(crate) async fn find(&self, who: &str) -> Result<User, AuthError> {
        if let Ok(id) = who.parse::<UserId>() {
            return match self.accounts.user(id).await {
                Err(AuthError::Store(StoreError::NotFound)) => Err(AuthError::NoSuchAccount),
                found => found,
            };
        }
        match self.accounts.store.user_by_login(who).await {
            Ok(found) => Ok(found.user),
            Err(StoreError::NotFound) => Err(AuthError::NoSuchAccount),
            Err(error) => Err(error.into()),
        }
    }
}

fn given_or_made_up(password: Option<SecretString>) -> (SecretString, Option<SecretString>) {
    match password {
        Some(password) => (password, None),
        None => {
            let made_up = SecretString::from(random_token());
            (made_up.clone(), Some(made_up))
        }
    }
}
