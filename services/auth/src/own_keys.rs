use std::sync::Arc;

use async_trait::async_trait;
use photure_common::health::Check;
use photure_common::identity::{Exchanged, JwkSet, KeySource, PublicKey};
use photure_common::peer::PeerError;
use photure_domain::SessionId;
use photure_domain::api_key::ApiKeySecret;
use secrecy::SecretString;

use crate::api_keys::ApiKeys;
use crate::error::AuthError;
use crate::keyring::Keyring;
use crate::sessions::Ended;

/// What tokens are verified with: published to all, and nearer for auth itself, which verifies as everyone does.
#[derive(Clone, Debug)]
pub(crate) struct OwnKeys {
    pub(crate) keyring: Keyring,
    pub(crate) ended: Ended,
    pub(crate) api_keys: ApiKeys,
    pub(crate) exchanged: Arc<Exchanged>,
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

    async fn exchange(&self, key: &ApiKeySecret) -> Result<Option<SecretString>, PeerError> {
        let exchanged = self
            .exchanged
            .token(key, async || match self.api_keys.exchange(key).await {
                Ok(token) => Ok(Some(token)),
                Err(AuthError::ApiKeyInvalid) => Ok(None),
                Err(error) => Err(error),
            });
        exchanged
            .await
            .map_err(|error| PeerError::Unreachable(error.into()))
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
