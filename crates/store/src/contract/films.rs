use photure_domain::film::{Film, FilmType};
use photure_testkit::{photo, sha256, time, user};

use super::Database;
use super::support::{LIBRARY, assert_counts, create, later, now, refused};
use crate::{Attached, ListedBy, Registered, Room};

fn film(n: u64) -> Film {
    Film {
        sha256: sha256(n),
        bytes: 250,
        media_type: FilmType::QuickTime,
    }
}

pub async fn a_film_is_kept_with_its_photo(database: &impl Database) {
    let store = database.open().await;
    let made = create(&*store, photo(user(1), 1, now())).await;
    let before = store.usage(user(1)).await.unwrap();

    let attached = store
        .attach_film(user(1), sha256(1), film(9), Room::Boundless)
        .await
        .unwrap();
    let Attached::Now(with) = attached else {
        panic!("{attached:?}")
    };
    assert_eq!(with.film, Some(film(9)));
    assert_eq!(with.revision, made.revision + 1);
    assert_eq!(store.photo(user(1), made.id).await.unwrap(), with);
    let listed = store.list(user(1), LIBRARY, ListedBy::TakenAt, None, 10).await;
    assert_eq!(listed.unwrap(), std::slice::from_ref(&with));
    assert_eq!(
        store.catalogue(None, 10).await.unwrap(),
        std::slice::from_ref(&with)
    );

    let usage = store.usage(user(1)).await.unwrap();
    assert_eq!((usage.photos, usage.bytes), (1, before.bytes + 250));
    store.rebuild_counts(user(1)).await.unwrap();
    assert_eq!(store.usage(user(1)).await.unwrap(), usage);
    assert_counts(&*store, user(1), &[with]).await;
}

pub async fn the_first_film_stays(database: &impl Database) {
    let store = database.open().await;
    create(&*store, photo(user(1), 1, now())).await;
    let Attached::Now(with) = store
        .attach_film(user(1), sha256(1), film(9), Room::Boundless)
        .await
        .unwrap()
    else {
        panic!()
    };
    let again = store
        .attach_film(user(1), sha256(1), film(9), Room::Boundless)
        .await
        .unwrap();
    assert_eq!(again, Attached::Already(with.clone()));
    let other = store
        .attach_film(user(1), sha256(1), film(8), Room::Boundless)
        .await
        .unwrap();
    assert_eq!(other, Attached::Another(with.clone()));
    let registered = store
        .register(photo(user(1), 1, now()), Room::Boundless, now())
        .await
        .unwrap();
    assert_eq!(registered, Registered::Existing(with));
}

pub async fn a_film_belongs_to_one_owners_photo(database: &impl Database) {
    let store = database.open().await;
    let mine = create(&*store, photo(user(1), 1, now())).await;
    refused!(
        store
            .attach_film(user(2), sha256(1), film(9), Room::Boundless)
            .await,
        NotFound
    );
    refused!(
        store
            .attach_film(user(1), sha256(2), film(9), Room::Boundless)
            .await,
        NotFound
    );
    let theirs = photure_domain::photo::NewPhoto {
        id: photo(user(2), 2, now()).id,
        ..photo(user(2), 1, now())
    };
    create(&*store, theirs).await;
    store
        .attach_film(user(2), sha256(1), film(9), Room::Boundless)
        .await
        .unwrap();
    assert_eq!(store.photo(user(1), mine.id).await.unwrap(), mine);
}

pub async fn a_film_comes_and_goes_with_its_photo(database: &impl Database) {
    let store = database.open().await;
    // As a rebuilt catalogue is told of both at once.
    let mut new = photo(user(1), 1, time("2024-07-28T19:04:05Z"));
    new.film = Some(Film {
        media_type: FilmType::Mp4,
        ..film(9)
    });
    let made = create(&*store, new.clone()).await;
    assert_eq!(made.film, new.film);
    assert_eq!(store.usage(user(1)).await.unwrap().bytes, made.facts.bytes + 250);

    store.trash(user(1), made.id, None, later(1)).await.unwrap();
    let restored = store.restore(user(1), made.id).await.unwrap();
    assert_eq!(restored.film, new.film);
    store.purge(user(1), made.id, None, later(2)).await.unwrap();
    assert_eq!(store.usage(user(1)).await.unwrap().bytes, 0);
}
