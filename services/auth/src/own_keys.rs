use async_trait::async_trait;
use photure_common::health::Check;
use photure_common::identity::{JwkSet, KeySource, PublicKey};
use photure_common::peer::PeerError;
use photure_domain::SessionId;

use crate::error::AuthError;
use crate::keyring::Keyring;
use crate::sessions::Ended;

/// What tokens are verified with: published to all, and nearer for auth itself, which verifies as everyone does.
#[derive(Clone, Debug)]
pub(crate) struct OwnKeys {
    pub(crate) keyring: Keyring,
    pub(crate) ended: Ended,
}

impl OwnKeys {
    pub(crate) fn published(&self) -> Result<JwkSet, AuthError> {
        Ok(JwkSet {
            keys: self.usable()?,
            ended_sessions: self.ended.published(),
        })
    }

    /// None is, while it is not known which sessions have ended.
    fn usable(&self) -> Result<Vec<PublicKey>, AuthError> {
        if self.ended.is_loaded() {
            self.keyring.published()
        } else {
            Err(AuthError::EndedUnknown)
        }
    }
}

#[async_trait]
impl KeySource for OwnKeys {
    async fn key(&self, kid: &str) -> Result<Option<PublicKey>, PeerError> {
        let keys = self
            .usable()
            .map_err(|error| PeerError::Unreachable(error.into()))?;
        Ok(keys.into_iter().find(|key| key.kid == kid))
    }

    fn has_ended(&self, session: SessionId) -> bool {
        self.ended.contains(session)
    }
}

#[async_trait]
impl Check for OwnKeys {
    async fn check(&self) -> Result<(), String> {
        self.usable().map(|_| ()).map_err(|error| error.to_string())
    }
}
