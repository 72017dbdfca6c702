//! Originals and variants on a volume or in Spaces (any S3).
//!
//! No pixels are looked at here, no HTTP is spoken with clients, and nothing is known of owners: whoever holds a
//! [`BlobKey`] gets the bytes.
//!
//! # Laws
//!
//! One contract suite (`tests/contract.rs`) runs each case on a folder and on an S3 server.
//!
//! 1. **Durable when it returns.** `Ok` from a `put` means: fsynced under its final name, the folders above it too; or
//!    taken by the S3 server, which has compared the bytes with the SHA-256 in the signature.
//! 2. **All or nothing.** Under a key there is a whole blob or none, whatever died at whatever moment.
//! 3. **What is there is kept.** A second `put` of the same length changes nothing. Only where the length differs, so
//!    that what is there must be damaged, it is replaced, in one step.
//! 4. **Whoever copies bytes checks them.** Where the bytes of an original pass through this crate, they are compared with the
//!    hash in its key; where the staged file is linked into place, none do, and the caller's word is taken.
//! 5. **A missing volume is an outage** ([`BlobError::Unavailable`]), never "there is no such blob". A marker in the root tells
//!    one from the other.
//! 6. **Records are replaced, blobs are not.** Beside the blobs lie small records (a sidecar per owner of an original, how far a scrub
//!    has come); the last one put is what is there, whole.
//! 7. **No path is made from text that a user sent**: only from a typed hash and an enum.

mod error;
mod folder;
mod hashing;
mod key;
mod location;
mod range;
mod s3;
mod store;

pub use error::{BlobError, BlobResult, OpenError};
pub use key::{BlobKey, Found, RecordKey};
pub use location::{BlobLocation, InvalidLocation, S3Settings, open, open_existing};
pub use range::ByteRange;
pub use store::{BlobMeta, BlobReader, BlobStore, Direct, Listed, Listing, Tree};
