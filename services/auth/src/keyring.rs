//! The keys that sign access tokens: made at the first start, renewed on schedule or by an operator, the same for all replicas.

mod schedule;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use photure_common::identity::PublicKey;
use photure_common::service::Kit;
use photure_domain::account::SigningKey;
use photure_domain::audit::{Doer, Trail};
use photure_domain::{Clock, IdSource, KeyId, Timestamp};
use photure_store::SigningKeyStore;

use crate::error::AuthError;
pub(crate) use schedule::Schedule;

/// What another replica or an operator has changed is seen after so long.
const EVERY: Duration = Duration::from_secs(10);
/// While there is no key nobody can sign in.
const FIRST: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    store: Arc<dyn SigningKeyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    schedule: Schedule,
    /// Newest first.
    keys: Arc<RwLock<Arc<[SigningKey]>>>,
}

impl Keyring {
    pub(crate) fn new(store: Arc<dyn SigningKeyStore>, schedule: Schedule, kit: &Kit) -> Self {
        let keys = Arc::new(RwLock::new(Arc::from([])));
        Self {
            store,
            clock: kit.clock.clone(),
            ids: kit.ids.clone(),
            schedule,
            keys,
        }
    }

    /// Takes the keys from the database. Makes one where there is none or the newest has had its time, and forgets those whose last token has
    /// run out.
    pub(crate) async fn load(&self) -> Result<(), AuthError> {
        let mut keys = self.store.signing_keys().await?;
        let now = self.clock.now();
        // They sign and verify also where nothing can be written.
        self.keep(keys.clone());
        if self.schedule.wants_another(&keys, now) {
            let since = keys.first().map_or(Timestamp::MIN, |newest| newest.created_at);
            let candidate = new_signing_key(&*self.ids, now)?;
            let trail = Trail::begin(&*self.clock, &*self.ids, Doer::Photure);
            keys = self.store.renew_signing_key(candidate, since, trail).await?;
        }
        let over = self.schedule.over(&keys, now);
        if !over.is_empty() {
            self.store.forget_signing_keys(over.clone()).await?;
            keys.retain(|key| !over.contains(&key.id));
        }
        self.keep(keys);
        Ok(())
    }

    fn keep(&self, keys: Vec<SigningKey>) {
        let Ok(mut slot) = self.keys.write() else { return };
        for key in keys.iter().filter(|key| !is_among(&slot, key.id)) {
            tracing::info!(key = %key.id, "signing key taken up");
        }
        for key in slot.iter().filter(|key| !is_among(&keys, key.id)) {
            tracing::info!(key = %key.id, "signing key forgotten");
        }
        *slot = keys.into();
    }

    /// As [`Keyring::load`], again and again.
    pub(crate) async fn keep_loading(self, kit: Kit) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(if self.keys().is_empty() { FIRST } else { EVERY }) => {}
                () = kit.shutdown.cancelled() => return,
            }
            if let Err(error) = self.load().await {
                tracing::warn!(cause = %error, "signing keys not loaded");
            }
        }
    }

    /// The one that signs.
    pub(crate) fn current(&self) -> Result<SigningKey, AuthError> {
        let keys = self.keys();
        let key = self.schedule.signs(&keys, self.clock.now());
        key.cloned().ok_or(AuthError::NoSigningKey)
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

    /// Their public halves, also of one that does not sign yet, and of those that do no more.
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
}

fn is_among(keys: &[SigningKey], id: KeyId) -> bool {
    keys.iter().any(|key| key.id == id)
}

pub(crate) fn new_signing_key(ids: &dyn IdSource, now: Timestamp) -> Result<SigningKey, AuthError> {
    let failed =
        |cause: Box<dyn std::error::Error + Send + Sync>| AuthError::Internal("no key could be made", cause);
    let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
        .map_err(|error| failed(error.into()))?;
    let pair =
        Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|error| failed(error.to_string().into()))?;
    let public = pair
        .public_key()
        .as_ref()
        .try_into()
        .map_err(|_| failed("32 bytes were expected".into()))?;
    Ok(SigningKey {
        id: KeyId::new(ids.next()),
        private_der: document.as_ref().to_vec(),
        public,
        created_at: now,
    })
}
