//! How much somebody may keep. What they keep is counted with the trash, which takes room too.

use serde::Serialize;
use utoipa::ToSchema;

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

    /// As its owner is told, where `default` holds for everybody.
    pub const fn told(&self, default: Option<u64>) -> UsageView {
        UsageView {
            photos: self.usage.photos,
            bytes: self.usage.bytes,
            quota_bytes: self.quota.in_force(default),
        }
    }
}

/// What a library holds, and may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct UsageView {
    /// Without the trash.
    #[schema(format = "uint64")]
    pub photos: u64,
    /// With the trash, which takes room too.
    #[schema(format = "uint64")]
    pub bytes: u64,
    /// `null` where there is no limit.
    #[schema(required, format = "uint64")]
    pub quota_bytes: Option<u64>,
}
