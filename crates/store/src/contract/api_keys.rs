use std::collections::BTreeSet;

use photure_domain::ApiKeyId;
use photure_domain::access::Scope;
use photure_domain::api_key::{ApiKey, ApiKeyHash};
use photure_testkit::{nth_uuid, user};

use super::Database;
use super::support::{later, now, refused};

fn hash(n: u64) -> ApiKeyHash {
    *photure_testkit::sha256(n).as_bytes()
}

fn key(n: u64) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(nth_uuid(n)),
        user_id: user(1),
        name: format!("The {n}. cron job — «nightly»"),
        scopes: BTreeSet::from([Scope::PhotosRead, Scope::Admin]),
        created_at: now(),
        expires_at: n.is_multiple_of(2).then(|| later(500)),
        last_used_at: None,
    }
}

pub async fn keys_read_back_newest_first(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.api_keys_of(user(1)).await.unwrap(), []);
    let older = ApiKey {
        created_at: now().minus(std::time::Duration::from_secs(9)),
        ..key(3)
    };
    let anothers = ApiKey {
        user_id: user(2),
        scopes: BTreeSet::new(),
        ..key(4)
    };
    for (n, key) in [
        (1, key(1)),
        (2, key(2)),
        (3, older.clone()),
        (4, anothers.clone()),
    ] {
        store
            .create_api_key(key, hash(n), photure_testkit::trail())
            .await
            .unwrap();
    }
    assert_eq!(store.api_keys_of(user(1)).await.unwrap(), [key(2), key(1), older]);
    assert_eq!(store.api_keys_of(user(2)).await.unwrap(), [anothers]);
}

pub async fn a_key_is_found_by_its_hash_and_its_use_is_noted_to_the_minute(database: &impl Database) {
    let store = database.open().await;
    store
        .create_api_key(key(1), hash(1), photure_testkit::trail())
        .await
        .unwrap();
    store
        .create_api_key(key(2), hash(2), photure_testkit::trail())
        .await
        .unwrap();
    refused!(store.use_api_key(hash(9), later(1)).await, NotFound);
    for (at, noted) in [(1, 1), (60, 1), (61, 61), (62, 61), (700, 700)] {
        let used = ApiKey {
            last_used_at: Some(later(noted)),
            ..key(2)
        };
        assert_eq!(store.use_api_key(hash(2), later(at)).await.unwrap(), used);
        assert_eq!(store.api_keys_of(user(1)).await.unwrap(), [used, key(1)]);
    }
}

pub async fn a_person_deletes_keys_of_their_own_alone(database: &impl Database) {
    let store = database.open().await;
    store
        .create_api_key(key(1), hash(1), photure_testkit::trail())
        .await
        .unwrap();
    refused!(
        store
            .delete_api_key(user(2), key(1).id, photure_testkit::trail())
            .await,
        NotFound
    );
    refused!(
        store
            .delete_api_key(user(1), key(2).id, photure_testkit::trail())
            .await,
        NotFound
    );
    store.use_api_key(hash(1), later(1)).await.unwrap();
    store
        .delete_api_key(user(1), key(1).id, photure_testkit::trail())
        .await
        .unwrap();
    refused!(
        store
            .delete_api_key(user(1), key(1).id, photure_testkit::trail())
            .await,
        NotFound
    );
    refused!(store.use_api_key(hash(1), later(2)).await, NotFound);
    assert_eq!(store.api_keys_of(user(1)).await.unwrap(), []);
}
