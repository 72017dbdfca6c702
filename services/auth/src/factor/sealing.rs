use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use photure_domain::UserId;
use secrecy::{ExposeSecret, SecretString};

use super::totp::TotpSecret;
use crate::error::AuthError;

/// Before the nonce, so that another way of sealing can be told from this one.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 12;

/// Encrypts the secrets of second factors, so that whoever reads the database, or a copy of it, has none of them.
#[derive(Clone)]
pub(crate) struct Sealing([u8; 32]);

impl Sealing {
    /// With a key made of what the operator keeps.
    pub(crate) fn new(kept: &SecretString) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, kept.expose_secret().as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(hmac::sign(&root, b"photure second factors").as_ref());
        Self(key)
    }

    /// Bound to its owner: in another person's row it opens nothing.
    pub(crate) fn seal(&self, owner: UserId, secret: &TotpSecret) -> Result<Vec<u8>, AuthError> {
        let failed = |error| failed("a second factor could not be sealed", error);
        let mut sealed = secret.as_bytes().to_vec();
        let nonce = self
            .key()
            .and_then(|key| key.seal_in_place_append_tag(aad(owner), &mut sealed))
            .map_err(failed)?;
        let mut whole = vec![FORMAT];
        whole.extend_from_slice(nonce.as_ref());
        whole.append(&mut sealed);
        Ok(whole)
    }

    /// [`AuthError::FactorKeyChanged`] where it was sealed with another key, or for somebody else.
    pub(crate) fn open(&self, owner: UserId, sealed: &[u8]) -> Result<TotpSecret, AuthError> {
        let open = || {
            let (format, rest) = sealed.split_first()?;
            let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let secret = (*format == FORMAT).then_some(self.key().ok()?)?;
            let secret = secret.open_in_place(nonce, aad(owner), &mut sealed).ok()?;
            Some(TotpSecret::new((&*secret).try_into().ok()?))
        };
        open().ok_or(AuthError::FactorKeyChanged)
    }

    fn key(&self) -> Result<RandomizedNonceKey, aws_lc_rs::error::Unspecified> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0)
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing(…)")
    }
}

fn aad(owner: UserId) -> Aad<[u8; 16]> {
    Aad::from(owner.as_uuid().into_bytes())
}

fn failed(what: &'static str, error: aws_lc_rs::error::Unspecified) -> AuthError {
    AuthError::Internal(what, error.into())
}

#[cfg(test)]
mod tests {
    use photure_testkit::user;

    use super::*;

    fn sealing(key: &str) -> Sealing {
        Sealing::new(&key.into())
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_its_key_alone() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        let mine = sealing("a key of an operator, long enough");
        let sealed = mine.seal(user(1), &secret).unwrap();
        assert_eq!(mine.open(user(1), &sealed).unwrap(), secret);
        assert_ne!(sealed, mine.seal(user(1), &secret).unwrap(), "a nonce of its own");
        assert!(!sealed.windows(4).any(|part| part == b"1234"));

        let other = sealing("a key of an operator, long enougH");
        assert!(matches!(
            other.open(user(1), &sealed),
            Err(AuthError::FactorKeyChanged)
        ));
        assert!(matches!(
            mine.open(user(2), &sealed),
            Err(AuthError::FactorKeyChanged)
        ));
        for nth in 0..sealed.len() {
            let mut tampered = sealed.clone();
            tampered[nth] ^= 1;
            assert!(mine.open(user(1), &tampered).is_err(), "byte {nth}");
            assert!(mine.open(user(1), &sealed[..nth]).is_err(), "{nth} bytes");
        }
    }
}
