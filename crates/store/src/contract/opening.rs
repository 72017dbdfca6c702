use futures::future::join_all;
use photure_domain::account::{NewUser, Role};
use photure_testkit::{photo, user};

use super::Database;
use super::support::{LIBRARY, create, now, refused};
use crate::{Claim, ListedBy};

pub async fn the_probe_finds_the_database(database: &impl Database) {
    let store = database.open().await;
    store.probe().await.unwrap();
    store.probe().await.unwrap();
    assert!(
        store
            .list(user(1), LIBRARY, ListedBy::TakenAt, None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

fn ada() -> NewUser {
    NewUser {
        id: user(1),
        username: "ada".into(),
        email: "ada@example.org".into(),
        password_hash: Some("hash".into()),
        created_at: now(),
    }
}

pub async fn opening_again_finds_everything(database: &impl Database) {
    let store = database.open().await;
    let ada = store.create_user(ada(), photure_testkit::trail()).await.unwrap();
    let kept = create(&*store, photo(ada.id, 1, now())).await;
    let purged = create(&*store, photo(ada.id, 2, now())).await;
    store.purge(ada.id, purged.id, None, now()).await.unwrap();
    let timeline = store
        .timeline(ada.id, photure_domain::timeline::TimelineScope::All)
        .await
        .unwrap();
    drop(store);

    let store = database.open().await;
    assert_eq!(store.user_by_login("ada").await.unwrap().user, ada);
    assert_eq!(store.photo(ada.id, kept.id).await.unwrap(), kept);
    refused!(store.photo(ada.id, purged.id).await, NotFound);
    let again = store
        .timeline(ada.id, photure_domain::timeline::TimelineScope::All)
        .await
        .unwrap();
    assert_eq!(again, timeline);
    let released = store.released(10, now()).await.unwrap();
    assert_eq!(released.len(), 1);
    let claim = photure_domain::ClaimId::new(photure_testkit::nth_uuid(5));
    let claimed = store
        .claim_released(purged.facts.sha256, claim, now(), super::support::later(9))
        .await;
    assert_eq!(claimed.unwrap(), Claim::Granted);
}

pub async fn many_may_open_a_new_database_at_once(database: &impl Database) {
    let stores = join_all((0..8).map(|_| database.open())).await;
    let made = join_all(
        stores
            .iter()
            .map(|store| store.create_user(ada(), photure_testkit::trail())),
    )
    .await;
    let made: Vec<_> = made.into_iter().filter_map(Result::ok).collect();
    let [ada] = made.as_slice() else {
        panic!("{made:?}")
    };
    assert_eq!(ada.role, Role::Admin);
    for store in &stores {
        assert_eq!(store.user(ada.id).await.unwrap(), *ada);
    }
}
