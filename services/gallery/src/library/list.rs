use photure_domain::UserId;
use photure_domain::photo::Photo;
use photure_store::{ListedBy, PhotoFilter};

use super::{Library, cursor};
use crate::error::GalleryError;

/// A stretch of a list, and where the next one begins.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) photos: Vec<Photo>,
    /// `None` at the end.
    pub(crate) next_cursor: Option<String>,
}

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;

impl Library {
    /// Newest first by `order`.
    pub(crate) async fn list(
        &self,
        owner: UserId,
        filter: PhotoFilter,
        order: ListedBy,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page, GalleryError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(GalleryError::field(
                "limit",
                "out_of_range",
                format!("must be from 1 to {MAX_LIMIT}"),
            ));
        }
        let after = cursor.map(|text| cursor::read(order, text)).transpose()?;
        // One more than asked for tells whether the list goes on.
        let mut photos = self.photos.list(owner, filter, order, after, limit + 1).await?;
        let goes_on = photos.len() > limit as usize;
        photos.truncate(limit as usize);
        let last = photos.last().filter(|_| goes_on);
        let next_cursor = last.map(|photo| cursor::write(order, order.position(photo)));
        Ok(Page { photos, next_cursor })
    }
}
