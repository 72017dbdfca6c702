use photure_domain::photo::{Metadata, Photo, Usage};
use photure_domain::{PhotoId, UserId};

use super::Library;
use crate::error::GalleryError;

impl Library {
    /// In the trash too.
    pub(crate) async fn photo(&self, owner: UserId, id: PhotoId) -> Result<Photo, GalleryError> {
        Ok(self.photos.photo(owner, id).await?)
    }

    /// Everything the file said.
    pub(crate) async fn metadata(&self, owner: UserId, id: PhotoId) -> Result<Metadata, GalleryError> {
        Ok(self.photos.metadata(owner, id).await?)
    }

    pub(crate) async fn usage(&self, owner: UserId) -> Result<Usage, GalleryError> {
        Ok(self.photos.usage(owner).await?)
    }
}
