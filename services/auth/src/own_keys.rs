use std::sync::Arc;

use async_trait::async_trait;
use photure_common::health::Check;
use photure_common::identity::{Exchanged, ForeignRefusal, JwkSet, KeySource, PublicKey, foreign_token_hash};
use photure_common::peer::PeerError;
use photure_domain::api_key::ApiKeySecret;
use photure_domain::audit::{Doer, Trail};
use photure_domain::{Clock, IdSource, OrganizationId, SessionId};
use secrecy::SecretString;

use crate::api_keys::ApiKeys;
use crate::clerk::Clerk;
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
    pub(crate) foreign: Arc<Exchanged<ForeignRefusal>>,
    /// Whose people are let in without a session of ours.
    pub(crate) clerk: Option<Clerk>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl OwnKeys {
    pub(crate) fn published(&self) -> Result<JwkSet, AuthError> {
        Ok(JwkSet {
            keys: self.usable()?,
            ended_sessions: self.ended.published(),
            exchanged_issuers: self.clerk.iter().map(|clerk| clerk.issuer().to_owned()).collect(),
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
            .token(key.hash(), async || match self.api_keys.exchange(key).await {
                Ok(token) => Ok(Ok(token)),
                Err(AuthError::ApiKeyInvalid) => Ok(Err(())),
                Err(error) => Err(error),
            });
        let exchanged = exchanged
            .await
            .map_err(|error| PeerError::Unreachable(error.into()))?;
        Ok(exchanged.ok())
    }

    async fn exchanges(&self, issuer: &str) -> Result<bool, PeerError> {
        Ok(self.clerk.as_ref().is_some_and(|clerk| clerk.issuer() == issuer))
    }

    async fn exchange_foreign(&self, token: &str) -> Result<Result<SecretString, ForeignRefusal>, PeerError> {
        let Some(clerk) = &self.clerk else {
            return Ok(Err(ForeignRefusal::Invalid));
        };
        let trail = Trail::begin(&*self.clock, &*self.ids, Doer::Photure);
        let exchanged = self.foreign.token(foreign_token_hash(token), async || {
            match clerk.exchange(token, trail).await {
                Ok(token) => Ok(Ok(token)),
                Err(AuthError::ForeignRefused(why)) => Ok(Err(why)),
                Err(error) => Err(error),
            }
        });
        exchanged
            .await
            .map_err(|error| PeerError::Unreachable(error.into()))
    }

    /// Auth keeps no library: nothing that it is asked is about one.
    async fn exchange_library(&self, _: &str, _: OrganizationId) -> Result<Option<SecretString>, PeerError> {
        Ok(None)
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
