use photure_domain::photo::{Metadata, Photo};
use photure_domain::{PhotoId, UserId};

use photure_store::StoreError;

use super::Library;
use crate::error::GalleryError;

const MAX_SELECTION: usize = 500;

impl Library {
    /// In the trash too.
    pub(crate) async fn photo(&self, owner: UserId, id: PhotoId) -> Result<Photo, GalleryError> {
        Ok(self.photos.photo(owner, id).await?)
    }

    /// Those of them that are there, in the same order.
    pub(crate) async fn selection(&self, owner: UserId, ids: &[PhotoId]) -> Result<Vec<Photo>, GalleryError> {
        if ids.len() > MAX_SELECTION {
            return Err(GalleryError::field(
                "photo_ids",
                "too_many",
                format!("must be at most {MAX_SELECTION}"),
            ));
        }
        let mut photos = Vec::with_capacity(ids.len());
        for id in ids {
            match self.photos.photo(owner, *id).await {
                Ok(photo) => photos.push(photo),
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(photos)
    }

    /// Everything the file said.
    pub(crate) async fn metadata(&self, owner: UserId, id: PhotoId) -> Result<Metadata, GalleryError> {
        Ok(self.photos.metadata(owner, id).await?)
    }
}
