//! What an operator does at the command line, on the database and beside services that run or without any.

use std::sync::Arc;
use std::time::Duration;

use photure_common::Problem;
use photure_common::service::{Kit, StartError};
use photure_domain::account::{Role, User};
use photure_domain::audit::{Doer, Trail};
use photure_domain::{KeyId, SessionId};
use photure_store::administration::AccountChange;
use photure_store::{FactorStore, StoreError};
use secrecy::SecretString;

use crate::Stores;
use crate::accounts::Accounts;
use crate::administration::{Administration, Rotation};
use crate::config::Registration;
use crate::error::AuthError;
use crate::passwords::{Argon2id, Passwords};
use crate::sessions::Ended;

/// Auth's own rules and use cases, for whoever has the machine. What it refuses it says as the API does.
#[derive(Debug)]
pub struct Operator {
    administration: Administration,
    factors: Arc<dyn FactorStore>,
}

/// An account to be made.
#[derive(Debug)]
pub struct Application {
    pub username: String,
    pub email: String,
    pub password: SecretString,
    pub is_admin: bool,
}

impl Operator {
    pub fn new(stores: Stores, kit: &Kit) -> Result<Self, StartError> {
        let accounts = Accounts {
            store: stores.accounts,
            passwords: Passwords::new(Argon2id)
                .map_err(|error| StartError::new("no threads for passwords", error))?,
            registration: Registration::Open,
            clock: kit.clock.clone(),
            ids: kit.ids.clone(),
        };
        // Those who serve see what has ended in the database.
        let ended = Ended::new(stores.sessions, kit.clock.clone(), Duration::ZERO);
        Ok(Self {
            administration: Administration {
                store: stores.administration,
                keys: stores.keys,
                accounts,
                ended,
            },
            factors: stores.factors,
        })
    }

    pub async fn create_user(&self, new: Application) -> Result<User, Problem> {
        let Application {
            username,
            email,
            password,
            is_admin,
        } = new;
        let role = if is_admin { Role::Admin } else { Role::Member };
        let made = self
            .administration
            .create(username, email, Some(password), role, self.trail())
            .await?;
        Ok(made.user)
    }

    /// By id, user name or e-mail address; so is every `who`.
    pub async fn find(&self, who: &str) -> Result<User, Problem> {
        Ok(self.administration.find(who).await?)
    }

    /// Ends the account's sessions too.
    pub async fn reset_password(&self, who: &str, password: SecretString) -> Result<User, Problem> {
        let user = self.administration.find(who).await?;
        let reset = self
            .administration
            .reset_password(user.id, Some(password), self.trail())
            .await?;
        Ok(reset.user)
    }

    /// An account that is disabled is enabled with it: an admin is of use only where they can sign in.
    pub async fn make_admin(&self, who: &str) -> Result<User, Problem> {
        let user = self.administration.find(who).await?;
        let change = AccountChange {
            role: Some(Role::Admin),
            disabled: Some(false),
        };
        Ok(self.administration.change(user.id, change, self.trail()).await?)
    }

    /// Of somebody who can show neither the app's codes nor a recovery code.
    pub async fn remove_second_factor(&self, who: &str) -> Result<User, Problem> {
        let user = self.administration.find(who).await?;
        let removed = self.factors.remove_totp(user.id, self.trail()).await;
        removed.map_err(|error| match error {
            StoreError::NotFound => AuthError::SecondFactorOff,
            error => error.into(),
        })?;
        Ok(user)
    }

    /// Of one account, or of all. Says which have ended.
    pub async fn revoke_sessions(&self, who: Option<&str>) -> Result<Vec<SessionId>, Problem> {
        let user = match who {
            Some(who) => Some(self.administration.find(who).await?.id),
            None => None,
        };
        Ok(self.administration.end_sessions(user, self.trail()).await?)
    }

    /// The id of the key that is new.
    pub async fn rotate_keys(&self, rotation: Rotation) -> Result<KeyId, Problem> {
        Ok(self.administration.rotate_keys(rotation, self.trail()).await?.id)
    }

    fn trail(&self) -> Trail {
        let Accounts { clock, ids, .. } = &self.administration.accounts;
        Trail::begin(&**clock, &**ids, Doer::Operator)
    }
}
