//! Keys that programs sign in with.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::access::Scope;
use crate::{ApiKeyId, Timestamp, UserId};

/// What every key begins with, so that those who look for leaked secrets know one.
pub const PREFIX: &str = "photure_";
/// 160 random bits, in hex.
const SECRET_CHARS: usize = 40;
const CHECKSUM_CHARS: usize = 8;

/// A key as its owner sees it. The key itself is told once and never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub user_id: UserId,
    pub name: String,
    /// What it allows, as far as its owner may do it at that time.
    pub scopes: BTreeSet<Scope>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// To the minute, or less exactly.
    pub last_used_at: Option<Timestamp>,
}

/// SHA-256 of a key: what is stored in its place. A key has 160 random bits, so that no slow hash is needed.
pub type ApiKeyHash = [u8; 32];

/// What a person may give to a program.
pub const GRANTABLE: [Scope; 5] = [
    Scope::PhotosRead,
    Scope::PhotosWrite,
    Scope::AlbumsWrite,
    Scope::SharesManage,
    Scope::Admin,
];

/// A key in clear: `photure_`, 40 hexadecimal digits at random, and the first 8 of their SHA-256, which tell a key from what only
/// looks like one without asking anybody.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeySecret(String);

impl ApiKeySecret {
    pub fn new(random: [u8; SECRET_CHARS / 2]) -> Self {
        let secret = hex::encode(random);
        let checksum = checksum(&secret);
        Self(format!("{PREFIX}{secret}{checksum}"))
    }

    /// `None` where it is no key, whoever has issued it.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_whole = rest.len() == SECRET_CHARS + CHECKSUM_CHARS && rest.bytes().all(is_hex);
        let (secret, sum) = is_whole.then(|| rest.split_at(SECRET_CHARS))?;
        (checksum(secret) == sum).then(|| Self(text.to_owned()))
    }

    /// Whether it is meant to be a key, even if it is none.
    pub fn looks_like_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> ApiKeyHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        hash
    }
}

impl std::fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeySecret(…)")
    }
}

/// `POST /internal/key-token` at auth: what a key stands for. The key is its own credential.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyTokenRequest {
    pub key: String,
}

/// A token of a minute, with the key's scopes as far as its owner has them.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyToken {
    pub access: String,
    /// Seconds.
    pub expires_in: u64,
}

impl std::fmt::Debug for KeyTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyTokenRequest(…)")
    }
}

impl std::fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyToken")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

fn checksum(secret: &str) -> String {
    hex::encode(&digest(&SHA256, secret.as_bytes()).as_ref()[..CHECKSUM_CHARS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_looks() {
        let key = ApiKeySecret::new([0xA5; 20]);
        assert_eq!(key.as_str().len(), 56);
        assert_eq!(ApiKeySecret::parse(key.as_str()), Some(key.clone()));
        assert_eq!(format!("{key:?}"), "ApiKeySecret(…)");
        let text = key.as_str();
        for wrong in [
            "",
            "photure_",
            &text[..55],
            &format!("{text}0"),
            &text.replacen('a', "b", 1),
            &text.to_uppercase(),
            &text.replace("photure_", "photura_"),
            &format!("photure_{}", "é".repeat(24)),
        ] {
            assert_eq!(ApiKeySecret::parse(wrong), None, "{wrong}");
        }
    }
}
