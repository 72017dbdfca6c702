use photure_domain::photo::Photo;
use photure_domain::{PhotoId, UserId};

use super::{Expected, Library};
use crate::error::GalleryError;

/// One step of the database: small enough that others get their turn between two.
pub(super) const BATCH: u32 = 200;

impl Library {
    /// What is in the trash already keeps its time there.
    pub(crate) async fn trash(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: &Expected,
    ) -> Result<(), GalleryError> {
        let expected = self.expected_revision(owner, id, expected).await?;
        self.photos.trash(owner, id, expected, self.clock.now()).await?;
        Ok(())
    }

    /// For ever, from the trash or from the library.
    pub(crate) async fn purge(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: &Expected,
    ) -> Result<(), GalleryError> {
        let expected = self.expected_revision(owner, id, expected).await?;
        Ok(self.photos.purge(owner, id, expected, self.clock.now()).await?)
    }

    pub(crate) async fn restore(&self, owner: UserId, id: PhotoId) -> Result<Photo, GalleryError> {
        Ok(self.photos.restore(owner, id).await?)
    }

    /// Some of what a closed account has, for ever; how many. Once it is none, nothing can be there again.
    pub(crate) async fn empty(&self, owner: UserId) -> Result<u32, GalleryError> {
        Ok(self.photos.empty_library(owner, BATCH, self.clock.now()).await?)
    }

    /// Purges what is in the trash by now; what is put there meanwhile stays. Broken off, it goes on when asked again.
    pub(crate) async fn empty_trash(&self, owner: UserId) -> Result<(), GalleryError> {
        let now = self.clock.now();
        while self.photos.purge_trashed(Some(owner), now, BATCH, now).await? == BATCH {}
        Ok(())
    }
}
