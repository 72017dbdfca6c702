use std::sync::Arc;
use std::time::Duration;

use photure_domain::{Clock, Timestamp, UserId};
use photure_store::{PhotoStore, Room};
use photure_store_sqlite::SqliteStore;
use photure_testkit::{TestClock, photo, user};

use super::World;
use super::world::DAY;

async fn trashed(store: &SqliteStore, owner: UserId, n: u64, at: Timestamp) {
    let new = photo(owner, n, at);
    let id = new.id;
    store.register(new, Room::Boundless, at).await.unwrap();
    store.trash(owner, id, None, at).await.unwrap();
}

#[tokio::test]
async fn what_has_been_in_the_trash_for_its_time_is_purged_at_start() {
    let now = TestClock::default().now();
    let world = World::with(async |store: Arc<SqliteStore>| {
        for n in 0..250 {
            trashed(&store, user(n % 3), n, now.minus(30 * DAY)).await;
        }
        trashed(&store, user(1), 999, now.minus(30 * DAY - Duration::from_secs(1))).await;
    })
    .await;
    let purged = async {
        for person in 0..3 {
            let left = usize::from(person == 1);
            while world.person(person).see("/api/v1/trash?limit=500").await["items"]
                .as_array()
                .unwrap()
                .len()
                > left
            {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), purged)
        .await
        .expect("the old is gone, and the young is there");
    assert_eq!(world.person(1).see("/api/v1/usage").await["bytes"], 1000);
    assert_eq!(
        world
            .service("blobs:sweep")
            .see("/internal/released?limit=1000")
            .await["items"]
            .as_array()
            .unwrap()
            .len(),
        250
    );
}

#[tokio::test]
async fn the_purging_ends_with_the_process() {
    let world = World::new().await;
    world.kit.shutdown.cancel();
    world.kit.tasks.close();
    let ended = tokio::time::timeout(Duration::from_secs(10), world.kit.tasks.wait()).await;
    assert!(ended.is_ok());
}
