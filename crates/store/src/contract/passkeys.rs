use futures::future::join_all;
use photure_domain::PasskeyId;
use photure_domain::audit::AuditAction;
use photure_domain::passkey::{Algorithm, Passkey};
use photure_testkit::{nth_uuid, user};

use super::Database;
use super::support::{later, now, refused, trail, written};
use crate::Conflict;

fn passkey(n: u64) -> Passkey {
    Passkey {
        id: PasskeyId::new(nth_uuid(n)),
        user_id: user(1),
        credential_id: vec![u8::try_from(n).unwrap(); 64],
        public_key: vec![0x30, 0x59],
        algorithm: Algorithm::ALL[n as usize % 3],
        counter: 0,
        name: format!("The {n}. key — «phone»"),
        created_at: now(),
        last_used_at: None,
    }
}

pub async fn passkeys_read_back_newest_first(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.passkeys_of(user(1)).await.unwrap(), []);
    let anothers = Passkey {
        user_id: user(2),
        counter: u32::MAX,
        ..passkey(4)
    };
    let older = Passkey {
        created_at: now().minus(std::time::Duration::from_secs(9)),
        ..passkey(3)
    };
    let all = [passkey(1), passkey(2), older.clone(), anothers.clone()];
    for (nth, passkey) in (1..).zip(all) {
        store.add_passkey(passkey, trail(nth)).await.unwrap();
    }
    assert_eq!(
        store.passkeys_of(user(1)).await.unwrap(),
        [passkey(2), passkey(1), older]
    );
    assert_eq!(
        store.passkeys_of(user(2)).await.unwrap(),
        std::slice::from_ref(&anothers)
    );
    assert_eq!(store.passkey_by_credential(vec![4; 64]).await.unwrap(), anothers);
    refused!(store.passkey_by_credential(vec![4; 63]).await, NotFound);
    let same_credential = Passkey {
        credential_id: vec![1; 64],
        user_id: user(3),
        ..passkey(9)
    };
    refused!(
        store.add_passkey(same_credential, trail(8)).await,
        Conflict(Conflict::Passkey)
    );
    refused!(
        store.remove_passkey(user(2), passkey(1).id, trail(0)).await,
        NotFound
    );
    store
        .remove_passkey(user(1), passkey(1).id, trail(9))
        .await
        .unwrap();
    refused!(
        store.remove_passkey(user(1), passkey(1).id, trail(9)).await,
        NotFound
    );
    refused!(store.passkey_by_credential(vec![1; 64]).await, NotFound);
    refused!(store.use_passkey(passkey(1).id, 1, now()).await, NotFound);
    let said: Vec<_> = written(&*store).await;
    let said: Vec<_> = said
        .iter()
        .map(|entry| (entry.action, entry.account, entry.thing))
        .collect();
    let about = |action, of: u64, key: u64| (action, Some(user(of)), Some(nth_uuid(key)));
    let expected = [
        about(AuditAction::PasskeyAdded, 1, 1),
        about(AuditAction::PasskeyAdded, 1, 2),
        about(AuditAction::PasskeyAdded, 1, 3),
        about(AuditAction::PasskeyAdded, 2, 4),
        about(AuditAction::PasskeyRemoved, 1, 1),
    ];
    assert_eq!(said, expected, "what was refused is not written down");
}

pub async fn a_passkey_counts_on_or_is_a_copy(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    one.add_passkey(passkey(1), trail(1)).await.unwrap();
    one.add_passkey(passkey(2), trail(2)).await.unwrap();
    for (at, counter, counts) in [
        (1, 0, true),
        (2, 0, true),
        (3, 5, true),
        (4, 5, false),
        (5, 0, false),
        (6, 4, false),
        (7, u32::MAX, true),
    ] {
        assert_eq!(
            other
                .use_passkey(passkey(1).id, counter, later(at))
                .await
                .unwrap(),
            counts,
            "{counter}"
        );
    }
    let used = one.passkey_by_credential(vec![1; 64]).await.unwrap();
    assert_eq!((used.counter, used.last_used_at), (u32::MAX, Some(later(7))));
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.use_passkey(passkey(2).id, 7, later(1))
    }))
    .await;
    assert_eq!(
        answers
            .into_iter()
            .filter(|answer| *answer.as_ref().unwrap())
            .count(),
        1
    );
}
