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
    async fn fresh() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
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
