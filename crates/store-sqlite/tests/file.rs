//! What happens to the file, and to the store with it.
#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use photure_domain::timeline::TimelineScope;
use photure_store::{AccountStore, PhotoStore, Room, StoreError, StoreProbe, StoreResult};
use photure_store_sqlite::SqliteStore;
use photure_testkit::{TestIds, photo, time, user};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("photure.db")
    }

    async fn store(&self) -> SqliteStore {
        open(&self.file()).await.unwrap()
    }
}

async fn open(path: &Path) -> StoreResult<SqliteStore> {
    SqliteStore::open(path, Arc::new(TestIds::default())).await
}

#[track_caller]
fn assert_unavailable<T: std::fmt::Debug>(answer: &StoreResult<T>) {
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn only_its_owner_reads_the_database() {
    let place = Place::new();
    let store = place.store().await;
    store.probe().await.unwrap();
    let files: Vec<_> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(files.len() > 1, "the file and its log");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn a_deleted_database_is_an_outage_and_not_an_empty_one() {
    let place = Place::new();
    let store = place.store().await;
    let now = time("2025-06-15T15:06:40Z");
    store
        .register(photo(user(1), 1, now), Room::Boundless, now)
        .await
        .unwrap();
    let elsewhere = place.folder.path().join("elsewhere.db");
    std::fs::rename(place.file(), &elsewhere).unwrap();
    assert_unavailable(&store.probe().await);
    assert_unavailable(&store.timeline(user(1), TimelineScope::All).await);
    assert_unavailable(&store.register(photo(user(1), 2, now), Room::Boundless, now).await);
    std::fs::write(place.file(), "").unwrap();
    assert_unavailable(&store.user(user(1)).await);
    assert_unavailable(&store.register(photo(user(1), 2, now), Room::Boundless, now).await);
    std::fs::rename(&elsewhere, place.file()).unwrap();
    assert_eq!(store.usage(user(1)).await.unwrap().photos, 1, "it is there again");
    store
        .register(photo(user(1), 2, now), Room::Boundless, now)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_outage() {
    let place = Place::new();
    assert_unavailable(&open(&place.folder.path().join("missing/photure.db")).await);
    assert!(
        !place.folder.path().join("missing").exists(),
        "and nothing is made in its place"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::new();
    let text = "This was never a database. ".repeat(100);
    std::fs::write(place.file(), &text).unwrap();
    let refused = open(&place.file()).await;
    assert!(matches!(refused, Err(StoreError::Internal(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_a_newer_photure_is_refused() {
    let place = Place::new();
    drop(place.store().await);
    let connection = rusqlite::Connection::open(place.file()).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    let refused = open(&place.file()).await;
    assert!(matches!(refused, Err(StoreError::Internal(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_locked_by_another_process_is_an_outage_for_writers_alone() {
    let place = Place::new();
    let store = place.store().await;
    let other = rusqlite::Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let now = time("2025-06-15T15:06:40Z");
    let begin = Instant::now();
    let (registered, probed) = tokio::join!(
        store.register(photo(user(1), 1, now), Room::Boundless, now),
        store.probe()
    );
    assert_unavailable(&registered);
    assert_unavailable(&probed);
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(store.usage(user(1)).await.unwrap().photos, 0);
    other.execute_batch("ROLLBACK").unwrap();
    store.probe().await.unwrap();
    store
        .register(photo(user(1), 1, now), Room::Boundless, now)
        .await
        .unwrap();
}
