use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_common::secret::random_bytes;
use photure_domain::factor::ChallengeNonce;
use photure_domain::{Clock, Timestamp, UserId};
use photure_store::FactorStore;
use serde::{Deserialize, Serialize};

use crate::error::AuthError;
use crate::keyring::Keyring;
use crate::signed::Signed;

/// Long enough to look for one's telephone.
pub(crate) const LIVES: Duration = Duration::from_secs(300);

/// What an answer is for: one that is good for one thing is not for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// The password was right.
    SecondFactor,
    /// Somebody who is signed in adds a device.
    AddPasskey,
    /// Somebody signs in with one.
    Passkey,
}

/// What was asked, and is handed out signed, so that nothing is kept until it is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Challenge {
    #[serde(rename = "for")]
    purpose: Purpose,
    #[serde(with = "nonce")]
    pub(crate) nonce: ChallengeNonce,
    expires_at: Timestamp,
    /// Who is to answer, where that is known.
    pub(crate) user: Option<UserId>,
    /// Of the password that was right: another one since then makes it void.
    pub(crate) password: Option<String>,
}

impl Challenge {
    /// What it is called in the database.
    pub(crate) fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.nonce)
    }
}

/// Asks, and knows its own questions again. Every replica does.
#[derive(Clone, Debug)]
pub(crate) struct Challenges {
    pub(crate) store: Arc<dyn FactorStore>,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Challenges {
    pub(crate) fn new_one(
        &self,
        purpose: Purpose,
        user: Option<UserId>,
        password: Option<String>,
    ) -> Challenge {
        Challenge {
            purpose,
            nonce: random_bytes(),
            expires_at: self.clock.now().plus(LIVES),
            user,
            password,
        }
    }

    pub(crate) fn sign(&self, challenge: &Challenge) -> Result<String, AuthError> {
        self.signed().write(challenge)
    }

    /// What `text` asks; [`AuthError::ChallengeInvalid`] where it is none of ours, has run out or is for something else.
    pub(crate) fn read(&self, text: &str, purpose: Purpose) -> Result<Challenge, AuthError> {
        let challenge: Option<Challenge> = self.signed().read(text)?;
        challenge
            .filter(|challenge| challenge.purpose == purpose && challenge.expires_at > self.clock.now())
            .ok_or(AuthError::ChallengeInvalid)
    }

    /// It is answered now, and cannot be again.
    pub(crate) async fn spend(&self, challenge: &Challenge) -> Result<(), AuthError> {
        let first = self
            .store
            .spend_challenge(challenge.nonce, challenge.expires_at)
            .await?;
        if first {
            Ok(())
        } else {
            Err(AuthError::ChallengeInvalid)
        }
    }

    fn signed(&self) -> Signed {
        Signed {
            keyring: self.keyring.clone(),
            matter: "photure sign-in challenges",
        }
    }
}

mod nonce {
    use super::{ChallengeNonce, Engine, URL_SAFE_NO_PAD};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(nonce: &ChallengeNonce, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&URL_SAFE_NO_PAD.encode(nonce))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ChallengeNonce, D::Error> {
        let bytes = URL_SAFE_NO_PAD
            .decode(String::deserialize(from)?)
            .map_err(D::Error::custom)?;
        bytes
            .try_into()
            .map_err(|_| D::Error::custom("a nonce has 32 bytes"))
    }
}
