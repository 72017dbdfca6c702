//! Links that a person is sent or handed: each good for one thing, once. Whoever has one needs nothing else, so it is as secret as a password.

use std::time::Duration;

use crate::{Timestamp, UserId};

/// SHA-256 of a link's token: what is stored in its place. A token has 256 random bits, so that no slow hash is needed.
pub type LinkHash = [u8; 32];

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// Another password, without the one that was forgotten.
    ResetPassword,
    /// That an address is its person's: the one they have, or the one they want instead.
    ConfirmEmail,
}

impl LinkPurpose {
    pub const ALL: [Self; 2] = [Self::ResetPassword, Self::ConfirmEmail];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ConfirmEmail => "confirm_email",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// For how long. Whoever can read a mailbox later must not find an account in it.
    pub const fn lives(self) -> Duration {
        match self {
            Self::ResetPassword => Duration::from_secs(3600),
            // It opens nothing, and mail is read in the evening.
            Self::ConfirmEmail => Duration::from_secs(86_400),
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    pub hash: LinkHash,
    pub user_id: UserId,
    pub purpose: LinkPurpose,
    /// Where it was sent; whoever brings it can read what is sent there. `None` where it was handed over in another way.
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("user_id", &self.user_id)
            .field("purpose", &self.purpose)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
