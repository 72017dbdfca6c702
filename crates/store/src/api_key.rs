use std::time::Duration;

use async_trait::async_trait;
use photure_domain::api_key::{ApiKey, ApiKeyHash};
use photure_domain::audit::Trail;
use photure_domain::{ApiKeyId, Timestamp, UserId};

use crate::StoreResult;

/// The last use of a key is noted so exactly: a program that asks all the time must not make the database write all the time.
pub const LAST_USE: Duration = Duration::from_secs(60);

/// Keys that programs sign in with.
#[async_trait]
pub trait ApiKeyStore: Send + Sync + std::fmt::Debug {
    async fn create_api_key(&self, key: ApiKey, hash: ApiKeyHash, trail: Trail) -> StoreResult<()>;

    /// Of one person, newest first (by time, then id), also those that have run out.
    async fn api_keys_of(&self, user: UserId) -> StoreResult<Vec<ApiKey>>;

    /// The key, which is used now: noted where the last use that is known is [`LAST_USE`] ago. Whether it has run out is for the caller to
    /// see.
    async fn use_api_key(&self, hash: ApiKeyHash, now: Timestamp) -> StoreResult<ApiKey>;

    /// Another person's is [`crate::StoreError::NotFound`].
    async fn delete_api_key(&self, user: UserId, id: ApiKeyId, trail: Trail) -> StoreResult<()>;
}

/// Whether a use at `now` is to be noted.
pub fn is_to_be_noted(last_used_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_used_at.is_none_or(|last| now >= last.plus(LAST_USE))
}
