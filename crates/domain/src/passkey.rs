//! Passkeys: keys that a person's devices keep, and sign in with.

use crate::{PasskeyId, Timestamp, UserId};

/// The public half of a key, and what its owner calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: PasskeyId,
    pub user_id: UserId,
    /// What the device calls it: unique among all.
    pub credential_id: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub public_key: Vec<u8>,
    pub algorithm: Algorithm,
    /// How often the device says it has signed; 0 where it does not count.
    pub counter: u32,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// How it signs, by its number in COSE: the three that devices use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Es256,
    EdDsa,
    Rs256,
}

impl Algorithm {
    /// What is liked best comes first.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    pub const fn number(self) -> i32 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }

    pub fn numbered(number: i32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.number() == number)
    }
}

/// Whether a device that said `before` may say `now`: a copy of a key lags behind the one it was copied from.
pub const fn counts_on(before: u32, now: u32) -> bool {
    now > before || (now == 0 && before == 0)
}
