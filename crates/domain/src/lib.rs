//! Photos, people and permissions: the types every part of Photure speaks, and the rules that hold for them.
//!
//! No I/O, no clock, no randomness, no web framework and no database: what time it is and what the next id is are
//! handed in ([`Clock`], [`IdSource`]).

pub mod access;
pub mod account;
pub mod api_key;
pub mod audit;
mod clock;
mod digest;
pub mod factor;
pub mod film;
mod id;
pub mod identity;
pub mod invitation;
pub mod link;
pub mod media_address;
pub mod organization;
pub mod passkey;
pub mod photo;
pub mod quota;
pub mod registration;
pub mod sidecar;
mod time;
pub mod timeline;

pub use clock::{Clock, IdSource};
pub use digest::{InvalidSha256, Sha256};
pub use id::{
    ApiKeyId, AuditId, ClaimId, IdentityId, InvitationId, KeyId, OrganizationId, PasskeyId, PhotoId,
    SegmentId, SessionId, UploadId, UserId,
};
pub use time::{InvalidTimestamp, Timestamp};
