use std::collections::BTreeMap;

use photure_domain::photo::{NewPhoto, Photo, PhotoEdit};
use photure_domain::timeline::{Timeline, TimelineScope};
use photure_domain::{PhotoId, SegmentId, Timestamp};
use photure_testkit::{nth_uuid, photo, time, user};

use super::support::{Dice, assert_counts, create, fill, later, now, refused, scan};
use super::{Database, Store};
use crate::Room;
use crate::Trashed;
use crate::segments::{self, Effect};

const SCOPES: [TimelineScope; 2] = TimelineScope::ALL;

fn favorite(favorite: bool) -> PhotoEdit {
    PhotoEdit {
        favorite: Some(favorite),
        ..Default::default()
    }
}

async fn both(store: &dyn Store) -> [Timeline; 2] {
    let [all, favorites] = SCOPES.map(|scope| store.timeline(user(1), scope));
    [all.await.unwrap(), favorites.await.unwrap()]
}

fn counts(timeline: &Timeline) -> Vec<u32> {
    timeline.segments.iter().map(|segment| segment.count).collect()
}

/// One after another, in the order given.
async fn create_each(store: &dyn Store, photos: impl IntoIterator<Item = NewPhoto>) -> Vec<Photo> {
    let mut made = Vec::new();
    for new in photos {
        made.push(create(store, new).await);
    }
    made
}

pub async fn an_empty_library_has_an_empty_timeline(database: &impl Database) {
    let store = database.open().await;
    for timeline in both(&*store).await {
        assert_eq!(
            timeline,
            Timeline {
                total: 0,
                version: 0,
                segments: vec![]
            }
        );
    }
}

pub async fn each_month_has_a_segment_of_its_own(database: &impl Database) {
    let store = database.open().await;
    let at = [
        "2024-02-29T23:59:59.999Z",
        "2024-03-01T00:00:00.000Z",
        "2024-02-01T00:00:00.000Z",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00.000Z",
    ];
    let photos = create_each(&*store, (0..).zip(at).map(|(n, at)| photo(user(1), n, time(at)))).await;
    assert_counts(&*store, user(1), &photos).await;
    let [all, favorites] = both(&*store).await;
    let bounds: Vec<(Timestamp, Timestamp, u32)> = all
        .segments
        .iter()
        .map(|segment| (segment.start, segment.end, segment.count))
        .collect();
    let month = |start: &str, end: &str, count| (time(start), time(end), count);
    assert_eq!(
        bounds,
        [
            month("2024-03-01T00:00:00Z", "2024-03-31T23:59:59.999Z", 1),
            month("2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z", 2),
            month("1970-01-01T00:00:00Z", "1970-01-31T23:59:59.999Z", 1),
            month("1969-12-01T00:00:00Z", "1969-12-31T23:59:59.999Z", 1),
        ]
    );
    assert_eq!(favorites.segments, []);
}

pub async fn photos_arriving_in_order_fill_segments_to_the_brim(database: &impl Database) {
    let store = database.open().await;
    let photo = |n| photo(user(1), n, later(n));
    let mut photos = fill(database, &*store, (0..490).map(photo).collect()).await;
    photos.extend(create_each(&*store, (490..520).map(photo)).await);
    photos.extend(fill(database, &*store, (520..990).map(photo).collect()).await);
    photos.extend(create_each(&*store, (990..1_010).map(photo)).await);
    assert_counts(&*store, user(1), &photos).await;
    let [all, _] = both(&*store).await;
    assert_eq!(counts(&all), [10, 500, 500]);
}

pub async fn photos_arriving_backwards_are_split_in_halves(database: &impl Database) {
    let store = database.open().await;
    let photo = |n| photo(user(1), n, later(10_000 - n));
    let mut photos = fill(database, &*store, (0..495).map(photo).collect()).await;
    photos.extend(create_each(&*store, (495..520).map(photo)).await);
    assert_counts(&*store, user(1), &photos).await;
    let [all, _] = both(&*store).await;
    assert_eq!(counts(&all), [251, 269]);
}

