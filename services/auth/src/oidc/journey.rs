use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_common::secret::random_token;
use photure_domain::factor::ChallengeNonce;
use photure_domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Long enough to make an account at the provider.
pub(crate) const LIVES: Duration = Duration::from_secs(900);

/// A way to a provider and back that was begun in one browser, which keeps this, signed, in a cookie. All that the provider is told is made
/// of a secret that only this cookie holds, each in a way that tells nothing of the others.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Journey {
    pub(crate) provider: String,
    secret: String,
    /// Whose account is to have one more way to sign in; without it somebody signs in.
    pub(crate) to_link: Option<UserId>,
    pub(crate) expires_at: Timestamp,
}

impl Journey {
    pub(crate) fn begin(provider: &str, to_link: Option<UserId>, now: Timestamp) -> Self {
        Self {
            provider: provider.to_owned(),
            secret: random_token(),
            to_link,
            expires_at: now.plus(LIVES),
        }
    }

    /// Binds the answer to this browser.
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// Binds the ID token to this journey.
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// Of PKCE: binds the code to this journey.
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// What it is called in the database once it has ended.
    pub(crate) fn id(&self) -> ChallengeNonce {
        self.digest("id")
    }

    fn derived(&self, what: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.digest(what))
    }

    fn digest(&self, what: &str) -> [u8; 32] {
        let digest = Sha256::new().chain_update(what).chain_update(":");
        digest.chain_update(&self.secret).finalize().into()
    }
}

impl std::fmt::Debug for Journey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journey")
            .field("provider", &self.provider)
            .field("to_link", &self.to_link)
            .finish_non_exhaustive()
    }
}
