use async_trait::async_trait;
use photure_domain::account::{NewUser, User};
use photure_domain::audit::Trail;
use photure_domain::invitation::{Invitation, InvitationHash};
use photure_domain::{InvitationId, Timestamp};

use crate::StoreResult;

/// Invitations that wait for somebody to make an account with them. Each step writes down what it did.
#[async_trait]
pub trait InvitationStore: Send + Sync + std::fmt::Debug {
    async fn add_invitation(
        &self,
        invitation: Invitation,
        hash: InvitationHash,
        trail: Trail,
    ) -> StoreResult<()>;

    /// Those that have not run out, newest first (by time, then id), at most `limit`.
    async fn invitations(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Invitation>>;

    /// [`crate::StoreError::NotFound`] where it was used, withdrawn or has run out.
    async fn invitation(&self, hash: InvitationHash, now: Timestamp) -> StoreResult<Invitation>;

    /// A member's account, made with an invitation that counts no more from then on: of two with the same one is made. The address is confirmed where
    /// the invitation was sent to it. [`crate::StoreError::NotFound`] as for [`InvitationStore::invitation`]; [`crate::StoreError::Conflict`], and the
    /// invitation stays, as for [`crate::AccountStore::create_user`].
    async fn create_invited(&self, user: NewUser, hash: InvitationHash, trail: Trail) -> StoreResult<User>;

    async fn withdraw_invitation(&self, id: InvitationId, trail: Trail) -> StoreResult<()>;

    /// Forgets those that ran out before `before`. Says how many, at most `limit`.
    async fn forget_invitations(&self, before: Timestamp, limit: u32) -> StoreResult<u32>;
}
