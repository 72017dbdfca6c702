//! How the timeline is cut into segments: every decision, once, for all adapters.
//!
//! An adapter keeps [`SegmentRow`]s, finds the row a photo falls into and its neighbours in the month, and writes what it
//! is told here, deletions first. It decides nothing itself.

use photure_domain::photo::Photo;
use photure_domain::timeline::{
    SEGMENT_LIMIT, Segment, SegmentPhoto, TimelineKey, TimelineScope, month_start,
};
use photure_domain::{PhotoId, SegmentId, Timestamp};
use uuid::Uuid;

/// A segment as it is kept. It reaches from `from` (included) to the `from` of the next in its month, or to the month's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    pub id: SegmentId,
    pub from: TimelineKey,
    pub count: u32,
    /// The version its timeline got by the last change of this segment.
    pub version: u64,
}

impl SegmentRow {
    pub fn month(&self) -> i32 {
        self.from.month()
    }
}

/// What a change of a photo means to one timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that its reader would see.
    None,
    Appeared,
    Disappeared,
    /// It was and is there, and looks different.
    Changed,
}

/// What becomes of the timeline `scope` where a photo that was `before` is `after`; `None` where there was or is none.
/// When it was taken does not change.
pub fn effect(scope: TimelineScope, before: Option<&Photo>, after: Option<&Photo>) -> Effect {
    let before = before.filter(|photo| scope.shows(photo));
    let after = after.filter(|photo| scope.shows(photo));
    match (before, after) {
        (None, None) => Effect::None,
        (None, Some(_)) => Effect::Appeared,
        (Some(_), None) => Effect::Disappeared,
        (Some(before), Some(after)) if shown(before) == shown(after) => Effect::None,
        (Some(_), Some(_)) => Effect::Changed,
    }
}

/// What a segment shows of a photo.
pub fn shown(photo: &Photo) -> SegmentPhoto {
    SegmentPhoto {
        id: photo.id,
        sha256: photo.facts.sha256,
        taken: photo.facts.taken,
        width: photo.facts.width,
        height: photo.facts.height,
        thumbhash: photo.facts.thumbhash.clone(),
        favorite: photo.favorite,
    }
}

/// Where the first segment of the month begins that `key` belongs to.
pub fn month_begin(key: TimelineKey) -> TimelineKey {
    before_all_of(month_start(key.month()))
}

/// Where the month ends that `key` belongs to: where the next one begins. `None` for the last month there is.
pub fn month_end(key: TimelineKey) -> Option<TimelineKey> {
    let next = month_start(key.month() + 1);
    (next > key.taken_at && next < Timestamp::MAX).then(|| before_all_of(next))
}

/// The place before every photo taken at `time`: no id is less than nil.
fn before_all_of(time: Timestamp) -> TimelineKey {
    TimelineKey {
        taken_at: time,
        id: PhotoId::new(Uuid::nil()),
    }
}

/// How a photo that appears is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Write this row.
    Put(SegmentRow),
    /// The segment is full. Read the keys of its photos, the newcomer among them, and ask [`split`].
    Full,
}

/// `at` is the segment the photo falls into: of its month the one with the greatest `from` that is not above `key`.
/// `None` where the month has none.
pub fn arrival(
    at: Option<SegmentRow>,
    key: TimelineKey,
    version: u64,
    new_id: impl FnOnce() -> SegmentId,
) -> Arrival {
    match at {
        None => Arrival::Put(SegmentRow {
            id: new_id(),
            from: month_begin(key),
            count: 1,
            version,
        }),
        Some(row) if row.count < SEGMENT_LIMIT => Arrival::Put(SegmentRow {
            count: row.count + 1,
            version,
            ..row
        }),
        Some(_) => Arrival::Full,
    }
}

