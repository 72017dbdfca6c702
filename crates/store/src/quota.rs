use async_trait::async_trait;
use photure_domain::UserId;
use photure_domain::audit::{AuditAction, AuditEntry, Trail};
use photure_domain::quota::{Holding, Quota};

use crate::{StoreError, StoreResult};

/// How much each owner keeps, and may keep. Whether there is an account of that id is not known here: any id has a holding, of
/// nothing where it never kept anything.
#[async_trait]
pub trait QuotaStore: Send + Sync + std::fmt::Debug {
    async fn holding(&self, owner: UserId) -> StoreResult<Holding>;

    /// Of whoever keeps something or has a quota of their own, by id; behind `after` (exclusive), at most `limit`. Costs as much as there are
    /// owners on the page, however much they keep.
    async fn holdings(&self, after: Option<UserId>, limit: u32) -> StoreResult<Vec<Holding>>;

    /// Holds for what comes from now on, and takes nothing away. Written down where it changes something.
    async fn set_quota(&self, owner: UserId, quota: Quota, trail: Trail) -> StoreResult<Holding>;
}

/// What newcomers have to fit into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The quota of their owner; this many bytes where they have none of their own, `None` being no limit.
    Quota(Option<u64>),
    /// They were their owner's before, and come back.
    Boundless,
}

impl Room {
    /// Whether somebody with this `quota` may keep so many `bytes` by taking in one thing more.
    pub fn admits(self, quota: Quota, bytes: u64) -> StoreResult<()> {
        let most = match self {
            Self::Quota(default) => quota.in_force(default),
            Self::Boundless => None,
        };
        match most {
            Some(most) if bytes > most => Err(StoreError::QuotaExceeded),
            _ => Ok(()),
        }
    }
}

/// What is written down where one quota takes the place of another.
pub fn changed(owner: UserId, before: Quota, after: Quota, trail: &Trail) -> Option<AuditEntry> {
    let entry = || trail.did(AuditAction::QuotaChanged).to(owner);
    (before != after).then(|| entry().saying(after.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_for_one_counts_more_than_what_holds_for_all() {
        for (quota, default, most) in [
            (Quota::Default, None, None),
            (Quota::Default, Some(10), Some(10)),
            (Quota::Bytes(20), Some(10), Some(20)),
            (Quota::Bytes(0), None, Some(0)),
            (Quota::Unlimited, Some(10), None),
        ] {
            let room = Room::Quota(default);
            assert_eq!(quota.in_force(default), most);
            let most = most.unwrap_or(u64::MAX);
            assert!(
                room.admits(quota, most).is_ok(),
                "{quota:?} is filled to the brim"
            );
            if let Some(more) = most.checked_add(1) {
                assert!(matches!(room.admits(quota, more), Err(StoreError::QuotaExceeded)));
                assert!(Room::Boundless.admits(quota, more).is_ok());
            }
        }
    }
}