pub async fn photos_of_one_millisecond_are_split_by_id(database: &impl Database) {
    let store = database.open().await;
    let mut photos = fill(
        database,
        &*store,
        (0..1_000).map(|n| photo(user(1), n * 2, now())).collect(),
    )
    .await;
    let [all, _] = both(&*store).await;
    assert_eq!(counts(&all), [500, 500]);
    // Into the middle of either, one that is full and one that was just split.
    let between = [501, 503, 1_501, 999, 1_001, 1, 1_999].map(|n| photo(user(1), n, now()));
    photos.extend(create_each(&*store, between).await);
    assert_counts(&*store, user(1), &photos).await;
    let [all, _] = both(&*store).await;
    assert_eq!(all.segments.len(), 4, "{all:?}");
    let shared = all
        .segments
        .windows(2)
        .filter(|pair| pair[0].start == pair[1].end)
        .count();
    assert_eq!(shared, 3, "neighbours share the moment");
    for photo in photos.split_off(990) {
        store.purge(user(1), photo.id, None, now()).await.unwrap();
    }
    assert_counts(&*store, user(1), &photos).await;
}

/// A library, and what was done to it.
struct Model<'a> {
    store: &'a dyn Store,
    photos: BTreeMap<PhotoId, Photo>,
    versions: [u64; 2],
}

impl Model<'_> {
    /// The versions that follow from a change.
    fn change(&mut self, before: Option<&Photo>, after: Option<Photo>) {
        for (version, scope) in self.versions.iter_mut().zip(SCOPES) {
            *version += u64::from(segments::effect(scope, before, after.as_ref()) != Effect::None);
        }
        match (before, after) {
            (_, Some(after)) => drop(self.photos.insert(after.id, after)),
            (Some(before), None) => drop(self.photos.remove(&before.id)),
            (None, None) => {}
        }
    }

    fn any(&self, dice: &mut Dice) -> Option<Photo> {
        let nth = usize::try_from(dice.below(self.photos.len().max(1) as u64)).unwrap();
        self.photos.values().nth(nth).cloned()
    }

    /// One change of any kind; a newcomer was taken at one of `moments` or within `span` milliseconds.
    async fn step(&mut self, dice: &mut Dice, n: u64, moments: &[&str], span: u64) {
        let at = time(moments[usize::try_from(dice.below(moments.len() as u64)).unwrap()]);
        let at = Timestamp::from_millis(at.as_millis() + i64::try_from(dice.below(span)).unwrap());
        let kind = dice.below(10);
        let Some(before) = self.any(dice).filter(|_| kind >= 3) else {
            let made = create(self.store, photo(user(1), n, at)).await;
            return self.change(None, Some(made));
        };
        let (store, owner, id) = (self.store, user(1), before.id);
        let after = match kind {
            3 => store.edit(owner, id, favorite(true), None).await.unwrap(),
            4 => store.edit(owner, id, favorite(false), None).await.unwrap(),
            5 => {
                let title = Some(Some(format!("{n}")));
                store
                    .edit(
                        owner,
                        id,
                        PhotoEdit {
                            title,
                            ..Default::default()
                        },
                        None,
                    )
                    .await
                    .unwrap()
            }
            6 => match store.trash(owner, id, None, later(n)).await.unwrap() {
                Trashed::Now(photo) | Trashed::Already(photo) => photo,
            },
            7 | 8 => store.restore(owner, id).await.unwrap(),
            _ => {
                store.purge(owner, id, None, later(n)).await.unwrap();
                return self.change(Some(&before), None);
            }
        };
        self.change(Some(&before), Some(after));
    }

    async fn assert_kept(&self) {
        let photos: Vec<Photo> = self.photos.values().cloned().collect();
        assert_counts(self.store, user(1), &photos).await;
        assert_eq!(
            both(self.store).await.map(|timeline| timeline.version),
            self.versions
        );
    }
}

