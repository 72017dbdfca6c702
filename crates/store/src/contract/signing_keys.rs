use futures::future::join_all;
use photure_domain::account::SigningKey;
use photure_domain::audit::AuditAction;
use photure_domain::{KeyId, Timestamp};
use photure_testkit::nth_uuid;

use super::Database;
use super::support::{later, now, trail, written};

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
        store.renew_signing_key(key(n), Timestamp::MIN, trail(n.into()))
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
    let again = other
        .renew_signing_key(key(200), Timestamp::MIN, trail(200))
        .await
        .unwrap();
    assert_eq!(again.iter().map(|key| key.id).collect::<Vec<_>>(), [kept.id]);
}

fn made(n: u8, seconds: u64) -> SigningKey {
    SigningKey {
        created_at: later(seconds),
        ..key(n)
    }
}

fn ids(keys: &[SigningKey]) -> Vec<KeyId> {
    keys.iter().map(|key| key.id).collect()
}

pub async fn a_key_is_renewed_once_by_those_who_know_the_same(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    one.renew_signing_key(key(1), Timestamp::MIN, trail(1))
        .await
        .unwrap();
    let answers = join_all((2..10).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.renew_signing_key(made(n, n.into()), now(), trail(n.into()))
    }))
    .await;
    let kept = one.signing_keys().await.unwrap();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(kept[1].id, key(1).id, "newest first");
    for told in answers {
        assert_eq!(ids(&told.unwrap()), ids(&kept));
    }
    let newest = kept[0].created_at;
    let told = other
        .renew_signing_key(made(50, 50), newest, trail(50))
        .await
        .unwrap();
    assert_eq!(ids(&told), [key(50).id, kept[0].id, kept[1].id]);
}

pub async fn keys_are_forgotten_and_replaced(database: &impl Database) {
    let store = database.open().await;
    for n in 1..=4 {
        let since = later(u64::from(n) - 1);
        store
            .renew_signing_key(made(n, n.into()), since, trail(n.into()))
            .await
            .unwrap();
    }
    let forgotten = vec![key(1).id, key(3).id, key(99).id];
    store.forget_signing_keys(forgotten).await.unwrap();
    store.forget_signing_keys(vec![]).await.unwrap();
    assert_eq!(ids(&store.signing_keys().await.unwrap()), [key(4).id, key(2).id]);
    store.replace_signing_keys(made(5, 5), trail(5)).await.unwrap();
    let left = store.signing_keys().await.unwrap();
    assert_eq!(ids(&left), [key(5).id]);
    assert_eq!(left[0].private_der, key(5).private_der);
    let did = |n, action| trail(n).did(action).about(key(n as u8).id.as_uuid());
    let mut expected: Vec<_> = (1..=4).map(|n| did(n, AuditAction::SigningKeyAdded)).collect();
    expected.push(did(5, AuditAction::SigningKeysReplaced));
    assert_eq!(written(&*store).await, expected);
}
