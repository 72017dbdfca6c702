use async_trait::async_trait;
use photure_domain::account::User;
use photure_domain::audit::Trail;
use photure_domain::link::{Link, LinkHash};
use photure_domain::{SessionId, Timestamp, UserId};

use crate::StoreResult;

/// Links that people were sent or handed, and what is done with them. Each step writes down what it did.
///
/// Links to reset a password end with any change of the password or of the address, whoever makes it: that is the business of the methods
/// that change these, here and in the other ports.
#[async_trait]
pub trait LinkStore: Send + Sync + std::fmt::Debug {
    /// Keeps a link. One that confirms an address takes the place of those for other addresses of the same person.
    async fn add_link(&self, link: Link, trail: Trail) -> StoreResult<()>;

    /// [`crate::StoreError::NotFound`] where it was used or has run out.
    async fn link(&self, hash: LinkHash, now: Timestamp) -> StoreResult<Link>;

    /// A person's newest link that confirms an address and has not run out.
    async fn email_link_of(&self, user: UserId, now: Timestamp) -> StoreResult<Option<Link>>;

    /// Gives the link's account another password, ends its sessions and all of its links that reset passwords. Where the link was sent to the
    /// account's address, the address is confirmed by that. [`crate::StoreError::NotFound`] as for [`LinkStore::link`]: of two with the same link one
    /// succeeds. [`crate::StoreError::AccountDisabled`], and the link stays, where the account is.
    async fn reset_password_by_link(
        &self,
        hash: LinkHash,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<ResetByLink>;

    /// The address that the link was sent to is its person's: confirmed, and theirs from now on where they had another. Ends the links that
    /// confirm addresses, and with another address those that reset passwords. [`crate::StoreError::NotFound`] as for [`LinkStore::link`];
    /// [`crate::Conflict::Email`], and the link stays, where somebody else has the address by now.
    async fn confirm_email(&self, hash: LinkHash, trail: Trail) -> StoreResult<ConfirmedEmail>;

    /// Another address at once, which nobody has confirmed: where no mail is sent. Ends all links of the account. [`crate::Conflict::Email`] where somebody
    /// else has it.
    async fn change_email(&self, user: UserId, email: String, trail: Trail) -> StoreResult<User>;

    /// Ends what waits to be confirmed.
    async fn forget_email_links(&self, user: UserId) -> StoreResult<()>;

    /// Forgets links that ran out before `before`. Says how many, at most `limit`.
    async fn forget_links(&self, before: Timestamp, limit: u32) -> StoreResult<u32>;
}

/// What came of a password that was reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetByLink {
    pub user: User,
    pub ended: Vec<SessionId>,
}

/// What came of an address that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedEmail {
    pub user: User,
    /// The address they had until now, where it is another.
    pub before: Option<String>,
}
