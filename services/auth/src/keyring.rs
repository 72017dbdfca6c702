use std::sync::{Arc, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use photure_common::identity::PublicKey;
use photure_common::service::Kit;
use photure_domain::account::SigningKey;
use photure_domain::{Clock, IdSource, KeyId};
use photure_store::SigningKeyStore;

use crate::error::AuthError;

const PAUSE: Duration = Duration::from_secs(1);

/// The keys that sign access tokens, newest first. The first start makes one; all replicas have the same.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    store: Arc<dyn SigningKeyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    keys: Arc<RwLock<Arc<[SigningKey]>>>,
}

impl Keyring {
    pub(crate) fn new(store: Arc<dyn SigningKeyStore>, kit: &Kit) -> Self {
        let keys = Arc::new(RwLock::new(Arc::from([])));
        Self {
            store,
            clock: kit.clock.clone(),
            ids: kit.ids.clone(),
            keys,
        }
    }

    /// Takes the keys from the database; makes one where there is none.
    pub(crate) async fn load(&self) -> Result<(), AuthError> {
        let keys = self.store.ensure_signing_key(self.candidate()?).await?;
        if let Ok(mut slot) = self.keys.write() {
            *slot = keys.into();
        }
        Ok(())
    }

    /// As [`Keyring::load`], until the database answers.
    pub(crate) async fn load_patiently(self, kit: Kit) {
        while let Err(error) = self.load().await {
            tracing::warn!(cause = %error, "signing keys not loaded yet");
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = kit.shutdown.cancelled() => return,
            }
        }
        tracing::info!("signing keys loaded");
    }

    /// The one that signs.
    pub(crate) fn current(&self) -> Result<SigningKey, AuthError> {
        self.keys().first().cloned().ok_or(AuthError::NoSigningKey)
    }

    /// Also those that only verify what was signed before.
    pub(crate) fn all(&self) -> Result<Arc<[SigningKey]>, AuthError> {
        let keys = self.keys();
        if keys.is_empty() {
            Err(AuthError::NoSigningKey)
        } else {
            Ok(keys)
        }
    }

    /// Their public halves.
    pub(crate) fn published(&self) -> Result<Vec<PublicKey>, AuthError> {
        let keys = self.keys();
        if keys.is_empty() {
            return Err(AuthError::NoSigningKey);
        }
        Ok(keys
            .iter()
            .map(|key| PublicKey::ed25519(key.id.to_string(), &key.public))
            .collect())
    }

    fn keys(&self) -> Arc<[SigningKey]> {
        self.keys.read().map(|keys| keys.clone()).unwrap_or_default()
    }

    fn candidate(&self) -> Result<SigningKey, AuthError> {
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
            AuthError::Internal("no key could be made", cause)
        };
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
            .map_err(|error| failed(error.into()))?;
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref())
            .map_err(|error| failed(error.to_string().into()))?;
        let public = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| failed("32 bytes were expected".into()))?;
        Ok(SigningKey {
            id: KeyId::new(self.ids.next()),
            private_der: document.as_ref().to_vec(),
            public,
            created_at: self.clock.now(),
        })
    }
}
