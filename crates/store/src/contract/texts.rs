use photure_domain::Timestamp;
use photure_domain::photo::PhotoEdit;
use photure_domain::timeline::TimelineScope;
use photure_testkit::{photo, time, user};

use super::Database;
use super::support::{LIBRARY, all, create, later, now};
use crate::ListedBy;

fn texts() -> Vec<String> {
    let long: String = "Größe 📷 ".chars().cycle().take(10_000).collect();
    [
        "👩🏽‍🚀 🏳️‍🌈 👨‍👩‍👧‍👦",
        "e\u{301} and \u{e9} are not the same bytes",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
        "\u{202e}right to left\u{202c} שלום مرحبا",
        "a\0b",
        "\u{feff}BOM, \u{2028} line, \r\n break, \t tab, \u{10ffff} last",
        " spaces at both ends ",
        r#"{"$gt":""}"#,
        "$where",
        "a.b.$",
        "'; DROP TABLE photos; --",
        "%_\\\"`",
        "",
        &long,
    ]
    .map(String::from)
    .to_vec()
}

pub async fn texts_are_kept_to_the_byte(database: &impl Database) {
    let store = database.open().await;
    for (n, text) in texts().into_iter().enumerate() {
        let mut new = photo(user(1), n as u64, now());
        new.facts.filename.clone_from(&text);
        new.facts.camera.lens = Some(text.clone());
        new.title = Some(text.clone());
        new.description = Some(text.clone());
        new.tags = vec![text.clone(), text.clone()];
        let created = create(&*store, new).await;
        let read = store.photo(user(1), created.id).await.unwrap();
        assert_eq!(read, created);
        assert_eq!(read.title.as_ref(), Some(&text));
        assert_eq!((&read.facts.filename, &read.tags[1]), (&text, &text));
    }
    for text in texts() {
        let id = photo(user(1), 0, now()).id;
        let edit = PhotoEdit {
            description: Some(Some(text.clone())),
            ..Default::default()
        };
        store.edit(user(1), id, edit, None).await.unwrap();
        assert_eq!(store.photo(user(1), id).await.unwrap().description, Some(text));
    }
}

pub async fn metadata_is_kept_whatever_its_names(database: &impl Database) {
    let store = database.open().await;
    let mut new = photo(user(1), 1, now());
    for group in texts() {
        let tags = texts()
            .into_iter()
            .map(|tag| (tag.clone(), vec![tag].into()))
            .collect();
        new.metadata.insert(group, tags);
    }
    let created = create(&*store, new.clone()).await;
    assert_eq!(store.metadata(user(1), created.id).await.unwrap(), new.metadata);
}

pub async fn times_are_kept_to_the_millisecond_from_year_1_to_9999(database: &impl Database) {
    let store = database.open().await;
    let mut times = [
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.001Z",
        "2024-02-29T23:59:59.999Z",
        "1582-10-15T00:00:00.500Z",
    ]
    .map(time)
    .to_vec();
    times.extend([Timestamp::MIN, Timestamp::MAX]);
    for (n, at) in times.iter().enumerate() {
        let mut new = photo(user(1), n as u64, *at);
        new.uploaded_at = *at;
        create(&*store, new).await;
    }
    times.sort();
    times.reverse();
    for order in [ListedBy::TakenAt, ListedBy::UploadedAt] {
        let listed = all(&*store, user(1), LIBRARY, order, 1).await;
        assert_eq!(
            listed
                .iter()
                .map(|photo| photo.facts.taken.at)
                .collect::<Vec<_>>(),
            times
        );
        assert_eq!(
            listed.iter().map(|photo| photo.uploaded_at).collect::<Vec<_>>(),
            times
        );
    }
    let timeline = store.timeline(user(1), TimelineScope::All).await.unwrap();
    let mut shown = Vec::new();
    for segment in timeline.segments {
        let (_, photos) = store.segment(user(1), segment.id).await.unwrap();
        shown.extend(photos.into_iter().map(|photo| photo.taken.at));
    }
    assert_eq!(shown, times);
    let id = photo(user(1), 0, now()).id;
    store.trash(user(1), id, None, Timestamp::MAX).await.unwrap();
    assert_eq!(
        store.photo(user(1), id).await.unwrap().trashed_at,
        Some(Timestamp::MAX)
    );
    assert_eq!(store.purge_trashed(None, later(0), 10, now()).await.unwrap(), 0);
}
