use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineScope};
use photure_domain::{SegmentId, UserId};

use super::Library;
use crate::error::GalleryError;

impl Library {
    pub(crate) async fn timeline(
        &self,
        owner: UserId,
        scope: TimelineScope,
    ) -> Result<Timeline, GalleryError> {
        Ok(self.photos.timeline(owner, scope).await?)
    }

    pub(crate) async fn segment(
        &self,
        owner: UserId,
        id: SegmentId,
    ) -> Result<(Segment, Vec<SegmentPhoto>), GalleryError> {
        Ok(self.photos.segment(owner, id).await?)
    }
}
