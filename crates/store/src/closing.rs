use async_trait::async_trait;
use photure_domain::account::User;
use photure_domain::audit::Trail;
use photure_domain::{OrganizationId, SessionId, Timestamp, UserId};

use crate::StoreResult;
use crate::administration::ChangedAccount;

/// Accounts that are to be deleted with everything in them. Whoever asks for it has time to think again; then the account is closed, what is in it is
/// deleted wherever it lies, and last of all the account is forgotten.
#[async_trait]
pub trait ClosingStore: Send + Sync + std::fmt::Debug {
    /// Asked again, the earlier time stays. [`crate::StoreError::LastAdmin`] where nobody would be left to administer whose own account is not to be
    /// deleted; [`crate::StoreError::AccountClosed`] where its time was up before.
    async fn close_account(
        &self,
        user: UserId,
        closing: Closing,
        trail: Trail,
    ) -> StoreResult<ChangedAccount>;

    /// It is not deleted after all; whoever was shut out for it may sign in again. [`crate::StoreError::AccountClosed`] where its time was up.
    async fn keep_account(&self, user: UserId, trail: Trail) -> StoreResult<User>;

    /// Closes those whose time is up, at most `limit`: nobody can sign in any more, their sessions end. Says which accounts and sessions. So it goes with
    /// organizations: they are nobody's any more.
    async fn close_due(&self, limit: u32, trail: Trail) -> StoreResult<Closed>;

    /// Whose library is to be emptied: accounts that were closed before this, the longest closed first, and so organizations, as owners.
    async fn closed(&self, before: Timestamp, limit: u32) -> StoreResult<Vec<UserId>>;

    /// Forgets an account that is closed, with its keys, factors, identities and links; its ended sessions stay as long as others do, without saying where
    /// they were. Where they were the last owner of an organization, the longest of its admins or else of its members becomes it; where nobody is left in it, it closes.
    /// An organization that is closed is forgotten in the same way. [`crate::StoreError::NotFound`] where there is neither, or it is not closed.
    async fn forget_account(&self, user: UserId, trail: Trail) -> StoreResult<()>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    pub at: Timestamp,
    /// Nobody can sign in until then either, and all sessions end.
    pub shuts_out: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    pub accounts: Vec<UserId>,
    pub organizations: Vec<OrganizationId>,
    pub sessions: Vec<SessionId>,
}
