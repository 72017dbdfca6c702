//! Who a person is elsewhere: at a provider that vouches for them when they sign in.

use crate::{IdentityId, Timestamp, UserId};

/// Somebody whom a provider knows, and whose account here that is. A provider may give the same subject to nobody else, ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIdentity {
    pub id: IdentityId,
    pub user_id: UserId,
    /// The provider, by the address it signs with.
    pub issuer: String,
    /// What the provider calls them.
    pub subject: String,
    /// What it said was their address when they were linked: to be shown, never to be decided by.
    pub email: Option<String>,
    pub linked_at: Timestamp,
}
