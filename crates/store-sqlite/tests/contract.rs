//! The laws of the ports, on a file in a folder of each test's own.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use photure_store::contract::{Database, Store};
use photure_store_sqlite::SqliteStore;
use photure_testkit::TestIds;

struct File {
    folder: tempfile::TempDir,
    ids: Arc<TestIds>,
}

#[async_trait::async_trait]
impl Database for File {
    /// In memory where there is some: thousands of commits would wait for the disk thousands of times.
    async fn fresh() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        Self {
            folder,
            ids: Arc::default(),
        }
    }

    async fn open(&self) -> Arc<dyn Store> {
        let path = self.folder.path().join("photure.db");
        Arc::new(SqliteStore::open(&path, self.ids.clone()).await.unwrap())
    }

    async fn remove(self) {
        self.folder.close().unwrap();
    }
}

photure_store::contract_tests!(File);