/// Cuts the full segment `row` in two, the older first. `keys` are those of all its photos, the newcomer `key` among them, oldest
/// first. A newcomer that is the newest begins a segment of its own, so that photos arriving in order leave full ones behind.
pub fn split(
    row: SegmentRow,
    keys: &[TimelineKey],
    key: TimelineKey,
    version: u64,
    new_id: SegmentId,
) -> [SegmentRow; 2] {
    let cut = if keys.last() == Some(&key) {
        keys.len() - 1
    } else {
        keys.len() / 2
    }
    .max(1);
    let (older, newer) = keys.split_at(cut.min(keys.len()));
    [
        SegmentRow {
            count: count(older),
            version,
            ..row
        },
        SegmentRow {
            id: new_id,
            from: boundary(older, newer).unwrap_or(key),
            count: count(newer),
            version,
        },
    ]
}

/// Where a segment begins that holds `newer`, after one that holds `older`. Between two milliseconds where there are two, so that
/// the two share no moment.
fn boundary(older: &[TimelineKey], newer: &[TimelineKey]) -> Option<TimelineKey> {
    let first = *newer.first()?;
    let apart = older.last().is_some_and(|last| last.taken_at < first.taken_at);
    Some(if apart {
        before_all_of(first.taken_at)
    } else {
        first
    })
}

fn count(keys: &[TimelineKey]) -> u32 {
    u32::try_from(keys.len()).unwrap_or(u32::MAX)
}

/// How a segment loses a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Write this row.
    Put(SegmentRow),
    /// It is empty now. Delete it, and write what [`heir`] says.
    Emptied,
}

pub fn departure(at: SegmentRow, version: u64) -> Departure {
    match at.count.saturating_sub(1) {
        0 => Departure::Emptied,
        count => Departure::Put(SegmentRow { count, version, ..at }),
    }
}

/// Who takes over the range of the segment `gone`, of its neighbours in the same month.
pub fn heir(
    gone: SegmentRow,
    older: Option<SegmentRow>,
    newer: Option<SegmentRow>,
    version: u64,
) -> Option<SegmentRow> {
    older.map(|row| SegmentRow { version, ..row }).or_else(|| {
        newer.map(|row| SegmentRow {
            from: gone.from,
            version,
            ..row
        })
    })
}

/// The segments of a timeline made anew from the keys of its photos, oldest first: each filled to the brim.
#[derive(Debug)]
pub struct Packing {
    version: u64,
    done: Vec<SegmentRow>,
    last: Option<TimelineKey>,
}

impl Packing {
    pub fn new(version: u64) -> Self {
        Self {
            version,
            done: Vec::new(),
            last: None,
        }
    }

    pub fn push(&mut self, key: TimelineKey, new_id: impl FnOnce() -> SegmentId) {
        let version = self.version;
        match self.done.last_mut() {
            Some(row) if row.month() == key.month() && row.count < SEGMENT_LIMIT => row.count += 1,
            Some(row) if row.month() == key.month() => {
                let from = boundary(self.last.as_slice(), &[key]).unwrap_or(key);
                self.done.push(SegmentRow {
                    id: new_id(),
                    from,
                    count: 1,
                    version,
                });
            }
            _ => self.done.push(SegmentRow {
                id: new_id(),
                from: month_begin(key),
                count: 1,
                version,
            }),
        }
        self.last = Some(key);
    }

    /// Oldest first.
    pub fn finish(self) -> Vec<SegmentRow> {
        self.done
    }
}

/// The segment as a reader sees it. `next` is where the next newer one in its month begins.
pub fn seen(row: SegmentRow, next: Option<TimelineKey>) -> Segment {
    let end = match next {
        // Photos of that very millisecond may lie on both sides.
        Some(next) if !next.id.as_uuid().is_nil() => next.taken_at,
        Some(next) => just_before(next.taken_at),
        None => month_end(row.from).map_or(Timestamp::MAX, |end| just_before(end.taken_at)),
    };
    Segment {
        id: row.id,
        start: row.from.taken_at,
        end,
        count: row.count,
        version: row.version,
    }
}

fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis() - 1)
}

/// All of a timeline as a reader sees it, in the order of `rows`, newest first.
pub fn seen_all(rows: &[SegmentRow]) -> Vec<Segment> {
    let newer = std::iter::once(None).chain(rows.iter().map(Some));
    rows.iter()
        .zip(newer)
        .map(|(row, newer)| {
            seen(
                *row,
                newer
                    .filter(|newer| newer.month() == row.month())
                    .map(|newer| newer.from),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
