use photure_domain::photo::{FileFacts, Metadata, Taken};
use photure_domain::{Sha256, Timestamp};
use photure_imaging::Picture;

use super::finding::CareError;
use super::keeper::Keeper;
use crate::error::MediaError;

/// What an original tells of itself, without anybody who remembers its upload.
#[derive(Clone, Debug, PartialEq)]
pub struct Reread {
    pub facts: FileFacts,
    /// Everything the file says.
    pub metadata: Metadata,
    pub title: Option<String>,
    pub description: Option<String>,
    pub rating: Option<u8>,
    pub tags: Vec<String>,
}

/// Not a picture any more, or not one that this version can read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unread(String);

impl Keeper {
    /// Reads an original once more, as it was read at its upload. Its name is not in it; where the file does not know when it was taken,
    /// `stored_at` stands for that.
    pub async fn reread(
        &self,
        sha256: Sha256,
        bytes: u64,
        stored_at: Timestamp,
    ) -> Result<Result<Reread, Unread>, CareError> {
        match self.variants.picture(sha256).await {
            Ok(picture) => Ok(Ok(Reread::of(picture, sha256, bytes, stored_at))),
            Err(MediaError::Blob(error)) => Err(error.into()),
            Err(error) if error.is_passing() => Err(CareError::Photo(error.into())),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                Ok(Err(Unread(cause.unwrap_or_else(|| error.to_string()))))
            }
        }
    }
}

impl Reread {
    fn of(picture: Picture, sha256: Sha256, bytes: u64, stored_at: Timestamp) -> Self {
        Self {
            facts: FileFacts {
                sha256,
                bytes,
                filename: format!("photo.{}", picture.media_type.extension()),
                media_type: picture.media_type,
                width: picture.width,
                height: picture.height,
                taken: picture.taken.unwrap_or(Taken {
                    at: stored_at,
                    utc_offset_minutes: None,
                }),
                camera: picture.camera,
                position: picture.position,
                thumbhash: picture.thumbhash,
                color: picture.color,
            },
            metadata: picture.metadata,
            title: picture.title,
            description: picture.description,
            rating: picture.rating,
            tags: picture.tags,
        }
    }
}
