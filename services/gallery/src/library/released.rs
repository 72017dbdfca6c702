use std::time::Duration;

use photure_domain::{ClaimId, Sha256};
use photure_store::{Claim, Released};

use super::Library;
use crate::error::GalleryError;

/// How long media has the right to delete: many times what deleting takes, and short enough that whoever uploads the same
/// bytes after media died does not wait long.
pub(crate) const CLAIM_LIFE: Duration = Duration::from_secs(120);

const MAX_LIMIT: u32 = 1000;

impl Library {
    /// Hashes that no photo refers to, the longest released first.
    pub(crate) async fn released(&self, limit: u32) -> Result<Vec<Released>, GalleryError> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(GalleryError::field(
                "limit",
                "out_of_range",
                format!("must be from 1 to {MAX_LIMIT}"),
            ));
        }
        Ok(self.photos.released(limit, self.clock.now()).await?)
    }

    /// Whether media may delete the bytes now.
    pub(crate) async fn claim_released(&self, hash: Sha256, claim: ClaimId) -> Result<bool, GalleryError> {
        let now = self.clock.now();
        Ok(self
            .photos
            .claim_released(hash, claim, now, now.plus(CLAIM_LIFE))
            .await?
            == Claim::Granted)
    }

    /// Whether the hash is forgotten; `false` tells media that its claim had lapsed.
    pub(crate) async fn confirm_released(&self, hash: Sha256, claim: ClaimId) -> Result<bool, GalleryError> {
        Ok(self
            .photos
            .confirm_released(hash, claim, self.clock.now())
            .await?
            == Claim::Granted)
    }
}
