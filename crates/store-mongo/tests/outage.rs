//! MongoDB goes away and comes back, each time a `mongod` of the test's own.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use photure_domain::account::NewUser;
use photure_domain::timeline::TimelineScope;
use photure_store::{AccountStore, PhotoStore, Registered, Room, StoreError, StoreProbe, StoreResult};
use photure_store_mongo::MongoStore;
use photure_store_mongo::test_server::TestServer;
use photure_testkit::{TestIds, photo, time, user};

/// What a request may wait for.
const READ: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(8);
const PROBE: Duration = Duration::from_secs(2);

fn ada() -> NewUser {
    NewUser {
        id: user(1),
        username: "ada".into(),
        email: "ada@example.org".into(),
        password_hash: Some("hash".into()),
        created_at: time("2025-06-15T15:06:40Z"),
    }
}

async fn connected(server: &TestServer) -> MongoStore {
    MongoStore::connect(&server.database_url("outage"), Arc::new(TestIds::default()))
        .await
        .unwrap()
}

async fn migrated(server: &TestServer) -> MongoStore {
    let store = connected(server).await;
    store.migrate().await.unwrap();
    store.create_user(ada(), photure_testkit::trail()).await.unwrap();
    store
}

async fn assert_unavailable<T: std::fmt::Debug>(
    limit: Duration,
    answer: impl Future<Output = StoreResult<T>>,
) {
    let begin = Instant::now();
    let answer = answer.await;
    let took = begin.elapsed();
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert!(took < limit, "it took {took:?}");
}

async fn assert_all_unavailable(store: &MongoStore) {
    let now = time("2025-06-15T15:06:40Z");
    tokio::join!(
        assert_unavailable(READ, store.user(user(1))),
        assert_unavailable(READ, store.timeline(user(1), TimelineScope::All)),
        assert_unavailable(READ, store.released(10, now)),
        assert_unavailable(
            WRITE,
            store.register(photo(user(1), 1, now), Room::Boundless, now)
        ),
        assert_unavailable(
            WRITE,
            store.create_user(
                NewUser {
                    id: user(2),
                    username: "bob".into(),
                    email: "b@b".into(),
                    ..ada()
                },
                photure_testkit::trail()
            )
        ),
        assert_unavailable(PROBE, store.probe()),
    );
}

/// By itself, within the time the driver needs to look again.
async fn assert_recovers(store: &MongoStore) {
    let recovered = async {
        while store.probe().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), recovered)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_an_outage_and_what_was_acknowledged_is_there_afterwards() {
    let mut server = TestServer::start().await;
    let store = migrated(&server).await;
    let now = time("2025-06-15T15:06:40Z");
    let Registered::Created(kept) = store
        .register(photo(user(1), 7, now), Room::Boundless, now)
        .await
        .unwrap()
    else {
        panic!("it was new")
    };
    server.kill();
    assert_all_unavailable(&store).await;
    server.restart().await;
    assert_recovers(&store).await;
    assert_eq!(store.user(user(1)).await.unwrap().username, "ada");
    assert_eq!(store.photo(user(1), kept.id).await.unwrap(), kept);
    let again = store
        .register(photo(user(1), 1, now), Room::Boundless, now)
        .await
        .unwrap();
    assert!(matches!(again, Registered::Created(_)), "{again:?}");
    assert_eq!(store.usage(user(1)).await.unwrap().photos, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_an_outage_and_what_hung_may_be_repeated() {
    let server = TestServer::start().await;
    let store = migrated(&server).await;
    server.freeze();
    assert_all_unavailable(&store).await;
    server.thaw();
    assert_recovers(&store).await;
    let now = time("2025-06-15T15:06:40Z");
    store
        .register(photo(user(1), 1, now), Room::Boundless, now)
        .await
        .unwrap();
    assert_eq!(store.usage(user(1)).await.unwrap().photos, 1);
    assert_eq!(
        store.timeline(user(1), TimelineScope::All).await.unwrap().total,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_may_be_made_before_its_server() {
    let mut server = TestServer::start().await;
    server.kill();
    let store = connected(&server).await;
    assert_unavailable(READ, store.migrate()).await;
    assert_all_unavailable(&store).await;
    server.restart().await;
    assert_unavailable(READ, store.user(user(1))).await;
    assert_unavailable(PROBE, store.probe()).await;
    store.migrate().await.unwrap();
    store.probe().await.unwrap();
    store.create_user(ada(), photure_testkit::trail()).await.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for address in ["", "photure", "postgres://localhost/photure", "mongodb://"] {
        let refused = MongoStore::connect(address, Arc::new(TestIds::default())).await;
        assert!(
            matches!(refused, Err(StoreError::Internal(_))),
            "{address}: {refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_photure_is_refused() {
    let server = TestServer::start().await;
    let store = migrated(&server).await;
    let client = mongodb::Client::with_uri_str(server.database_url("outage"))
        .await
        .unwrap();
    let state = client
        .default_database()
        .unwrap()
        .collection::<mongodb::bson::Document>("state");
    let newer = mongodb::bson::doc! { "$inc": { "version": 1_i64 } };
    state
        .update_one(mongodb::bson::doc! { "_id": "schema" }, newer)
        .await
        .unwrap();
    let refused = store.migrate().await;
    assert!(matches!(refused, Err(StoreError::Internal(_))), "{refused:?}");
}
