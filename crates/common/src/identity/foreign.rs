//! Tokens of other issuers, which auth exchanges for short ones of our own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exchanged::CredentialHash;

/// Where auth says what somebody else's token stands for. Past the gateway.
pub const FOREIGN_TOKEN_PATH: &str = "/internal/foreign-token";

/// The token is its own credential.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignTokenRequest {
    pub token: String,
}

impl std::fmt::Debug for ForeignTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForeignTokenRequest(…)")
    }
}

/// Why a token of another issuer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignRefusal {
    Invalid,
    Expired,
    /// The account that it would sign in to may not be used.
    Disabled,
    /// Whom it speaks for has no account, and no new ones are made.
    Unknown,
}

impl ForeignRefusal {
    /// As auth says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "token_invalid",
            Self::Expired => "token_expired",
            Self::Disabled => "account_disabled",
            Self::Unknown => "registration_closed",
        }
    }

    pub(super) fn said(code: &str) -> Option<Self> {
        [Self::Invalid, Self::Expired, Self::Disabled, Self::Unknown]
            .into_iter()
            .find(|refusal| refusal.code() == code)
    }
}

/// Whose token this says it is. Nothing is verified: it only tells whom to ask.
pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        iss: String,
    }
    let payload = token.split('.').nth(1)?;
    let claimed: Claimed = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(claimed.iss)
}

/// What a token is kept by.
pub fn foreign_token_hash(token: &str) -> CredentialHash {
    Sha256::digest(token).into()
}
