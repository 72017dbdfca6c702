//! Passkeys (WebAuthn): registered by somebody who is signed in, and enough to sign in with. A device shows its key only after it has made sure
//! of its owner (user verification), so that it is two factors in one.

mod webauthn;

use std::sync::Arc;

use photure_domain::account::User;
use photure_domain::audit::Trail;
use photure_domain::passkey::Passkey;
use photure_domain::{Clock, IdSource, PasskeyId, UserId};
use photure_store::{Conflict, PasskeyStore, StoreError};
use secrecy::SecretString;

use crate::accounts::Accounts;
use crate::error::AuthError;
use crate::factor::{Challenge, Challenges, Purpose};

use webauthn::Registered;
pub(crate) use webauthn::{Assertion, NewCredential, RelyingParty};

const MAX_NAME_CHARS: usize = 100;
/// Nobody has more devices.
const MAX_PASSKEYS: usize = 50;

#[derive(Clone, Debug)]
pub(crate) struct Passkeys {
    pub(crate) store: Arc<dyn PasskeyStore>,
    pub(crate) accounts: Accounts,
    pub(crate) challenges: Challenges,
    /// `None` where browsers have no passkeys for such an address.
    pub(crate) relying_party: Option<RelyingParty>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// What a device is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    /// To be brought back with the answer.
    pub(crate) challenge: String,
    pub(crate) nonce: [u8; 32],
    pub(crate) rp_id: Arc<str>,
}

impl Passkeys {
    pub(crate) fn are_offered(&self) -> bool {
        self.relying_party.is_some()
    }

    pub(crate) async fn of(&self, user: UserId) -> Result<Vec<Passkey>, AuthError> {
        Ok(self.store.passkeys_of(user).await?)
    }

    /// Somebody wants to add a device, and shows their password again. Also who they are, and which of their keys there are.
    pub(crate) async fn begin(
        &self,
        user: UserId,
        password: SecretString,
    ) -> Result<(Asked, User, Vec<Passkey>), AuthError> {
        let asked = self.asked(Purpose::AddPasskey, Some(user))?;
        let user = self.accounts.confirmed(user, password).await?;
        let known = self.of(user.id).await?;
        if known.len() >= MAX_PASSKEYS {
            return Err(AuthError::TooManyPasskeys);
        }
        Ok((asked, user, known))
    }

    pub(crate) async fn add(
        &self,
        user: UserId,
        challenge: &str,
        name: &str,
        credential: &NewCredential,
        trail: Trail,
    ) -> Result<Passkey, AuthError> {
        let name = checked(name)?;
        let key = self
            .registered(user, challenge, credential)
            .await
            .map_err(as_field)?;
        let passkey = Passkey {
            id: PasskeyId::new(self.ids.next()),
            user_id: user,
            credential_id: key.credential_id,
            public_key: key.public_key,
            algorithm: key.algorithm,
            counter: key.counter,
            name,
            created_at: self.clock.now(),
            last_used_at: None,
        };
        let added = self.store.add_passkey(passkey.clone(), trail).await;
        added.map_err(|error| match error {
            StoreError::Conflict(Conflict::Passkey) => AuthError::PasskeyKnown,
            error => error.into(),
        })?;
        tracing::info!(%user, passkey = %passkey.id, "passkey added");
        Ok(passkey)
    }

    async fn registered(
        &self,
        user: UserId,
        challenge: &str,
        credential: &NewCredential,
    ) -> Result<Registered, AuthError> {
        let challenge = self.challenges.read(challenge, Purpose::AddPasskey)?;
        if challenge.user != Some(user) {
            return Err(AuthError::ChallengeInvalid);
        }
        let key = self.relying_party()?.registered(&challenge.nonce, credential)?;
        self.challenges.spend(&challenge).await?;
        Ok(key)
    }

    pub(crate) async fn remove(&self, user: UserId, id: PasskeyId, trail: Trail) -> Result<(), AuthError> {
        self.store.remove_passkey(user, id, trail).await?;
        tracing::info!(%user, passkey = %id, "passkey removed");
        Ok(())
    }

    /// Somebody wants to sign in, whoever it is.
    pub(crate) fn ask(&self) -> Result<Asked, AuthError> {
        self.asked(Purpose::Passkey, None)
    }

    /// Whose key has answered.
    pub(crate) async fn answer(&self, challenge: &str, assertion: &Assertion) -> Result<User, AuthError> {
        let challenge = self.challenges.read(challenge, Purpose::Passkey)?;
        let relying_party = self.relying_party()?;
        let passkey = match self.store.passkey_by_credential(assertion.credential_id()?).await {
            Ok(passkey) => passkey,
            Err(StoreError::NotFound) => return Err(AuthError::PasskeyRefused("no such passkey")),
            Err(error) => return Err(error.into()),
        };
        let counter = relying_party.signed(&challenge.nonce, assertion, &passkey)?;
        self.challenges.spend(&challenge).await?;
        match self
            .store
            .use_passkey(passkey.id, counter, self.clock.now())
            .await
        {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(user = %passkey.user_id, passkey = %passkey.id, "a passkey counts backwards: there may be a copy of it");
                return Err(AuthError::PasskeyRefused("its counter went back"));
            }
            Err(StoreError::NotFound) => return Err(AuthError::PasskeyRefused("it was just removed")),
            Err(error) => return Err(error.into()),
        }
        match self.accounts.user(passkey.user_id).await {
            Ok(user) if user.disabled => Err(AuthError::AccountDisabled),
            Ok(user) => Ok(user),
            Err(AuthError::Store(StoreError::NotFound)) => Err(AuthError::PasskeyRefused("no account")),
            Err(error) => Err(error),
        }
    }

    fn asked(&self, purpose: Purpose, user: Option<UserId>) -> Result<Asked, AuthError> {
        let rp_id = self.relying_party()?.id();
        let challenge: Challenge = self.challenges.new_one(purpose, user, None);
        Ok(Asked {
            challenge: self.challenges.sign(&challenge)?,
            nonce: challenge.nonce,
            rp_id,
        })
    }

    fn relying_party(&self) -> Result<&RelyingParty, AuthError> {
        self.relying_party.as_ref().ok_or(AuthError::NoPasskeysHere)
    }
}

/// Whoever adds a device is signed in: that it does not fit is not about who they are.
fn as_field(error: AuthError) -> AuthError {
    let (path, message) = match error {
        AuthError::ChallengeInvalid => ("challenge", "has run out or was answered; begin again"),
        AuthError::PasskeyRefused(why) => {
            tracing::info!(why, "passkey not added");
            (
                "client_data",
                "and the rest are not what was asked for; begin again",
            )
        }
        error => return error,
    };
    AuthError::field(path, "invalid", message)
}

fn checked(name: &str) -> Result<String, AuthError> {
    let name = name.trim();
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        return Ok(name.to_owned());
    }
    Err(AuthError::field(
        "name",
        "length",
        "must be one line of 1 to 100 characters",
    ))
}
