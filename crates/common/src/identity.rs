//! Who asks: verifying access tokens, and the extractors that handlers ask permission through.
//!
//! Every service verifies for itself, with auth's public keys; none trusts the network it is asked from.

mod claims;
mod exchanged;
mod extractor;
mod foreign;
mod jwks;
mod keys;
mod library;
mod verifier;

pub use claims::{AUDIENCE, AccessClaims};
pub use exchanged::Exchanged;
pub use extractor::{
    API_KEY, Administer, Caller, EmptyAccounts, Identified, ManageAccount, ManageAccounts, Permission,
    Permit, PurgePhotos, ReadAccount, ReadCatalogue, ReadPhotos, RegisterPhotos, SweepBlobs, WritePhotos,
    credential,
};
pub use foreign::{FOREIGN_TOKEN_PATH, ForeignRefusal, ForeignTokenRequest, foreign_token_hash};
pub use jwks::{JWKS_PATH, JwkSet, PublicKey, ended_session};
pub use keys::{KEY_TOKEN_PATH, KeySource, RemoteKeys};
pub use library::{LIBRARY, LIBRARY_TOKEN_PATH, LibraryTokenRequest};
pub use verifier::{Identity, TokenError};
