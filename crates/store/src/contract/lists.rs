use std::cmp::Reverse;

use photure_domain::photo::{Photo, PhotoEdit};
use photure_testkit::{nth_uuid, photo, user};

use super::support::{Dice, LIBRARY, TRASH, all, create, later, now};
use super::{Database, Store};
use crate::{ListedBy, PhotoFilter, Position, StoreError, Trashed};

fn ids(photos: &[Photo]) -> Vec<photure_domain::PhotoId> {
    photos.iter().map(|photo| photo.id).collect()
}

/// 60 photos in random order with many ties; some favourites, a third in the trash.
async fn library(store: &dyn Store) -> Vec<Photo> {
    let mut dice = Dice(7);
    let mut photos = Vec::new();
    for n in 0..60 {
        let mut new = photo(user(1), (n * 37) % 60, later(dice.below(8)));
        new.uploaded_at = later(dice.below(5));
        let mut made = create(store, new).await;
        if dice.below(3) == 0 {
            let edit = PhotoEdit {
                favorite: Some(true),
                ..Default::default()
            };
            made = store.edit(user(1), made.id, edit, None).await.unwrap();
        }
        if dice.below(3) == 0 {
            let Trashed::Now(trashed) = store
                .trash(user(1), made.id, None, later(dice.below(4)))
                .await
                .unwrap()
            else {
                panic!("it was not in the trash")
            };
            made = trashed;
        }
        photos.push(made);
    }
    create(store, photo(user(2), 999, later(3))).await;
    photos
}

pub async fn photos_come_newest_first_and_ties_by_id(database: &impl Database) {
    let store = database.open().await;
    for (n, at) in [(1, 10), (2, 20), (3, 10), (4, 10)] {
        create(&*store, photo(user(1), n, later(at))).await;
    }
    let listed = store
        .list(user(1), LIBRARY, ListedBy::TakenAt, None, 10)
        .await
        .unwrap();
    let expected = [2, 4, 3, 1].map(|n| photo(user(1), n, now()).id);
    assert_eq!(ids(&listed), expected);
}

pub async fn pages_of_any_length_make_up_the_whole(database: &impl Database) {
    let store = database.open().await;
    let photos = library(&*store).await;
    for trashed in [false, true] {
        for favorite in [None, Some(true), Some(false)] {
            let filter = PhotoFilter { favorite, trashed };
            let mut expected: Vec<Photo> = photos
                .iter()
                .filter(|photo| photo.trashed_at.is_some() == trashed)
                .filter(|photo| favorite.is_none_or(|favorite| favorite == photo.favorite))
                .cloned()
                .collect();
            assert!(expected.len() > 3);
            for order in [ListedBy::TakenAt, ListedBy::UploadedAt, ListedBy::TrashedAt] {
                if order == ListedBy::TrashedAt && !trashed {
                    continue;
                }
                expected.sort_by_key(|photo| Reverse(order.position(photo)));
                for page in [1, 3, 7, 500] {
                    let listed = all(&*store, user(1), filter, order, page).await;
                    assert_eq!(listed, expected, "{filter:?} by {order:?}, {page} at a time");
                }
            }
        }
    }
}

pub async fn a_cursor_stays_good_while_photos_come_and_go(database: &impl Database) {
    let store = database.open().await;
    for n in 10..20 {
        create(&*store, photo(user(1), n, later(n / 2))).await;
    }
    let whole = all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 500).await;
    let page = store
        .list(user(1), LIBRARY, ListedBy::TakenAt, None, 4)
        .await
        .unwrap();
    assert_eq!(page, whole[..4]);
    let cursor = ListedBy::TakenAt.position(&page[3]);
    // The photo at the cursor goes, and the one behind it; one comes before the cursor, one behind it, one right at it.
    store.purge(user(1), whole[3].id, None, now()).await.unwrap();
    store.trash(user(1), whole[4].id, None, now()).await.unwrap();
    create(&*store, photo(user(1), 30, later(100))).await;
    let behind = create(&*store, photo(user(1), 1, later(7))).await;
    let tied = create(&*store, photo(user(1), 2, cursor.time)).await;
    let rest = store
        .list(user(1), LIBRARY, ListedBy::TakenAt, Some(cursor), 500)
        .await
        .unwrap();
    let mut expected: Vec<Photo> = whole[5..].to_vec();
    expected.extend([behind, tied]);
    expected.sort_by_key(|photo| Reverse(ListedBy::TakenAt.position(photo)));
    assert_eq!(rest, expected);
    let never = Position {
        time: later(8),
        id: photure_domain::PhotoId::new(nth_uuid(0)),
    };
    let rest = store
        .list(user(1), LIBRARY, ListedBy::TakenAt, Some(never), 500)
        .await
        .unwrap();
    assert!(rest.iter().all(|photo| ListedBy::TakenAt.position(photo) < never) && !rest.is_empty());
}

pub async fn the_trash_is_listed_by_when_it_was_trashed(database: &impl Database) {
    let store = database.open().await;
    for (n, at) in [(1, 30), (2, 10), (3, 30), (4, 20)] {
        let made = create(&*store, photo(user(1), n, later(n))).await;
        store.trash(user(1), made.id, None, later(at)).await.unwrap();
    }
    let listed = all(&*store, user(1), TRASH, ListedBy::TrashedAt, 2).await;
    assert_eq!(ids(&listed), [3, 1, 4, 2].map(|n| photo(user(1), n, now()).id));
    store.restore(user(1), listed[0].id).await.unwrap();
    assert_eq!(
        all(&*store, user(1), TRASH, ListedBy::TrashedAt, 2).await,
        listed[1..]
    );
    assert_eq!(
        ids(&all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 2).await),
        [listed[0].id]
    );
}

pub async fn only_the_trash_knows_when_it_was_trashed(database: &impl Database) {
    let store = database.open().await;
    create(&*store, photo(user(1), 1, now())).await;
    let answer = store.list(user(1), LIBRARY, ListedBy::TrashedAt, None, 10).await;
    assert!(matches!(answer, Err(StoreError::Internal(_))), "{answer:?}");
}

pub async fn a_page_of_nothing_is_empty(database: &impl Database) {
    let store = database.open().await;
    create(&*store, photo(user(1), 1, now())).await;
    assert_eq!(
        store
            .list(user(1), LIBRARY, ListedBy::TakenAt, None, 0)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store
            .list(user(3), LIBRARY, ListedBy::TakenAt, None, 10)
            .await
            .unwrap(),
        []
    );
    let start = Position {
        time: photure_domain::Timestamp::MIN,
        id: photo(user(1), 0, now()).id,
    };
    assert_eq!(
        store
            .list(user(1), LIBRARY, ListedBy::TakenAt, Some(start), 10)
            .await
            .unwrap(),
        []
    );
}
