use futures::future::join;
use photure_domain::photo::{Photo, PhotoEdit, Usage};
use photure_testkit::{photo, user};

use super::support::{LIBRARY, TRASH, all, assert_counts, create, later, now, refused};
use super::{Database, Store};
use crate::{ListedBy, StoreError, Trashed};

async fn put_into_trash(store: &dyn Store, photo: &Photo, seconds: u64) -> Photo {
    match store.trash(photo.owner_id, photo.id, None, later(seconds)).await {
        Ok(Trashed::Now(photo)) => photo,
        other => panic!("{other:?}"),
    }
}

pub async fn trashing_again_keeps_the_time(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    let trashed = put_into_trash(&*store, &made, 5).await;
    assert_eq!(
        trashed,
        Photo {
            trashed_at: Some(later(5)),
            revision: 2,
            ..made
        }
    );
    let again = store.trash(user(1), trashed.id, None, later(9)).await.unwrap();
    assert_eq!(again, Trashed::Already(trashed.clone()));
    assert_eq!(store.photo(user(1), trashed.id).await.unwrap(), trashed);
    let edit = PhotoEdit {
        favorite: Some(true),
        ..Default::default()
    };
    let edited = store.edit(user(1), trashed.id, edit, None).await.unwrap();
    assert_eq!(
        (edited.trashed_at, edited.favorite),
        (Some(later(5)), true),
        "the trash can be edited"
    );
    assert_counts(&*store, user(1), &[edited]).await;
}

pub async fn restoring_again_changes_nothing(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    assert_eq!(
        store.restore(user(1), made.id).await.unwrap(),
        made,
        "it is not in the trash"
    );
    put_into_trash(&*store, &made, 5).await;
    let restored = Photo { revision: 3, ..made };
    for _ in 0..2 {
        assert_eq!(store.restore(user(1), restored.id).await.unwrap(), restored);
        assert_counts(&*store, user(1), std::slice::from_ref(&restored)).await;
    }
    let trashed = put_into_trash(&*store, &restored, 7).await;
    assert_eq!((trashed.trashed_at, trashed.revision), (Some(later(7)), 4));
}

pub async fn a_purged_photo_is_gone(database: &impl Database) {
    let store = database.open().await;
    let from_library = create(&*store, photo(user(1), 1, now())).await;
    let from_trash = create(&*store, photo(user(1), 2, now())).await;
    let kept = create(&*store, photo(user(1), 3, now())).await;
    put_into_trash(&*store, &from_trash, 1).await;
    for id in [from_library.id, from_trash.id] {
        store.purge(user(1), id, None, later(2)).await.unwrap();
        refused!(store.photo(user(1), id).await, NotFound);
        refused!(store.metadata(user(1), id).await, NotFound);
        refused!(store.purge(user(1), id, None, later(3)).await, NotFound);
        refused!(store.restore(user(1), id).await, NotFound);
    }
    assert_counts(&*store, user(1), std::slice::from_ref(&kept)).await;
    assert_eq!(all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 9).await, [kept]);
    assert_eq!(all(&*store, user(1), TRASH, ListedBy::TrashedAt, 9).await, []);
    assert_eq!(store.released(9, later(4)).await.unwrap().len(), 2);
    create(&*store, photo(user(1), 1, now())).await;
}

pub async fn another_revision_is_not_trashed_or_purged(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    refused!(
        store.trash(user(1), made.id, Some(2), now()).await,
        RevisionMismatch
    );
    refused!(
        store.purge(user(1), made.id, Some(2), now()).await,
        RevisionMismatch
    );
    assert_counts(&*store, user(1), std::slice::from_ref(&made)).await;
    store.trash(user(1), made.id, Some(1), later(1)).await.unwrap();
    refused!(
        store.trash(user(1), made.id, Some(1), later(2)).await,
        RevisionMismatch
    );
    refused!(
        store.purge(user(1), made.id, Some(1), later(2)).await,
        RevisionMismatch
    );
    let again = store.trash(user(1), made.id, Some(2), later(2)).await.unwrap();
    assert!(matches!(again, Trashed::Already(_)), "{again:?}");
    store.purge(user(1), made.id, Some(2), later(3)).await.unwrap();
    assert_counts(&*store, user(1), &[]).await;
}

