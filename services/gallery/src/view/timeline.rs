use photure_domain::timeline::{Segment, SegmentPhoto, Timeline};
use photure_domain::{PhotoId, SegmentId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::Addresses;

/// All of a library, as the segments it is cut into.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineView {
    total: u64,
    /// Grows with every change that this timeline shows.
    version: u64,
    /// Newest first.
    segments: Vec<SegmentView>,
}

/// Photos taken from `start` to `end`, both included, in one month (UTC).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TimelineSegment)]
pub(crate) struct SegmentView {
    id: SegmentId,
    start: Timestamp,
    end: Timestamp,
    /// Never over 500.
    count: u32,
    /// Grows with every change to what the segment shows.
    version: u64,
}

impl From<Timeline> for TimelineView {
    fn from(timeline: Timeline) -> Self {
        let segments = timeline.segments.into_iter().map(|segment| {
            let Segment {
                id,
                start,
                end,
                count,
                version,
            } = segment;
            SegmentView {
                id,
                start,
                end,
                count,
                version,
            }
        });
        Self {
            total: timeline.total,
            version: timeline.version,
            segments: segments.collect(),
        }
    }
}

/// The photos of a segment, newest first, in columns of the same length: a grid needs little of each, and of many.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct SegmentColumns {
    id: Vec<PhotoId>,
    taken_at: Vec<Timestamp>,
    /// What the wall clock showed.
    taken_at_local: Vec<String>,
    /// Width by height, four decimals.
    ratio: Vec<f64>,
    /// ThumbHash, base64.
    thumbhash: Vec<String>,
    /// Signed addresses of the thumbs, good for at least 12 hours.
    thumb: Vec<String>,
    /// Bit 0: favourite.
    flags: Vec<u32>,
}

const FAVORITE: u32 = 1;

impl SegmentColumns {
    pub(crate) fn new(photos: Vec<SegmentPhoto>, addresses: &Addresses) -> Self {
        let mut columns = Self::default();
        for photo in photos {
            columns.id.push(photo.id);
            columns.taken_at.push(photo.taken.at);
            columns.taken_at_local.push(photo.taken.local());
            columns.ratio.push(ratio(photo.width, photo.height));
            columns.thumbhash.push(photo.thumbhash);
            columns.thumb.push(addresses.thumb(&photo.sha256));
            columns.flags.push(if photo.favorite { FAVORITE } else { 0 });
        }
        columns
    }
}

/// Never zero, by which a layout would divide.
fn ratio(width: u32, height: u32) -> f64 {
    let ratio = f64::from(width) / f64::from(height.max(1));
    ((ratio * 10_000.0).round() / 10_000.0).max(0.0001)
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn a_ratio_has_four_decimals_and_is_never_zero() {
        assert_eq!(ratio(4000, 3000), 1.3333);
        assert_eq!(ratio(3000, 4000), 0.75);
        assert_eq!(ratio(1, 65_535), 0.0001);
        assert_eq!(ratio(65_535, 1), 65_535.0);
    }
}
