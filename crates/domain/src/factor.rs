//! What a person proves beside their password: codes of an authenticator app, and recovery codes for the day it is lost.

use crate::Timestamp;

/// What an authenticator app was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Totp {
    /// The secret, encrypted with a key that is not in the database.
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
    /// When its owner showed that their app has it. Before that nobody is asked for a code.
    pub confirmed_at: Option<Timestamp>,
    /// How many recovery codes were not used yet.
    pub recovery_codes: u32,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Totp")
            .field("created_at", &self.created_at)
            .field("confirmed_at", &self.confirmed_at)
            .field("recovery_codes", &self.recovery_codes)
            .finish_non_exhaustive()
    }
}

/// The 30 seconds that a code is of, counted from the epoch.
pub type Step = u64;

/// SHA-256 of a recovery code: what is stored in its place. A code has 80 random bits, so that no slow hash is needed.
pub type RecoveryCodeHash = [u8; 32];

/// What tells one challenge from all others, so that it is answered once.
pub type ChallengeNonce = [u8; 32];
