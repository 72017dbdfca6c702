//! People: their accounts, sessions and the keys that sign their tokens.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::{KeyId, SessionId, Timestamp, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Member,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// An account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// As the person wrote it; unique without regard to case.
    pub username: String,
    pub email: String,
    /// When its owner showed that they read what is sent there.
    pub email_confirmed_at: Option<Timestamp>,
    pub role: Role,
    pub disabled: bool,
    pub created_at: Timestamp,
    /// With a password or whatever else proves them; not the renewal of a session.
    pub signed_in_at: Option<Timestamp>,
    /// When it is deleted with everything in it, unless somebody keeps it.
    pub closes_at: Option<Timestamp>,
}

/// An account to be made. Its role is decided by the store: the first is admin.
#[derive(Clone)]
pub struct NewUser {
    pub id: UserId,
    pub username: String,
    pub email: String,
    /// PHC string of argon2id; `None` for who signs in elsewhere.
    pub password_hash: Option<String>,
    pub created_at: Timestamp,
}

/// How names and addresses are compared: without regard to case, and to how Unicode writes the same (NFKC), so that an accent that is a
/// character of its own, or a letter of full width, makes no other name.
pub fn folded(name: &str) -> String {
    let lower: String = name.trim().nfkc().collect::<String>().to_lowercase();
    lower.nfkc().collect()
}

/// A signed-in device. Its refresh token is kept as a hash and replaced at each use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// Where it was used last.
    pub client: Client,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// When the current refresh token runs out.
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// It was ended because an old refresh token came back, and its owner has not said yet that they know.
    pub alarm: bool,
}

/// What a request says about where it comes from: shown to people and compared, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The `User-Agent`, cut short.
    pub device: Option<String>,
    pub address: Option<IpAddr>,
}

/// SHA-256 of a refresh token: what is stored in its place. A token has 256 random bits, so that no slow hash is needed.
pub type RefreshTokenHash = [u8; 32];

/// The refresh token that takes another's place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Successor {
    pub hash: RefreshTokenHash,
    pub seed: SuccessorSeed,
}

/// What makes the successor out of the token it follows. By itself it tells nothing, so that the database holds no token; whoever
/// has the old token can be given the same successor once more.
pub type SuccessorSeed = [u8; 32];

impl std::fmt::Debug for Successor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Successor(…)")
    }
}

/// A key pair for EdDSA.
#[derive(Clone)]
pub struct SigningKey {
    pub id: KeyId,
    /// PKCS#8, DER.
    pub private_der: Vec<u8>,
    /// The 32 raw bytes of the Ed25519 public key.
    pub public: [u8; 32],
    pub created_at: Timestamp,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn one_name_is_folded_one_way_however_it_is_written() {
        for (one, other) in [
            ("Ada", " aDA "),
            ("Zo\u{EB}", "zoe\u{308}"),
            ("\u{C5}sa", "A\u{30A}SA"),
            ("\u{212B}sa", "\u{E5}sa"),
            ("\u{FF21}\u{FF44}\u{FF41}", "ada"),
            ("\u{FB01}nn", "finn"),
            ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
        ] {
            assert_eq!(folded(one), folded(other), "{one:?} and {other:?}");
        }
        for name in ["\u{130}", "\u{1E9E}", "\u{3D4}", "Zo\u{EB}"] {
            let once = folded(name);
            assert_eq!(folded(&once), once, "{name:?} is folded once and for all");
        }
        assert_ne!(folded("zoe"), folded("zo\u{EB}"), "an accent makes another name");
    }
}
