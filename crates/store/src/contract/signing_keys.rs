use futures::future::join_all;
use photure_domain::KeyId;
use photure_domain::account::SigningKey;
use photure_testkit::nth_uuid;

use super::Database;
use super::support::now;

fn key(n: u8) -> SigningKey {
    SigningKey {
        id: KeyId::new(nth_uuid(n.into())),
        private_der: (0..=n).rev().collect(),
        public: [n; 32],
        created_at: now(),
    }
}

pub async fn there_is_no_key_at_first(database: &impl Database) {
    let store = database.open().await;
    assert!(store.signing_keys().await.unwrap().is_empty());
}

pub async fn of_first_keys_made_at_once_one_is_kept(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.ensure_signing_key(key(n))
    }))
    .await;
    let kept = one.signing_keys().await.unwrap();
    let [kept] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    for keys in answers {
        let keys = keys.unwrap();
        let [told] = keys.as_slice() else {
            panic!("{keys:?}")
        };
        assert_eq!(told.id, kept.id);
        assert_eq!((&told.private_der, told.public), (&kept.private_der, kept.public));
    }
    let n = kept.public[0];
    assert_eq!(
        (kept.id, &kept.private_der, kept.created_at),
        (key(n).id, &key(n).private_der, now())
    );
    let again = other.ensure_signing_key(key(200)).await.unwrap();
    assert_eq!(again.iter().map(|key| key.id).collect::<Vec<_>>(), [kept.id]);
}
