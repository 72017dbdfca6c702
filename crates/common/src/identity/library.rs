//! Whose library a request is about, where it is not its caller's own. Auth knows who is in which organization, and exchanges a caller's token for a short one
//! that is good in that library and nowhere else.

use http::request::Parts;
use http::{HeaderName, StatusCode};
use photure_domain::OrganizationId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exchanged::CredentialHash;
use crate::Problem;

/// The organization whose library is meant.
pub const LIBRARY: HeaderName = HeaderName::from_static("photure-library");

/// Where auth says what somebody may do in the library of an organization. Past the gateway.
pub const LIBRARY_TOKEN_PATH: &str = "/internal/library-token";

/// The token is its own credential.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryTokenRequest {
    pub token: String,
    pub library: OrganizationId,
}

impl std::fmt::Debug for LibraryTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LibraryTokenRequest")
            .field("library", &self.library)
            .finish_non_exhaustive()
    }
}

/// The library that a request names; `None` where it is its caller's own.
pub(super) fn named(parts: &Parts) -> Result<Option<OrganizationId>, Problem> {
    let Some(named) = parts.headers.get(&LIBRARY) else {
        return Ok(None);
    };
    let id = named.to_str().ok().and_then(|text| text.trim().parse().ok());
    id.map(Some).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_header",
            "The header Photure-Library must name an organization by its id.",
        )
    })
}

/// What the answer for this token in this library is kept by.
pub(super) fn library_hash(token: &str, library: OrganizationId) -> CredentialHash {
    let mut hash = Sha256::new();
    hash.update(library.as_uuid().as_bytes());
    hash.update(token);
    hash.finalize().into()
}
