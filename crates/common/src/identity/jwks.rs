//! What auth publishes for whoever verifies its tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_domain::SessionId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Where auth publishes its keys.
pub const JWKS_PATH: &str = "/.well-known/jwks.json";

/// The public half of a signing key (RFC 8037).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicKey {
    pub kty: String,
    pub crv: String,
    pub alg: String,
    #[serde(rename = "use")]
    pub usage: String,
    pub kid: String,
    pub x: String,
}

impl PublicKey {
    /// For an Ed25519 key of 32 raw bytes.
    pub fn ed25519(kid: impl Into<String>, public: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            alg: "EdDSA".into(),
            usage: "sig".into(),
            kid: kid.into(),
            x: URL_SAFE_NO_PAD.encode(public),
        }
    }
}

/// What there is to know for verifying access tokens (RFC 7517, and one member more).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JwkSet {
    pub keys: Vec<PublicKey>,
    /// Sessions that have ended while access tokens of theirs may not have run out: base64url of the first 16 bytes of the SHA-256 of
    /// the claim `sid`.
    #[serde(default)]
    pub ended_sessions: Vec<String>,
    /// Other issuers whose tokens auth exchanges for its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanged_issuers: Vec<String>,
}

/// How an ended session is named where everyone may read it.
pub fn ended_session(id: SessionId) -> String {
    let hash = Sha256::digest(id.to_string());
    URL_SAFE_NO_PAD.encode(&hash[..16])
}
