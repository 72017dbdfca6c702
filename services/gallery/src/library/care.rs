use photure_domain::photo::Photo;
use photure_domain::{Sha256, UserId};
use photure_store::{Claim, Purged};

use super::Library;
use crate::error::GalleryError;

const MAX_CATALOGUE_PAGE: u32 = 500;
/// As many as media works off before it asks again.
const PURGED_PAGE: u32 = 200;

impl Library {
    /// Photos of whoever, by hash and then by owner.
    pub(crate) async fn catalogue(
        &self,
        after: Option<(Sha256, UserId)>,
        limit: u32,
    ) -> Result<Vec<Photo>, GalleryError> {
        if !(1..=MAX_CATALOGUE_PAGE).contains(&limit) {
            return Err(GalleryError::field(
                "limit",
                "out_of_range",
                format!("must be from 1 to {MAX_CATALOGUE_PAGE}"),
            ));
        }
        Ok(self.photos.catalogue(after, limit).await?)
    }

    pub(crate) async fn purged(&self) -> Result<Vec<Purged>, GalleryError> {
        Ok(self.photos.purged(PURGED_PAGE).await?)
    }

    /// Whether it stays forgotten.
    pub(crate) async fn confirm_purged(&self, purged: Purged) -> Result<bool, GalleryError> {
        Ok(self.photos.confirm_purged(purged).await? == Claim::Granted)
    }
}
