use futures::future::join_all;
use photure_domain::photo::{Camera, MediaType, NewPhoto, Photo, PhotoEdit, Position, Taken, Usage};
use photure_domain::timeline::TimelineScope;
use photure_domain::{PhotoId, UserId};
use photure_testkit::{nth_uuid, photo, sha256, time, user};

use super::Database;
use super::support::{assert_counts, create, later, now, refused};
use crate::{Registered, Room, Trashed};

/// A photo with something in every field.
fn full(owner: UserId) -> NewPhoto {
    let mut photo = photo(owner, 1, time("2024-07-28T19:04:05.250Z"));
    photo.facts.bytes = 9_007_199_254_740_993; // more than a double holds
    photo.facts.media_type = MediaType::WebP;
    photo.facts.taken.utc_offset_minutes = Some(-570);
    photo.facts.camera = Camera {
        make: Some("FUJIFILM".into()),
        model: Some("X-T5".into()),
        lens: Some("XF 35mm ƒ1.4".into()),
        iso: Some(u32::MAX),
        f_number: Some(1.4),
        exposure: Some(1.0 / 3.0),
        focal_length: Some(f64::MIN_POSITIVE),
    };
    photo.facts.position = Position::new(-33.856_784_123_456_7, 151.215_296_999_999_9, Some(-12.5));
    photo.title = Some("Harbour".into());
    photo.description = Some(String::new());
    photo.rating = Some(5);
    photo.tags = vec!["b".into(), "a".into(), "b".into(), String::new()];
    photo.uploaded_at = time("2024-07-29T00:00:00.001Z");
    let tags = [
        ("FNumber", 1.4.into()),
        ("Count", u64::MAX.into()),
        ("Odd", 0.300_000_000_000_000_04.into()),
    ];
    let tags = tags.map(|(name, value)| (String::from(name), value)).into();
    photo.metadata = [("EXIF".into(), tags), ("XMP".into(), Default::default())].into();
    photo
}

pub async fn a_photo_reads_back_as_it_was_registered(database: &impl Database) {
    let store = database.open().await;
    let new = full(user(1));
    let created = create(&*store, new.clone()).await;
    let expected = Photo {
        id: new.id,
        owner_id: user(1),
        facts: new.facts,
        film: None,
        uploaded_at: new.uploaded_at,
        title: new.title,
        description: new.description,
        favorite: false,
        rating: Some(5),
        archived: false,
        tags: new.tags,
        trashed_at: None,
        revision: 1,
    };
    assert_eq!(created, expected);
    assert_eq!(store.photo(user(1), new.id).await.unwrap(), expected);
    assert_eq!(store.metadata(user(1), new.id).await.unwrap(), new.metadata);
    let plain = create(&*store, photo(user(1), 2, now())).await;
    assert_eq!(store.photo(user(1), plain.id).await.unwrap(), plain);
    assert_eq!(
        store.metadata(user(1), plain.id).await.unwrap(),
        Default::default()
    );
    let no_altitude = Position::new(0.0, 1.0, None);
    let mut new = photo(user(1), 3, now());
    new.facts.position = no_altitude;
    create(&*store, new.clone()).await;
    assert_eq!(
        store.photo(user(1), new.id).await.unwrap().facts.position,
        no_altitude
    );
}

pub async fn registering_again_answers_what_there_is(database: &impl Database) {
    let store = database.open().await;
    create(&*store, full(user(1))).await;
    let edit = PhotoEdit {
        favorite: Some(true),
        ..Default::default()
    };
    let edited = store.edit(user(1), full(user(1)).id, edit, None).await.unwrap();
    let mut again = photo(user(1), 1, now());
    again.id = PhotoId::new(nth_uuid(77));
    again.title = Some("another".into());
    let version = store.timeline(user(1), TimelineScope::All).await.unwrap().version;
    let answer = store
        .register(again.clone(), Room::Boundless, now())
        .await
        .unwrap();
    assert_eq!(answer, Registered::Existing(edited.clone()));
    refused!(store.photo(user(1), again.id).await, NotFound);
    assert_eq!(
        store.metadata(user(1), edited.id).await.unwrap(),
        full(user(1)).metadata
    );
    assert_eq!(
        store.timeline(user(1), TimelineScope::All).await.unwrap().version,
        version
    );

    let Trashed::Now(trashed) = store.trash(user(1), edited.id, None, later(1)).await.unwrap() else {
        panic!("it was not in the trash")
    };
    let answer = store.register(again, Room::Boundless, later(2)).await.unwrap();
    assert_eq!(
        answer,
        Registered::Existing(trashed.clone()),
        "it stays in the trash"
    );
    assert_counts(&*store, user(1), &[trashed]).await;
}