pub async fn timelines_tell_what_a_scan_would_tell(database: &impl Database) {
    let store = database.open().await;
    let mut model = Model {
        store: &*store,
        photos: BTreeMap::new(),
        versions: [0; 2],
    };
    let mut dice = Dice(2_024);
    // Four months, three moments in each: many ties.
    let months = [
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00Z",
        "2024-02-29T12:00:00Z",
        "2024-03-01T00:00:00Z",
    ];
    for n in 0..150 {
        model.step(&mut dice, n, &months, 3).await;
        model.assert_kept().await;
    }
    store.rebuild_counts(user(1)).await.unwrap();
    model.versions = model.versions.map(|version| version + 1);
    model.assert_kept().await;
}

pub async fn timelines_tell_it_where_segments_are_split_too(database: &impl Database) {
    let store = database.open().await;
    let mut dice = Dice(7);
    // Two full segments of one month, with ties, and a third with room.
    let month = time("2024-03-05T00:00:00Z").as_millis();
    let moments: Vec<i64> = (0..1_100)
        .map(|_| month + i64::try_from(dice.below(300)).unwrap())
        .collect();
    let photos = (0..)
        .zip(moments)
        .map(|(n, at)| photo(user(1), n, Timestamp::from_millis(at)));
    let photos = fill(database, &*store, photos.collect()).await;
    let versions = both(&*store).await.map(|timeline| timeline.version);
    let photos = photos.into_iter().map(|photo| (photo.id, photo)).collect();
    let mut model = Model {
        store: &*store,
        photos,
        versions,
    };
    model.assert_kept().await;
    for n in 2_000..2_200 {
        model.step(&mut dice, n, &["2024-03-05T00:00:00Z"], 300).await;
        if n % 20 == 0 {
            model.assert_kept().await;
        }
    }
    model.assert_kept().await;
    let [all, _] = both(&*store).await;
    assert!(all.segments.len() >= 5, "{:?}", counts(&all));
}

pub async fn segments_that_empty_leave_no_hole(database: &impl Database) {
    let store = database.open().await;
    // Three segments of one month, the oldest first: 500, 500, 1.
    let photos = fill(
        database,
        &*store,
        (0..1_001).map(|n| photo(user(1), n, later(n))).collect(),
    )
    .await;
    let id = |photo: &Photo| photo.id;
    store
        .purge(user(1), id(&photos[1_000]), None, now())
        .await
        .unwrap();
    assert_counts(&*store, user(1), &photos[..1_000]).await;
    let [all, _] = both(&*store).await;
    assert_eq!(counts(&all), [500, 500]);
    assert_eq!(
        all.segments[0].end,
        time("2025-06-30T23:59:59.999Z"),
        "the older takes its place over"
    );
    for photo in &photos[..500] {
        store.purge(user(1), photo.id, None, now()).await.unwrap();
    }
    assert_counts(&*store, user(1), &photos[500..1_000]).await;
    let [all, _] = both(&*store).await;
    assert_eq!(counts(&all), [500]);
    assert_eq!(
        all.segments[0].start,
        time("2025-06-01T00:00:00Z"),
        "where there is none, the newer"
    );
}

