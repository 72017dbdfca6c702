use async_trait::async_trait;
use photure_domain::account::{NewUser, User};
use photure_domain::audit::Trail;
use photure_domain::identity::LinkedIdentity;
use photure_domain::{IdentityId, UserId};

use crate::StoreResult;

/// Who people are at providers that they sign in with.
#[async_trait]
pub trait IdentityStore: Send + Sync + std::fmt::Debug {
    /// By issuer and subject, to the byte. [`crate::StoreError::NotFound`] where it is nobody's here.
    async fn identity(&self, issuer: &str, subject: &str) -> StoreResult<LinkedIdentity>;

    /// A person's, in the order in which they were linked.
    async fn identities_of(&self, user: UserId) -> StoreResult<Vec<LinkedIdentity>>;

    /// As [`crate::AccountStore::create_user`], with an identity that is its owner's from the beginning: both, or neither.
    /// [`crate::Conflict::Identity`] where somebody has it; that is said before what else is taken. Whether the address is confirmed is for
    /// the caller to know: the provider may have seen to it.
    async fn create_user_with(
        &self,
        user: NewUser,
        identity: LinkedIdentity,
        email_confirmed: bool,
        trail: Trail,
    ) -> StoreResult<User>;

    /// One more way to sign in to an account. [`crate::Conflict::Identity`] where somebody has it, be it the same person;
    /// [`crate::StoreError::NotFound`] where there is no such account.
    async fn link_identity(&self, identity: LinkedIdentity, trail: Trail) -> StoreResult<()>;

    /// Takes one of a person's away. Where they have neither a password nor another identity it is
    /// [`crate::StoreError::LastSignIn`], also of two that are taken away at once.
    async fn unlink_identity(&self, user: UserId, id: IdentityId, trail: Trail) -> StoreResult<()>;
}
