//! Making accounts, and finding whose a password is.

mod fields;
mod names;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_domain::account::{NewUser, User};
use photure_domain::audit::{Doer, Trail};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{Clock, IdSource, UserId};
use photure_store::{AccountStore, Conflict, IdentityStore, StoreError, StoredUser};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::config::Registration;
use crate::error::AuthError;
use crate::passwords::Passwords;

pub(crate) use fields::{
    Applicant, MAX_PASSWORD_BYTES, checked_email, checked_label, checked_password, checked_username,
    label_fault,
};

#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    pub(crate) store: Arc<dyn AccountStore>,
    pub(crate) passwords: Passwords,
    pub(crate) registration: Registration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// Who wants an account, and is vouched for by a provider.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub(crate) id: UserId,
    /// What they are called elsewhere.
    pub(crate) called: Option<String>,
    pub(crate) email: String,
    /// Whether the provider has seen to it that it is theirs.
    pub(crate) email_confirmed: bool,
}

impl Accounts {
    /// A new account. The first one becomes admin, and is taken even where registration is closed.
    pub(crate) async fn register(&self, applicant: Applicant, trail: Trail) -> Result<User, AuthError> {
        let Applicant {
            username,
            email,
            password,
        } = applicant.checked()?;
        self.may_register().await?;
        let password_hash = self.passwords.hash(password).await?;
        let user = NewUser {
            id: UserId::new(self.ids.next()),
            username,
            email,
            password_hash: Some(password_hash),
            created_at: self.clock.now(),
        };
        let trail = trail.by(Doer::Person(user.id));
        Ok(self.store.create_user(user, trail).await?)
    }

    /// Who may make an account right now: anyone while there is none.
    pub(crate) async fn registration_now(&self) -> Result<Registration, AuthError> {
        if self.registration != Registration::Open && !self.store.has_users().await? {
            return Ok(Registration::Open);
        }
        Ok(self.registration)
    }

    /// A new account without a password, under the first name that nobody has. `identity` is how its owner signs in.
    pub(crate) async fn welcome(
        &self,
        newcomer: Newcomer,
        identity: LinkedIdentity,
        store: &dyn IdentityStore,
        trail: Trail,
    ) -> Result<User, AuthError> {
        let Newcomer {
            id,
            called,
            email,
            email_confirmed,
        } = newcomer;
        if fields::email_fault(&email).is_some() {
            return Err(AuthError::EmailMissing);
        }
        self.may_register().await?;
        for username in names::candidates(&[called.as_deref().unwrap_or_default(), &email]) {
            let user = NewUser {
                id,
                username,
                email: email.clone(),
                password_hash: None,
                created_at: self.clock.now(),
            };
            match store
                .create_user_with(user, identity.clone(), email_confirmed, trail.clone())
                .await
            {
                Err(StoreError::Conflict(Conflict::Username)) => {}
                made => return Ok(made?),
            }
        }
        Err(StoreError::Conflict(Conflict::Username).into())
    }

    async fn may_register(&self) -> Result<(), AuthError> {
        match self.registration_now().await? {
            Registration::Open => Ok(()),
            Registration::Invitation => Err(AuthError::InvitationRequired),
            Registration::Closed => Err(AuthError::RegistrationClosed),
        }
    }

    /// Whose user name (or e-mail address) and password these are. Takes the same time and says the same whether there is no
    /// such account or the password is another.
    pub(crate) async fn authenticate(&self, login: &str, password: SecretString) -> Result<User, AuthError> {
        // No account has such a password: that is known of all alike.
        if password.expose_secret().len() > MAX_PASSWORD_BYTES {
            return Err(AuthError::InvalidCredentials);
        }
        let found = match self.store.user_by_login(login).await {
            Ok(found) => Some(found),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let (user, hash) = found
            .map(|StoredUser { user, password_hash }| (user, password_hash))
            .unzip();
        let hash = hash.flatten();
        let fits = self.passwords.verify(password, hash).await?;
        match user {
            Some(user) if fits && user.disabled => Err(AuthError::AccountDisabled),
            Some(user) if fits => Ok(user),
            _ => Err(AuthError::InvalidCredentials),
        }
    }

    /// The hash of the password that is to take the place of `current`, which must be the account's. Only where there is none yet it may be missing.
    pub(crate) async fn new_password(
        &self,
        user: UserId,
        current: Option<SecretString>,
        new: SecretString,
    ) -> Result<String, AuthError> {
        fields::checked_password("new", &new)?;
        match current {
            Some(current) => {
                self.with_password(user, current, "current").await?;
            }
            None if self.has_password(user).await? => {
                return Err(AuthError::WrongPassword { field: "current" });
            }
            None => {}
        }
        self.passwords.hash(new).await
    }

    /// Somebody who is signed in shows their password again, before what a stolen session must not be able to do.
    pub(crate) async fn confirmed(&self, user: UserId, password: SecretString) -> Result<User, AuthError> {
        self.with_password(user, password, "password").await
    }

    async fn with_password(
        &self,
        user: UserId,
        password: SecretString,
        field: &'static str,
    ) -> Result<User, AuthError> {
        let name = self.store.user(user).await?.username;
        if self.store.user_by_login(&name).await?.password_hash.is_none() {
            return Err(AuthError::PasswordMissing);
        }
        match self.authenticate(&name, password).await {
            Ok(found) if found.id == user => Ok(found),
            Ok(_) | Err(AuthError::InvalidCredentials) => Err(AuthError::WrongPassword { field }),
            Err(error) => Err(error),
        }
    }

    /// Or whether its owner signs in elsewhere alone.
    pub(crate) async fn has_password(&self, user: UserId) -> Result<bool, AuthError> {
        let name = self.store.user(user).await?.username;
        Ok(self.store.user_by_login(&name).await?.password_hash.is_some())
    }

    /// Tells whether the password is still the same, and nothing of what it is.
    pub(crate) async fn password_mark(&self, user: &User) -> Result<String, AuthError> {
        let stored = self.store.user_by_login(&user.username).await?;
        let digest = Sha256::digest(stored.password_hash.unwrap_or_default());
        Ok(URL_SAFE_NO_PAD.encode(&digest[..12]))
    }

    pub(crate) async fn user(&self, id: UserId) -> Result<User, AuthError> {
        Ok(self.store.user(id).await?)
    }
}

#[cfg(test)]
mod tests;
