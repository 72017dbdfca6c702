use async_trait::async_trait;
use photure_domain::audit::Trail;
use photure_domain::passkey::Passkey;
use photure_domain::{PasskeyId, Timestamp, UserId};

use crate::StoreResult;

/// Keys that people's devices sign in with.
#[async_trait]
pub trait PasskeyStore: Send + Sync + std::fmt::Debug {
    /// [`crate::Conflict::Passkey`] where its credential is somebody's already.
    async fn add_passkey(&self, passkey: Passkey, trail: Trail) -> StoreResult<()>;

    /// Of one person, newest first (by time, then id).
    async fn passkeys_of(&self, user: UserId) -> StoreResult<Vec<Passkey>>;

    async fn passkey_by_credential(&self, credential_id: Vec<u8>) -> StoreResult<Passkey>;

    /// Notes a use, and that the device counts `counter` now; no where [`photure_domain::passkey::counts_on`] says so, which changes nothing.
    /// Of two with the same counter (but 0) one is told yes. [`crate::StoreError::NotFound`] where it was removed.
    async fn use_passkey(&self, id: PasskeyId, counter: u32, now: Timestamp) -> StoreResult<bool>;

    /// Another person's is [`crate::StoreError::NotFound`].
    async fn remove_passkey(&self, user: UserId, id: PasskeyId, trail: Trail) -> StoreResult<()>;
}
