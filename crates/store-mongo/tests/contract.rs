//! The laws of the ports, on a real MongoDB, in a database of each test's own.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use photure_domain::photo::NewPhoto;
use photure_store::contract::{Database, Store};
use photure_store_mongo::MongoStore;
use photure_store_mongo::test_server;
use photure_testkit::TestIds;

struct OwnDatabase {
    url: String,
    ids: Arc<TestIds>,
}

#[async_trait::async_trait]
impl Database for OwnDatabase {
    async fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let url = test_server::database_url(&format!("photure_test_{}_{n}", std::process::id())).await;
        Self {
            url,
            ids: Arc::default(),
        }
    }

    async fn open(&self) -> Arc<dyn Store> {
        let store = MongoStore::connect(&self.url, self.ids.clone()).await.unwrap();
        store.migrate().await.unwrap();
        Arc::new(store)
    }

    async fn fill(&self, store: &dyn Store, photos: Vec<NewPhoto>) {
        let owner = photos[0].owner_id;
        test_server::fill(&self.url, photos).await;
        store.rebuild_counts(owner).await.unwrap();
    }

    async fn remove(self) {
        let client = mongodb::Client::with_uri_str(&self.url).await.unwrap();
        client.default_database().unwrap().drop().await.unwrap();
    }
}

photure_store::contract_tests!(OwnDatabase);
