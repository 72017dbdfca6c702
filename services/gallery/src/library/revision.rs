use photure_domain::{PhotoId, UserId};
use photure_store::StoreError;

use super::Library;
use crate::error::GalleryError;

/// Which state of which photo a caller has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PhotoTag {
    pub(crate) id: PhotoId,
    pub(crate) revision: u64,
}

/// In which state a photo must be for a change to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    OneOf(Vec<PhotoTag>),
}

impl Library {
    /// The one revision that the store shall insist on. What is not there is not found, whatever was expected of it.
    pub(super) async fn expected_revision(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: &Expected,
    ) -> Result<Option<u64>, GalleryError> {
        let Expected::OneOf(tags) = expected else {
            return Ok(None);
        };
        let revision = self.photos.photo(owner, id).await?.revision;
        let seen = tags.contains(&PhotoTag { id, revision });
        if seen {
            Ok(Some(revision))
        } else {
            Err(StoreError::RevisionMismatch.into())
        }
    }
}