pub async fn the_same_bytes_are_a_photo_for_each_owner(database: &impl Database) {
    let store = database.open().await;
    let mine = create(&*store, photo(user(1), 1, now())).await;
    let theirs = NewPhoto {
        id: PhotoId::new(nth_uuid(2)),
        ..photo(user(2), 1, now())
    };
    let theirs = create(&*store, theirs).await;
    store.purge(user(1), mine.id, None, now()).await.unwrap();
    assert_eq!(store.photo(user(2), theirs.id).await.unwrap(), theirs);
    assert_counts(&*store, user(2), &[theirs]).await;
    assert_counts(&*store, user(1), &[]).await;
}

pub async fn of_one_hash_registered_at_once_one_photo_is_made(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.register(
            NewPhoto {
                id: PhotoId::new(nth_uuid(n)),
                ..photo(user(1), 1, now())
            },
            Room::Boundless,
            now(),
        )
    }))
    .await;
    let answers: Vec<Registered> = answers.into_iter().map(Result::unwrap).collect();
    let created: Vec<&Photo> = answers
        .iter()
        .filter_map(|answer| {
            if let Registered::Created(photo) = answer {
                Some(photo)
            } else {
                None
            }
        })
        .collect();
    let [created] = created.as_slice() else {
        panic!("{answers:?}")
    };
    for answer in &answers {
        let (Registered::Created(photo) | Registered::Existing(photo)) = answer;
        assert_eq!(photo, *created);
    }
    assert_counts(&*one, user(1), &[(*created).clone()]).await;
}

pub async fn photos_registered_at_once_all_arrive(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let created = join_all((0..40).map(|n| {
        let store = if n % 2 == 0 { &*one } else { &*other };
        create(store, photo(user(1 + n % 2), n, later(n)))
    }))
    .await;
    for owner in [user(1), user(2)] {
        let photos: Vec<Photo> = created
            .iter()
            .filter(|photo| photo.owner_id == owner)
            .cloned()
            .collect();
        assert_eq!(photos.len(), 20);
        assert_counts(&*one, owner, &photos).await;
        let timeline = one.timeline(owner, TimelineScope::All).await.unwrap();
        assert_eq!(timeline.version, 20, "one for each");
    }
}

pub async fn anothers_photo_is_not_found(database: &impl Database) {
    let store = database.open().await;
    let theirs = create(&*store, photo(user(1), 1, now())).await;
    let never = PhotoId::new(nth_uuid(99));
    for (owner, id) in [(user(2), theirs.id), (user(1), never)] {
        let edit = || PhotoEdit {
            favorite: Some(true),
            ..Default::default()
        };
        refused!(store.photo(owner, id).await, NotFound);
        refused!(store.metadata(owner, id).await, NotFound);
        refused!(store.edit(owner, id, edit(), None).await, NotFound);
        refused!(store.edit(owner, id, edit(), Some(7)).await, NotFound);
        refused!(store.trash(owner, id, None, now()).await, NotFound);
        refused!(store.restore(owner, id).await, NotFound);
        refused!(store.purge(owner, id, None, now()).await, NotFound);
        refused!(store.purge(owner, id, Some(7), now()).await, NotFound);
    }
    assert_eq!(store.usage(user(2)).await.unwrap(), Usage::default());
    assert_counts(&*store, user(1), &[theirs]).await;
}

