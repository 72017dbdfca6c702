//! What WebAuthn (level 2, chapter 7) asks of a relying party, where it wants no attestation: any maker's device is welcome, so that the
//! browser's word for the public key is as good as the device's.

use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_common::config::PublicUrl;
use photure_domain::passkey::{Algorithm, Passkey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::AuthError;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const HAS_CREDENTIAL: u8 = 1 << 6;
/// Hash of the relying party, flags, counter.
const HEADER_BYTES: usize = 37;
const AAGUID_BYTES: usize = 16;
/// What the specification lets a credential id have.
const MAX_ID_BYTES: usize = 1023;
/// An RSA key of 8192 bits, and room.
const MAX_KEY_BYTES: usize = 1200;

/// This Photure, as devices know it.
#[derive(Clone, Debug)]
pub(crate) struct RelyingParty {
    id: Arc<str>,
    origin: String,
}

/// What a browser says of a new key, base64url where it is bytes.
#[derive(Debug)]
pub(crate) struct NewCredential {
    pub(crate) client_data: String,
    pub(crate) authenticator_data: String,
    pub(crate) public_key: String,
    pub(crate) algorithm: i32,
}

/// What a device has signed, base64url where it is bytes.
#[derive(Debug)]
pub(crate) struct Assertion {
    pub(crate) id: String,
    pub(crate) client_data: String,
    pub(crate) authenticator_data: String,
    pub(crate) signature: String,
    pub(crate) user_handle: Option<String>,
}

/// A key that fits.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) credential_id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) algorithm: Algorithm,
    pub(crate) counter: u32,
}

/// What the browser vouches for, so that a page elsewhere cannot ask in our name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

struct AuthenticatorData<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl Assertion {
    pub(crate) fn credential_id(&self) -> Result<Vec<u8>, AuthError> {
        bytes(&self.id, MAX_ID_BYTES)
    }
}

impl RelyingParty {
    /// `None` where the host is an address by numbers: to those no passkey can be bound.
    pub(crate) fn at(public_url: &PublicUrl) -> Option<Self> {
        let id = public_url.0.domain()?;
        Some(Self {
            id: id.into(),
            origin: public_url.origin(),
        })
    }

    pub(crate) fn id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// 7.1, of which without attestation this is left.
    pub(crate) fn registered(&self, nonce: &[u8], new: &NewCredential) -> Result<Registered, AuthError> {
        self.client_data(&new.client_data, "webauthn.create", nonce)?;
        let data = bytes(
            &new.authenticator_data,
            HEADER_BYTES + AAGUID_BYTES + MAX_ID_BYTES + 2 * MAX_KEY_BYTES,
        )?;
        let data = self.authenticator_data(&data)?;
        if data.flags & HAS_CREDENTIAL == 0 {
            return Err(AuthError::PasskeyRefused("there is no credential in it"));
        }
        let algorithm =
            Algorithm::numbered(new.algorithm).ok_or(AuthError::PasskeyRefused("its algorithm"))?;
        let public_key = bytes(&new.public_key, MAX_KEY_BYTES)?;
        ParsedPublicKey::new(verifier(algorithm), &public_key)
            .map_err(|_| AuthError::PasskeyRefused("its public key"))?;
        let credential_id = credential_id(data.rest).ok_or(AuthError::PasskeyRefused("its credential id"))?;
        Ok(Registered {
            credential_id,
            public_key,
            algorithm,
            counter: data.counter,
        })
    }

    /// 7.2. Answers what the device counts.
    pub(crate) fn signed(&self, nonce: &[u8], assertion: &Assertion, by: &Passkey) -> Result<u32, AuthError> {
        let client_data = self.client_data(&assertion.client_data, "webauthn.get", nonce)?;
        let data = bytes(&assertion.authenticator_data, HEADER_BYTES + 4096)?;
        let counter = self.authenticator_data(&data)?.counter;
        if let Some(handle) = &assertion.user_handle
            && bytes(handle, 64)? != by.user_id.as_uuid().as_bytes()
        {
            return Err(AuthError::PasskeyRefused("it is another person's"));
        }
        let signature = bytes(&assertion.signature, 2048)?;
        let mut signed = data;
        signed.extend_from_slice(&Sha256::digest(&client_data));
        ParsedPublicKey::new(verifier(by.algorithm), &by.public_key)
            .ok()
            .and_then(|key| key.verify_sig(&signed, &signature).ok())
            .ok_or(AuthError::PasskeyRefused("its signature"))?;
        Ok(counter)
    }

    /// Its bytes, over which the device has signed.
    fn client_data(&self, said: &str, kind: &str, nonce: &[u8]) -> Result<Vec<u8>, AuthError> {
        let said = bytes(said, 4096)?;
        let data: ClientData =
            serde_json::from_slice(&said).map_err(|_| AuthError::PasskeyRefused("its client data"))?;
        let refused = if data.kind != kind {
            Some("its purpose")
        } else if data.challenge != URL_SAFE_NO_PAD.encode(nonce) {
            Some("its challenge")
        } else if data.origin != self.origin || data.cross_origin {
            Some("its origin")
        } else {
            None
        };
        refused.map_or(Ok(said), |why| Err(AuthError::PasskeyRefused(why)))
    }

    fn authenticator_data<'a>(&self, data: &'a [u8]) -> Result<AuthenticatorData<'a>, AuthError> {
        let cut = || {
            let (party, rest) = data.split_first_chunk::<32>()?;
            let (flags, rest) = rest.split_first()?;
            let (counter, rest) = rest.split_first_chunk::<4>()?;
            Some((party, *flags, u32::from_be_bytes(*counter), rest))
        };
        let (party, flags, counter, rest) = cut().ok_or(AuthError::PasskeyRefused("its length"))?;
        if party[..] != Sha256::digest(self.id.as_bytes())[..] {
            return Err(AuthError::PasskeyRefused("its relying party"));
        }
        let sure = USER_PRESENT | USER_VERIFIED;
        if flags & sure != sure {
            return Err(AuthError::PasskeyRefused("nobody was verified"));
        }
        Ok(AuthenticatorData { flags, counter, rest })
    }
}

/// 6.5.1: AAGUID, length, id; the key follows.
fn credential_id(data: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = data.get(AAGUID_BYTES..)?.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let fits = (1..=MAX_ID_BYTES).contains(&length);
    fits.then(|| rest.get(..length).map(<[u8]>::to_vec))?
}

fn bytes(text: &str, most: usize) -> Result<Vec<u8>, AuthError> {
    let refused = || AuthError::PasskeyRefused("its encoding");
    if text.len() > most.div_ceil(3) * 4 {
        return Err(refused());
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())
}

fn verifier(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_ASN1,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
    }
}
