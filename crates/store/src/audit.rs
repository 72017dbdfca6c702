use async_trait::async_trait;
use photure_domain::audit::{AuditAction, AuditEntry};
use photure_domain::{AuditId, Timestamp, UserId};

use crate::StoreResult;

/// What was written down of who did what. Whatever changes something writes its entry in the step that changes it; here entries are read,
/// and those added that nothing changes with.
#[async_trait]
pub trait AuditStore: Send + Sync + std::fmt::Debug {
    async fn record(&self, entry: AuditEntry) -> StoreResult<()>;

    /// Newest first (by time, then id), at most `limit`, and only what comes after `after` in that order.
    async fn audit(
        &self,
        filter: AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>>;
}

/// All that is given must be so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// In whose name it was done.
    pub by: Option<UserId>,
    /// Whose account it is about.
    pub account: Option<UserId>,
    pub action: Option<AuditAction>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// A place in the order of all entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPlace {
    pub at: Timestamp,
    pub id: AuditId,
}

impl From<&AuditEntry> for AuditPlace {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            at: entry.at,
            id: entry.id,
        }
    }
}