pub async fn photos_are_found_by_hash(database: &impl Database) {
    let store = database.open().await;
    let kept = create(&*store, photo(user(1), 1, now())).await;
    let trashed = create(&*store, photo(user(1), 2, now())).await;
    store.trash(user(1), trashed.id, None, now()).await.unwrap();
    create(&*store, photo(user(2), 3, now())).await;
    let hashes = [sha256(1), sha256(2), sha256(3), sha256(4)];
    let mut found: Vec<PhotoId> = store
        .photos_by_hash(user(1), &hashes)
        .await
        .unwrap()
        .iter()
        .map(|photo| photo.id)
        .collect();
    found.sort();
    assert_eq!(found, [kept.id, trashed.id]);
    assert_eq!(store.photos_by_hash(user(1), &[]).await.unwrap(), []);
    assert_eq!(
        store
            .photos_by_hash(user(1), &[sha256(1), sha256(1)])
            .await
            .unwrap(),
        [kept],
        "once"
    );
    let many: Vec<_> = (0..1_000).map(sha256).collect();
    assert_eq!(store.photos_by_hash(user(1), &many).await.unwrap().len(), 2);
}

pub async fn an_edit_raises_the_revision_unless_it_changes_nothing(database: &impl Database) {
    let store = database.open().await;
    let mut photo = create(&*store, full(user(1))).await;
    let text = |text: &str| Some(Some(text.to_owned()));
    for (edit, changes) in [
        (PhotoEdit::default(), false),
        (
            PhotoEdit {
                title: text("Harbour"),
                ..Default::default()
            },
            false,
        ),
        (
            PhotoEdit {
                title: text("harbour"),
                ..Default::default()
            },
            true,
        ),
        (
            PhotoEdit {
                title: Some(None),
                description: Some(None),
                ..Default::default()
            },
            true,
        ),
        (
            PhotoEdit {
                title: Some(None),
                favorite: Some(false),
                ..Default::default()
            },
            false,
        ),
        (
            PhotoEdit {
                title: text(""),
                ..Default::default()
            },
            true,
        ),
        (
            PhotoEdit {
                favorite: Some(true),
                description: text("new"),
                ..Default::default()
            },
            true,
        ),
        (
            PhotoEdit {
                favorite: Some(true),
                ..Default::default()
            },
            false,
        ),
    ] {
        edit.apply(&mut photo);
        photo.revision += u64::from(changes);
        assert_eq!(
            store.edit(user(1), photo.id, edit.clone(), None).await.unwrap(),
            photo,
            "{edit:?}"
        );
        assert_eq!(store.photo(user(1), photo.id).await.unwrap(), photo);
    }
    assert_counts(&*store, user(1), &[photo]).await;
}

pub async fn an_edit_of_another_revision_is_refused(database: &impl Database) {
    let store = database.open().await;
    let created = create(&*store, photo(user(1), 1, now())).await;
    let edit = |title: &str| PhotoEdit {
        title: Some(Some(title.into())),
        ..Default::default()
    };
    refused!(
        store.edit(user(1), created.id, edit("a"), Some(0)).await,
        RevisionMismatch
    );
    refused!(
        store.edit(user(1), created.id, edit("a"), Some(2)).await,
        RevisionMismatch
    );
    refused!(
        store
            .edit(user(1), created.id, PhotoEdit::default(), Some(2))
            .await,
        RevisionMismatch
    );
    assert_eq!(store.photo(user(1), created.id).await.unwrap(), created);
    let edited = store.edit(user(1), created.id, edit("a"), Some(1)).await.unwrap();
    assert_eq!((edited.revision, edited.title.as_deref()), (2, Some("a")));
    refused!(
        store.edit(user(1), created.id, edit("b"), Some(1)).await,
        RevisionMismatch
    );
    refused!(
        store.edit(user(1), created.id, edit("b"), Some(u64::MAX)).await,
        RevisionMismatch
    );
}

pub async fn of_edits_of_one_revision_one_succeeds(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let created = create(&*one, photo(user(1), 1, now())).await;
    for revision in 1..=4 {
        let answers = join_all((0..8).map(|n| {
            let store = if n % 2 == 0 { &one } else { &other };
            let title = Some(Some(format!("{revision}.{n}")));
            store.edit(
                user(1),
                created.id,
                PhotoEdit {
                    title,
                    ..Default::default()
                },
                Some(revision),
            )
        }))
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 7));
        let won = won.into_iter().next().unwrap().unwrap();
        assert_eq!(one.photo(user(1), created.id).await.unwrap(), won);
        for answer in lost {
            refused!(answer, RevisionMismatch);
        }
    }
    let taken = Taken {
        at: now(),
        utc_offset_minutes: None,
    };
    assert_eq!(one.photo(user(1), created.id).await.unwrap().facts.taken, taken);
}
