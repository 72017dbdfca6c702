//! What media tells gallery: a photo whose bytes are stored, and what became of released ones.

use serde::{Deserialize, Serialize};

use crate::film::Film;
use crate::photo::{FileFacts, Metadata, Taken};
use crate::sidecar::Sidecar;
use crate::{ClaimId, PhotoId, Sha256, Timestamp, UserId};

/// `POST /internal/photos`: the bytes are stored, catalogue them.
///
/// The token says in whose name: a person's own, or, when media goes on after a restart, media's service token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// What media has written beside the bytes already, so that both say the same. An owner who has these bytes keeps the photo
    /// there is.
    #[serde(default)]
    pub photo_id: Option<PhotoId>,
    #[serde(default)]
    pub uploaded_at: Option<Timestamp>,
    pub owner_id: UserId,
    pub facts: FileFacts,
    pub metadata: Metadata,
    pub title: Option<String>,
    pub description: Option<String>,
    pub rating: Option<u8>,
    pub tags: Vec<String>,
    pub attestation: Attestation,
}

/// `POST /internal/films`: the film of a photo lies beside its original, show it with the photo. In whose name, the token says, as with a
/// [`Registration`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilmRegistration {
    pub owner_id: UserId,
    /// Of the photo's original.
    pub sha256: Sha256,
    pub film: Film,
    /// Of the film's bytes.
    pub attestation: Attestation,
}

/// `POST /internal/room`: may this owner keep a file of so many bytes? In whose name, the token says, as with a [`Registration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomQuestion {
    pub owner_id: UserId,
    /// Of the file, where it is known: what the owner has already needs no room.
    #[serde(default)]
    pub sha256: Option<Sha256>,
    /// Where it is the film of the photo with this hash.
    #[serde(default)]
    pub film_of: Option<Sha256>,
    pub bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAnswer {
    pub fits: bool,
    /// What may still come, in bytes; `None` is no limit.
    pub left_bytes: Option<u64>,
}

/// Media's word that it has the bytes and got them from this owner, signed with the key it shares with gallery. Without it
/// whoever knows a hash could claim the photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Seconds since 1970.
    pub expires: i64,
    /// base64url HMAC-SHA256.
    pub signature: String,
}

/// `GET /internal/released`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReleasedHashes {
    pub items: Vec<ReleasedHash>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReleasedHash {
    pub sha256: Sha256,
    pub released_at: Timestamp,
}

/// `POST /internal/released/{sha256}/claim` and `…/confirm`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    pub claim_id: ClaimId,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ClaimAnswer {
    pub granted: bool,
    /// Seconds from now for which a granted claim lives. Relative, because two machines' clocks differ.
    pub lives_for_seconds: u64,
}

/// `GET /internal/catalogue?after_sha256=&after_owner=&limit=`: all photos of whoever, by hash and then by owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CataloguePage {
    /// As many as were asked for, or the last ones.
    pub items: Vec<Sidecar>,
}

/// `POST /internal/selection`, in a person's own name: which of these photos may be seen, and what they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectionRequest {
    /// At most 500.
    pub photo_ids: Vec<PhotoId>,
}

/// In the order they were asked for; those that are not to be seen are left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Selection {
    pub items: Vec<SelectedPhoto>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectedPhoto {
    pub photo_id: PhotoId,
    pub sha256: Sha256,
    pub bytes: u64,
    pub filename: String,
    pub taken: Taken,
    #[serde(default)]
    pub film: Option<Film>,
}

/// `GET /internal/purged`: what is written of a photo beside the bytes is to go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PurgedPhotos {
    pub items: Vec<PurgedPhoto>,
}

/// And `POST /internal/purged/confirm`: it is gone. Answered with a [`ClaimAnswer`]; refused where the owner has the photo again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurgedPhoto {
    pub sha256: Sha256,
    pub owner_id: UserId,
    pub purged_at: Timestamp,
}

/// `GET /internal/closed-accounts` at auth: whose libraries are to be emptied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClosedAccounts {
    pub items: Vec<ClosedAccount>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ClosedAccount {
    pub user_id: UserId,
    /// For gallery: to empty this library and no other.
    pub access: String,
}

impl std::fmt::Debug for ClosedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClosedAccount")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// `POST /internal/library/empty` at gallery, until nothing is left.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EmptiedLibrary {
    /// How many photos this time.
    pub deleted: u32,
}

/// And then `POST /internal/closed-accounts/{id}/forget` at auth.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ForgottenAccount {
    /// Not where it was forgotten before.
    pub forgotten: bool,
}

/// `POST /internal/service-token` at auth: a token of minutes for work that no user stands behind.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTokenRequest {
    /// Who asks: `media`.
    pub service: String,
    pub credential: String,
    /// Which service the token is for: one.
    pub audience: String,
    /// What it allows there: one scope.
    pub scope: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ServiceToken {
    pub access: String,
    pub expires_in: u64,
}

impl std::fmt::Debug for ServiceTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceTokenRequest")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceToken")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
