//! Who asks: verifying access tokens, and the extractors that handlers ask permission through.
//!
//! Every service verifies for itself, with auth's public keys; none trusts the network it is asked from.

mod claims;
mod extractor;
mod keys;
mod verifier;

pub use claims::{AUDIENCE, AccessClaims};
pub use extractor::{
    Administer, Caller, Identified, ManageAccount, Permission, Permit, ReadAccount, ReadCatalogue,
    ReadPhotos, RegisterPhotos, SweepBlobs, WritePhotos, bearer,
};
pub use keys::{JWKS_PATH, JwkSet, KeySource, PublicKey, RemoteKeys, ended_session};
pub use verifier::{Identity, TokenError};