pub async fn usage_counts_the_bytes_of_the_trash_and_not_its_photos(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.usage(user(1)).await.unwrap(), Usage::default());
    let mut one = photo(user(1), 1, now());
    one.facts.bytes = 3_000_000_000;
    let one = create(&*store, one).await;
    let two = create(&*store, photo(user(1), 2, now())).await;
    create(&*store, photo(user(2), 3, now())).await;
    let usage = async || store.usage(user(1)).await.unwrap();
    assert_eq!(
        usage().await,
        Usage {
            photos: 2,
            bytes: 3_000_001_000
        }
    );
    put_into_trash(&*store, &one, 1).await;
    assert_eq!(
        usage().await,
        Usage {
            photos: 1,
            bytes: 3_000_001_000
        }
    );
    store.purge(user(1), two.id, None, now()).await.unwrap();
    assert_eq!(
        usage().await,
        Usage {
            photos: 0,
            bytes: 3_000_000_000
        }
    );
    store.purge(user(1), one.id, None, now()).await.unwrap();
    assert_eq!(usage().await, Usage::default());
}

pub async fn what_was_trashed_long_ago_is_purged(database: &impl Database) {
    let store = database.open().await;
    let mut kept = vec![];
    for n in 0..12 {
        let made = create(&*store, photo(user(1 + n % 2), n, now())).await;
        match n {
            0..3 => kept.push(made),
            3..9 => {
                put_into_trash(&*store, &made, n).await;
            }
            _ => kept.push(put_into_trash(&*store, &made, 100).await),
        }
    }
    assert_eq!(
        store.purge_trashed(None, later(8), 0, later(200)).await.unwrap(),
        0
    );
    assert_eq!(
        store.purge_trashed(None, later(8), 4, later(200)).await.unwrap(),
        4
    );
    for n in 3..7 {
        refused!(
            store.photo(user(1 + n % 2), photo(user(1), n, now()).id).await,
            NotFound
        );
    }
    assert_eq!(
        store.purge_trashed(None, later(8), 4, later(201)).await.unwrap(),
        2
    );
    assert_eq!(
        store.purge_trashed(None, later(99), 4, later(202)).await.unwrap(),
        0
    );
    for owner in [user(1), user(2)] {
        let kept: Vec<Photo> = kept
            .iter()
            .filter(|photo| photo.owner_id == owner)
            .cloned()
            .collect();
        assert_counts(&*store, owner, &kept).await;
        for photo in kept {
            assert_eq!(store.photo(owner, photo.id).await.unwrap(), photo);
        }
    }
    let released = store.released(100, later(300)).await.unwrap();
    assert_eq!(
        released.iter().map(|hash| hash.released_at).collect::<Vec<_>>(),
        {
            let mut times = vec![later(200); 4];
            times.extend([later(201); 2]);
            times
        }
    );
}

pub async fn one_owners_trash_is_emptied_alone(database: &impl Database) {
    let store = database.open().await;
    let mut theirs = Vec::new();
    for n in 0..10 {
        let made = create(&*store, photo(user(1 + n % 2), n, now())).await;
        let trashed = put_into_trash(&*store, &made, 1).await;
        theirs.extend((n % 2 == 1).then_some(trashed));
    }
    assert_eq!(
        store
            .purge_trashed(Some(user(1)), later(0), 100, later(2))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store
            .purge_trashed(Some(user(1)), later(1), 3, later(2))
            .await
            .unwrap(),
        3
    );
    assert_eq!(
        store
            .purge_trashed(Some(user(1)), later(1), 100, later(2))
            .await
            .unwrap(),
        2
    );
    assert_counts(&*store, user(1), &[]).await;
    assert_counts(&*store, user(2), &theirs).await;
}

pub async fn purging_and_restoring_at_once_leaves_counts_right(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let mut kept = Vec::new();
    for n in 0..8 {
        let made = create(&*one, photo(user(1), n, now())).await;
        put_into_trash(&*one, &made, 1).await;
        let (purged, restored) = join(
            one.purge_trashed(Some(user(1)), later(1), 9, later(2)),
            other.restore(user(1), made.id),
        )
        .await;
        match (purged.unwrap(), restored) {
            (1, Err(StoreError::NotFound)) => {}
            (0, Ok(photo)) => kept.push(photo),
            both => panic!("{both:?}"),
        }
        assert_counts(&*one, user(1), &kept).await;
    }
}
