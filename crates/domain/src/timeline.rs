//! The timeline: an owner's photos by the time they were taken, newest first, cut into segments.
//!
//! A segment is a run of photos whose count is kept as photos come and go, so that opening a library of a million
//! photos costs one read of its segments. It lies in one month (UTC), so that a page can head it, and never holds more
//! than [`SEGMENT_LIMIT`] photos: a fuller one is split.

use crate::photo::{Photo, Taken};
use crate::{PhotoId, SegmentId, Timestamp};

/// A segment never holds more photos than this.
pub const SEGMENT_LIMIT: u32 = 500;

/// Which photos a timeline shows. Neither shows what is archived or in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimelineScope {
    All,
    Favorites,
}

impl TimelineScope {
    pub const ALL: [Self; 2] = [Self::All, Self::Favorites];

    /// The name a store keeps it under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Favorites => "favorites",
        }
    }

    /// Whether this timeline shows `photo`.
    pub fn shows(self, photo: &Photo) -> bool {
        let shown = photo.trashed_at.is_none() && !photo.archived;
        match self {
            Self::All => shown,
            Self::Favorites => shown && photo.favorite,
        }
    }
}

/// A photo's place in the timeline: by time, and where two were taken in the same millisecond, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineKey {
    pub taken_at: Timestamp,
    pub id: PhotoId,
}

impl TimelineKey {
    pub fn of(photo: &Photo) -> Self {
        Self {
            taken_at: photo.facts.taken.at,
            id: photo.id,
        }
    }

    /// The month (UTC) whose segments it belongs to, `year * 12 + month0`.
    pub fn month(self) -> i32 {
        month_of(self.taken_at)
    }
}

/// `year * 12 + month0` of a moment, in UTC.
pub fn month_of(time: Timestamp) -> i32 {
    let civil = time.to_civil(0);
    i32::from(civil.year()) * 12 + i32::from(civil.month()) - 1
}

/// The first moment of a month.
pub fn month_start(month: i32) -> Timestamp {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or(i16::MAX);
    let month = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    jiff::civil::DateTime::new(year, month, 1, 0, 0, 0, 0)
        .ok()
        .and_then(|civil| Timestamp::from_civil(civil, 0))
        .unwrap_or(Timestamp::MAX)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    pub total: u64,
    /// Grows with every change that a reader of this timeline would see.
    pub version: u64,
    /// Newest first.
    pub segments: Vec<Segment>,
}

/// Photos taken from `start` to `end`, both included. Neighbours may share a bound where photos of one millisecond were split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub start: Timestamp,
    pub end: Timestamp,
    pub count: u32,
    /// Grows with every change to what the segment shows.
    pub version: u64,
}

/// What a grid needs to know of a photo.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentPhoto {
    pub id: PhotoId,
    pub sha256: crate::Sha256,
    pub taken: Taken,
    pub width: u32,
    pub height: u32,
    pub thumbhash: String,
    pub favorite: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_start_where_the_one_before_ends() {
        for text in [
            "2024-07-28T19:04:05Z",
            "1969-12-31T23:59:59.999Z",
            "1999-01-01T00:00:00Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            let month = month_of(time);
            assert!(
                month_start(month) <= time && time < month_start(month + 1),
                "{text}"
            );
        }
    }
}
