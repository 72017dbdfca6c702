//! How much somebody may keep. What they keep is counted with the trash, which takes room too.

use crate::UserId;
use crate::photo::Usage;

/// What was decided for one owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quota {
    /// Nothing: what holds for everybody, holds for them.
    #[default]
    Default,
    /// At most so many bytes.
    Bytes(u64),
    Unlimited,
}

impl Quota {
    /// No disk is larger, and every program that reads JSON can still count to it, in bytes.
    pub const MOST: u64 = 1 << 50;

    /// How many bytes may be kept, where `default` holds for everybody. `None` is no limit, here and there.
    pub const fn in_force(self, default: Option<u64>) -> Option<u64> {
        match self {
            Self::Default => default,
            Self::Bytes(bytes) => Some(bytes),
            Self::Unlimited => None,
        }
    }
}

/// As the audit log tells it.
impl std::fmt::Display for Quota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Bytes(bytes) => write!(f, "{bytes}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// What an owner keeps, and may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub owner_id: UserId,
    pub usage: Usage,
    pub quota: Quota,
}

impl Holding {
    /// Bytes that may still come, where `default` holds for everybody. `None` is no limit; none is left where more is kept than may be.
    pub const fn left(&self, default: Option<u64>) -> Option<u64> {
        match self.quota.in_force(default) {
            Some(most) => Some(most.saturating_sub(self.usage.bytes)),
            None => None,
        }
    }
}
