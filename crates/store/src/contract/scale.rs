use photure_domain::Timestamp;
use photure_domain::timeline::TimelineScope;
use photure_testkit::{photo, time, user};

use super::Database;
use super::support::{LIBRARY, all, fill, now};
use crate::ListedBy;

const PHOTOS: u64 = 10_000;

/// Four years of photos.
pub async fn ten_thousand_photos_are_listed_and_shown(database: &impl Database) {
    let store = database.open().await;
    let first = time("2021-01-01T00:00:00Z").as_millis();
    let step = 4 * 365 * 86_400_000 / i64::try_from(PHOTOS).unwrap();
    let photos = (0..PHOTOS).map(|n| {
        photo(
            user(1),
            n,
            Timestamp::from_millis(first + step * i64::try_from(n).unwrap()),
        )
    });
    fill(database, &*store, photos.collect()).await;

    let newest_first: Vec<_> = (0..PHOTOS).rev().map(|n| photo(user(1), n, now()).id).collect();
    let listed = all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 500).await;
    assert!(
        listed
            .iter()
            .map(|photo| photo.id)
            .eq(newest_first.iter().copied())
    );
    let timeline = store.timeline(user(1), TimelineScope::All).await.unwrap();
    assert_eq!(timeline.total, PHOTOS);
    assert_eq!(timeline.segments.len(), 48, "one for each month");
    let mut shown = Vec::new();
    for segment in timeline.segments {
        let (_, photos) = store.segment(user(1), segment.id).await.unwrap();
        shown.extend(photos.into_iter().map(|photo| photo.id));
    }
    assert_eq!(shown, newest_first);
    assert_eq!(store.usage(user(1)).await.unwrap().photos, PHOTOS);
}
