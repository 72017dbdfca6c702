use async_trait::async_trait;

use crate::StoreResult;

/// Whether the database is there, for readiness.
#[async_trait]
pub trait StoreProbe: Send + Sync + std::fmt::Debug {
    /// Answers within two seconds. `Ok` means that a write would be taken now.
    async fn probe(&self) -> StoreResult<()>;
}
