use futures::StreamExt;
use photure_domain::timeline::TimelineScope;
use photure_testkit::{photo, time, user};

use super::Database;
use super::support::{LIBRARY, all, now};
use crate::ListedBy;

const PHOTOS: u64 = 10_000;

/// Four years of photos, 16 arriving at a time.
pub async fn ten_thousand_photos_are_listed_and_shown(database: &impl Database) {
    let store = database.open().await;
    let first = time("2021-01-01T00:00:00Z").as_millis();
    let step = 4 * 365 * 86_400_000 / i64::try_from(PHOTOS).unwrap();
    futures::stream::iter(0..PHOTOS)
        .for_each_concurrent(16, |n| {
            let at = first + step * i64::try_from(n).unwrap();
            let new = photo(user(1), n, photure_domain::Timestamp::from_millis(at));
            let store = &store;
            async move {
                store.register(new, now()).await.unwrap();
            }
        })
        .await;

    let newest_first: Vec<_> = (0..PHOTOS).rev().map(|n| photo(user(1), n, now()).id).collect();
    let listed = all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 500).await;
    assert!(
        listed
            .iter()
            .map(|photo| photo.id)
            .eq(newest_first.iter().copied())
    );
    let timeline = store.timeline(user(1), TimelineScope::All).await.unwrap();
    assert_eq!((timeline.total, timeline.version), (PHOTOS, PHOTOS));
    assert_eq!(timeline.segments.len(), 48, "one for each month");
    let mut shown = Vec::new();
    for segment in timeline.segments {
        let (_, photos) = store.segment(user(1), segment.id).await.unwrap();
        shown.extend(photos.into_iter().map(|photo| photo.id));
    }
    assert_eq!(shown, newest_first);
    assert_eq!(store.usage(user(1)).await.unwrap().photos, PHOTOS);
}