pub async fn versions_grow_with_what_is_seen_alone(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    let other_month = create(&*store, photo(user(1), 2, time("2020-01-01T00:00:00Z"))).await;
    let (id, owner) = (made.id, user(1));
    let versions = async || both(&*store).await.map(|timeline| timeline.version);
    assert_eq!(versions().await, [2, 0]);
    let title = || PhotoEdit {
        title: Some(Some("seen nowhere in a grid".into())),
        ..Default::default()
    };
    store.edit(owner, id, title(), None).await.unwrap();
    assert_eq!(versions().await, [2, 0]);
    store.edit(owner, id, favorite(true), None).await.unwrap();
    assert_eq!(versions().await, [3, 1]);
    let [all, favorites] = both(&*store).await;
    assert_eq!(all.segments[0].version, 3, "the segment changed");
    assert!(all.segments[1].version < 3, "that of another month did not");
    assert_eq!(favorites.segments.len(), 1);
    store.edit(owner, id, favorite(true), None).await.unwrap();
    store.edit(owner, id, title(), None).await.unwrap();
    store
        .register(photo(owner, 1, now()), Room::Boundless, now())
        .await
        .unwrap();
    assert_eq!(versions().await, [3, 1]);
    store.trash(owner, id, None, now()).await.unwrap();
    assert_eq!(versions().await, [4, 2]);
    store.trash(owner, id, None, now()).await.unwrap();
    store.edit(owner, id, favorite(false), None).await.unwrap();
    assert_eq!(versions().await, [4, 2], "nobody sees the trash in a timeline");
    store.restore(owner, id).await.unwrap();
    assert_eq!(versions().await, [5, 2]);
    store.restore(owner, id).await.unwrap();
    assert_eq!(versions().await, [5, 2]);
    store.trash(owner, other_month.id, None, now()).await.unwrap();
    store.purge(owner, other_month.id, None, now()).await.unwrap();
    assert_eq!(versions().await, [6, 2]);
    store.purge(owner, id, None, now()).await.unwrap();
    assert_eq!(versions().await, [7, 2]);
}

pub async fn a_segment_keeps_its_id_while_photos_come_and_go(database: &impl Database) {
    let store = database.open().await;
    let first = create(&*store, photo(user(1), 1, later(1))).await;
    let [before, _] = both(&*store).await;
    let id = before.segments[0].id;
    create_each(&*store, (2..20).map(|n| photo(user(1), n, later(n * 1_000)))).await;
    store.purge(user(1), first.id, None, now()).await.unwrap();
    let (segment, photos) = store.segment(user(1), id).await.unwrap();
    assert_eq!((segment.count, photos.len()), (18, 18));
    assert_eq!(
        (segment.start, segment.end),
        (before.segments[0].start, before.segments[0].end)
    );
    assert!(segment.version > before.segments[0].version);
}

pub async fn anothers_segment_is_not_found(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    let [all, _] = both(&*store).await;
    let id = all.segments[0].id;
    refused!(store.segment(user(2), id).await, NotFound);
    refused!(
        store.segment(user(1), SegmentId::new(nth_uuid(0xDEAD))).await,
        NotFound
    );
    assert_eq!(
        store
            .timeline(user(2), TimelineScope::All)
            .await
            .unwrap()
            .segments,
        []
    );
    store.purge(user(1), made.id, None, now()).await.unwrap();
    refused!(store.segment(user(1), id).await, NotFound);
}

pub async fn rebuilding_gives_the_same_and_versions_grow(database: &impl Database) {
    let store = database.open().await;
    let photos = (0..620).map(|n| photo(user(1), n, later(n * 7_000)));
    let mut photos = fill(database, &*store, photos.collect()).await;
    for photo in &mut photos[..30] {
        *photo = store.edit(user(1), photo.id, favorite(true), None).await.unwrap();
    }
    for photo in &mut photos[20..40] {
        if let Trashed::Now(trashed) = store.trash(user(1), photo.id, None, now()).await.unwrap() {
            *photo = trashed;
        }
    }
    create(&*store, photo(user(2), 5_000, now())).await;
    let before = both(&*store).await;
    for grown in 1..=2 {
        store.rebuild_counts(user(1)).await.unwrap();
        assert_counts(&*store, user(1), &photos).await;
        let after = both(&*store).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(
                (after.total, after.version),
                (before.total, before.version + grown)
            );
        }
    }
    assert_eq!(scan(&photos, TimelineScope::Favorites).len(), 20);
    store.rebuild_counts(user(3)).await.unwrap();
    assert_counts(&*store, user(3), &[]).await;
    assert_eq!(store.usage(user(2)).await.unwrap().photos, 1);
}
