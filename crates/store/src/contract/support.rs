use std::time::Duration;

use photure_domain::account::Client;
use photure_domain::audit::{AuditAction, AuditEntry, Doer, Trail};
use photure_domain::photo::{NewPhoto, Photo, Usage};
use photure_domain::timeline::{
    SEGMENT_LIMIT, Segment, SegmentPhoto, Timeline, TimelineKey, TimelineScope, month_of, month_start,
};
use photure_domain::{AuditId, Timestamp, UserId};
use photure_testkit::{nth_uuid, time, user};

use super::{Database, Store};
use crate::{AuditFilter, ListedBy, PhotoFilter, Position, Registered, Room, change, segments};

/// Asserts that a store answered one certain error.
macro_rules! refused {
    ($answer:expr, $($error:tt)+) => {{
        let answer = $answer;
        assert!(matches!(answer, Err($crate::StoreError::$($error)+)), "{answer:?}");
    }};
}
pub(super) use refused;

pub(super) fn now() -> Timestamp {
    time("2025-06-15T15:06:40Z")
}

pub(super) fn later(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

pub(super) const LIBRARY: PhotoFilter = PhotoFilter {
    favorite: None,
    trashed: false,
};
pub(super) const TRASH: PhotoFilter = PhotoFilter {
    favorite: None,
    trashed: true,
};

/// Registers a photo that must be new.
pub(super) async fn create(store: &dyn Store, photo: NewPhoto) -> Photo {
    match store.register(photo, Room::Boundless, now()).await {
        Ok(Registered::Created(photo)) => photo,
        other => panic!("{other:?}"),
    }
}

/// Has these photos there, without a revision or a version to rely on.
pub(super) async fn fill(database: &impl Database, store: &dyn Store, photos: Vec<NewPhoto>) -> Vec<Photo> {
    database.fill(store, photos.clone()).await;
    photos
        .into_iter()
        .map(|photo| change::catalogued(photo).0)
        .collect()
}

/// The whole list, page after page.
pub(super) async fn all(
    store: &dyn Store,
    owner: UserId,
    filter: PhotoFilter,
    order: ListedBy,
    page: u32,
) -> Vec<Photo> {
    let mut photos: Vec<Photo> = Vec::new();
    loop {
        let after: Option<Position> = photos.last().map(|photo| order.position(photo));
        let next = store.list(owner, filter, order, after, page).await.unwrap();
        assert!(next.len() <= page as usize);
        let is_last = next.len() < page as usize;
        photos.extend(next);
        if is_last {
            return photos;
        }
    }
}

/// What the kept counts must be where an owner has these photos and no others.
pub(super) async fn assert_counts(store: &dyn Store, owner: UserId, photos: &[Photo]) {
    for scope in TimelineScope::ALL {
        let timeline = store.timeline(owner, scope).await.unwrap();
        let mut seen = Vec::new();
        for segment in &timeline.segments {
            let (same, shown) = store.segment(owner, segment.id).await.unwrap();
            assert_eq!(same, *segment);
            assert_eq!(shown.len(), segment.count as usize, "{segment:?}");
            assert!((1..=SEGMENT_LIMIT).contains(&segment.count), "{segment:?}");
            assert!(segment.version <= timeline.version, "{segment:?}");
            for photo in &shown {
                assert!(
                    (segment.start..=segment.end).contains(&photo.taken.at),
                    "{photo:?} in {segment:?}"
                );
            }
            seen.extend(shown);
        }
        assert_eq!(seen, scan(photos, scope));
        assert_eq!(timeline.total, seen.len() as u64);
        assert_no_holes(&timeline);
    }
    let usage = Usage {
        photos: photos.iter().filter(|photo| photo.trashed_at.is_none()).count() as u64,
        bytes: photos.iter().map(Photo::bytes).sum(),
    };
    assert_eq!(store.usage(owner).await.unwrap(), usage);
}

/// What a timeline shows, newest first.
pub(super) fn scan(photos: &[Photo], scope: TimelineScope) -> Vec<SegmentPhoto> {
    let mut photos: Vec<&Photo> = photos.iter().filter(|photo| scope.shows(photo)).collect();
    photos.sort_by_key(|photo| std::cmp::Reverse(TimelineKey::of(photo)));
    photos.into_iter().map(segments::shown).collect()
}

/// Newest first, and the segments of a month cover it from its beginning to its end.
fn assert_no_holes(timeline: &Timeline) {
    let bounds = |segment: &Segment| (month_of(segment.start), segment.start, segment.end);
    for segment in &timeline.segments {
        assert!(
            segment.start <= segment.end && month_of(segment.start) == month_of(segment.end),
            "{segment:?}"
        );
    }
    for months in timeline
        .segments
        .chunk_by(|newer, older| month_of(newer.start) == month_of(older.start))
    {
        let (month, ..) = bounds(&months[0]);
        let last = Timestamp::from_millis(month_start(month + 1).as_millis() - 1);
        assert!(months[0].end >= last, "{timeline:?}");
        assert_eq!(months[months.len() - 1].start, month_start(month));
        for pair in months.windows(2) {
            let gap = pair[0].start.as_millis() - pair[1].end.as_millis();
            assert!(gap == 0 || gap == 1, "{pair:?}");
        }
    }
    assert!(
        timeline
            .segments
            .windows(2)
            .all(|pair| month_of(pair[0].start) >= month_of(pair[1].start))
    );
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Somebody does something, later for each `n`.
pub(super) fn trail(n: u64) -> Trail {
    Trail {
        id: AuditId::new(nth_uuid(0xA_0000 + 16 * n)),
        at: later(n),
        doer: Doer::Person(user(0)),
        from: Client::default(),
        request_id: Some(format!("request {n}")),
    }
}

/// All entries but those of accounts that were made and people who signed in, oldest first.
pub(super) async fn written(store: &dyn Store) -> Vec<AuditEntry> {
    let mut all = store.audit(AuditFilter::default(), None, 1000).await.unwrap();
    all.retain(|entry| !matches!(entry.action, AuditAction::AccountCreated | AuditAction::SignedIn));
    all.reverse();
    all
}
