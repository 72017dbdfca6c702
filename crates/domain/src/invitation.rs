//! Invitations: each lets one person make an account where not everybody may.

use crate::{InvitationId, Timestamp, UserId};

/// SHA-256 of an invitation's token: what is stored in its place. A token has 256 random bits, so that no slow hash is needed.
pub type InvitationHash = [u8; 32];

/// One that was made and is neither used nor withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    /// Where it was sent; whoever brings it can read what is sent there. `None` where it was handed over in another way.
    pub email: Option<String>,
    pub made_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}
