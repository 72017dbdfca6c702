//! How much everybody keeps, and may keep: for administrators.

pub(super) mod get_storage;
pub(super) mod list_storage;
pub(super) mod set_quota;

use photure_domain::UserId;
use photure_domain::quota::{Holding, Quota};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was decided for an owner.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuotaKind {
    /// Nothing: what holds for everybody, holds for them.
    Default,
    /// At most `quota_bytes`.
    Limited,
    Unlimited,
}

/// What an owner keeps, and may keep. Accounts are auth's: here is whoever keeps something or has a quota of their own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Storage {
    owner_id: UserId,
    /// Without the trash.
    #[schema(format = "uint64")]
    photos: u64,
    /// With the trash, which takes room too.
    #[schema(format = "uint64")]
    bytes: u64,
    quota: QuotaKind,
    /// What holds for this owner. Null: no limit.
    #[schema(required, format = "uint64")]
    quota_bytes: Option<u64>,
}

impl Storage {
    fn new(holding: Holding, default: Option<u64>) -> Self {
        Self {
            owner_id: holding.owner_id,
            photos: holding.usage.photos,
            bytes: holding.usage.bytes,
            quota: match holding.quota {
                Quota::Default => QuotaKind::Default,
                Quota::Bytes(_) => QuotaKind::Limited,
                Quota::Unlimited => QuotaKind::Unlimited,
            },
            quota_bytes: holding.quota.in_force(default),
        }
    }
}
