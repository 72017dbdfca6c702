use std::collections::BTreeMap;

use photure_blob::BlobError;
use photure_domain::{PhotoId, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What may be wrong with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The catalogue knows it, and the storage has no original.
    Missing,
    /// The original is no longer what its hash says.
    Corrupt,
    /// The storage answers, and cannot read this original.
    Unreadable,
    /// The storage has it and no photo refers to it, since more than a day. `photure check --repair` removes it.
    Orphan,
    /// The storage has it and a sidecar that says whose it is, and the catalogue does not know it. Nobody has deleted it:
    /// `photure rebuild` brings it back, nothing removes it.
    Unregistered,
    /// A sidecar of an owner who has no such photo. `photure check --repair` removes it.
    StraySidecar,
    MissingVariant,
    MissingSidecar,
    /// A photo has a film, and the storage does not have it.
    MissingFilm,
    /// The film of a photo is no longer what its hash says, or cannot be read.
    CorruptFilm,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Missing,
        Self::Corrupt,
        Self::Unreadable,
        Self::Orphan,
        Self::Unregistered,
        Self::StraySidecar,
        Self::MissingVariant,
        Self::MissingSidecar,
        Self::MissingFilm,
        Self::CorruptFilm,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Corrupt => "corrupt",
            Self::Unreadable => "unreadable",
            Self::Orphan => "orphan",
            Self::Unregistered => "unregistered",
            Self::StraySidecar => "stray_sidecar",
            Self::MissingVariant => "missing_variant",
            Self::MissingSidecar => "missing_sidecar",
            Self::MissingFilm => "missing_film",
            Self::CorruptFilm => "corrupt_film",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    pub kind: Kind,
    #[schema(value_type = String)]
    pub sha256: Sha256,
    /// At most ten of the photos that it concerns.
    pub photo_ids: Vec<PhotoId>,
    /// For people.
    pub detail: String,
    #[schema(value_type = String, format = DateTime)]
    pub found_at: Timestamp,
    /// It was found and made good.
    pub mended: bool,
}

/// How much was looked at, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// Read and compared with their hashes.
    pub originals: u64,
    pub bytes: u64,
    pub found: BTreeMap<Kind, u64>,
    /// Of those found.
    pub mended: BTreeMap<Kind, u64>,
}

impl Tally {
    pub(super) fn add(&mut self, finding: &Finding) {
        *self.found.entry(finding.kind).or_default() += 1;
        if finding.mended {
            *self.mended.entry(finding.kind).or_default() += 1;
        }
    }

    /// How many findings were not made good.
    pub fn left(&self) -> u64 {
        let sum = |counts: &BTreeMap<Kind, u64>| counts.values().sum::<u64>();
        sum(&self.found) - sum(&self.mended)
    }
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    #[error("the storage cannot be looked at")]
    Storage(#[from] BlobError),
    /// A volume that was not mounted, most likely, or another one.
    #[error("the storage is empty and the catalogue is not: is the right volume mounted?")]
    EmptyStorage,
    /// A database that was lost or is another one. Everything would be an orphan.
    #[error("the catalogue is empty and the storage is not: `photure rebuild` makes it again")]
    EmptyCatalogue,
    #[error("the catalogue cannot be read")]
    Catalogue(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a photo cannot be worked on now")]
    Photo(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl CareError {
    pub fn catalogue(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Catalogue(cause.into())
    }
}
