use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_domain::account::SigningKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AuthError;
use crate::keyring::Keyring;

/// Longer than this is none of ours.
const MAX_BYTES: usize = 3072;

/// Words that Photure hands out and knows again when they come back, at every replica, so that nothing is kept meanwhile. Anyone may read them.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) keyring: Keyring,
    /// What the words are about: what was said of one matter is nothing in another.
    pub(crate) matter: &'static str,
}

impl Signed {
    pub(crate) fn write(&self, said: &impl Serialize) -> Result<String, AuthError> {
        let failed = |error: serde_json::Error| AuthError::Internal("nothing could be signed", error.into());
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_vec(said).map_err(failed)?);
        let tag = hmac::sign(&self.key(&self.keyring.current()?), said.as_bytes());
        Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(tag)))
    }

    /// What was said; `None` where it was not said here, or about something else.
    pub(crate) fn read<T: DeserializeOwned>(&self, text: &str) -> Result<Option<T>, AuthError> {
        let keys = self.keyring.all()?;
        let read = || {
            let (said, tag) = (text.len() <= MAX_BYTES).then(|| text.split_once('.'))??;
            let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
            keys.iter()
                .find(|signing| hmac::verify(&self.key(signing), said.as_bytes(), &tag).is_ok())?;
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()
        };
        Ok(read())
    }

    /// Of the key that signs tokens, and good for nothing else.
    fn key(&self, signing: &SigningKey) -> hmac::Key {
        let root = hmac::Key::new(hmac::HMAC_SHA256, &signing.private_der);
        let derived = hmac::sign(&root, self.matter.as_bytes());
        hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
    }
}
