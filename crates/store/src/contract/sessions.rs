use std::collections::BTreeSet;

use futures::future::join_all;
use photure_domain::account::{Client, NewUser, RefreshTokenHash, Session, Successor};
use photure_domain::{SessionId, Timestamp};
use photure_testkit::{nth_uuid, user};

use super::support::{later, now, refused};
use super::{Database, Store};
use crate::{GRACE, Rotation, StoreError};

fn token(n: u64) -> RefreshTokenHash {
    *photure_testkit::sha256(n).as_bytes()
}

fn session(n: u64) -> Session {
    Session {
        id: SessionId::new(nth_uuid(n)),
        user_id: user(1),
        client: client(1),
        created_at: now(),
        last_used_at: now(),
        expires_at: later(1_000),
        revoked_at: None,
        alarm: false,
    }
}

/// Somewhere else for each `n`.
fn client(n: u8) -> Client {
    Client {
        device: Some(format!("Browser/{n}")),
        address: Some([203, 0, 113, n].into()),
    }
}

/// From the same place as ever.
async fn rotate(store: &dyn Store, old: u64, new: u64, at: Timestamp, expires_at: Timestamp) -> Rotation {
    rotate_from(store, client(1), old, new, at, expires_at).await
}

async fn rotate_from(
    store: &dyn Store,
    from: Client,
    old: u64,
    new: u64,
    at: Timestamp,
    expires_at: Timestamp,
) -> Rotation {
    let successor = Successor {
        hash: token(new),
        seed: token(new + 1_000_000),
    };
    store
        .rotate(
            token(old),
            successor,
            from,
            at,
            expires_at,
            photure_testkit::trail(),
        )
        .await
        .unwrap()
}

/// Beyond the grace for lost answers.
fn long_after(seconds: u64) -> Timestamp {
    later(seconds + GRACE.as_secs())
}

pub async fn a_session_reads_back(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    store
        .create_session(session(2), token(2), photure_testkit::trail())
        .await
        .unwrap();
    assert_eq!(store.session(session(1).id).await.unwrap(), session(1));
    assert_eq!(store.session_by_token(token(2)).await.unwrap(), session(2));
    refused!(store.session(session(3).id).await, NotFound);
    refused!(store.session_by_token(token(3)).await, NotFound);
}

pub async fn a_refresh_token_is_replaced_at_each_use(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    for n in 1..4 {
        let (at, expires_at) = (later(n * 10), later(n * 10 + 1_000));
        let rotated = rotate(&*store, n, n + 1, at, expires_at).await;
        let expected = Session {
            last_used_at: at,
            expires_at,
            ..session(1)
        };
        assert_eq!(rotated, Rotation::Rotated(expected.clone()));
        assert_eq!(store.session(expected.id).await.unwrap(), expected);
    }
    for n in 1..=4 {
        assert_eq!(
            store.session_by_token(token(n)).await.unwrap().id,
            session(1).id,
            "token {n}"
        );
    }
}

pub async fn an_old_token_that_returns_ends_the_session(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    store
        .create_session(session(2), token(10), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 1, 2, later(1), later(1_001)).await;
    let revoked = Session {
        last_used_at: later(1),
        expires_at: later(1_001),
        revoked_at: Some(long_after(2)),
        alarm: true,
        ..session(1)
    };
    for at in [2, 3] {
        let answer = rotate(&*store, 1, 3, long_after(at), later(2_000)).await;
        assert_eq!(answer, Rotation::Reused(revoked.clone()), "the first time stays");
    }
    let answer = rotate(&*store, 2, 3, long_after(4), later(2_000)).await;
    assert_eq!(answer, Rotation::Ended(revoked.clone()));
    assert_eq!(store.session(revoked.id).await.unwrap(), revoked);
    refused!(store.session_by_token(token(3)).await, NotFound);
    assert_eq!(
        store.session(session(2).id).await.unwrap(),
        session(2),
        "another session goes on"
    );
}

pub async fn whoever_lost_the_answer_is_given_the_same_successor(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 1, 2, later(1), later(1_001)).await;
    let kept = store.session(session(1).id).await.unwrap();
    for at in [later(1), long_after(1)] {
        let answer = rotate(&*store, 1, 3, at, later(5_000)).await;
        assert_eq!(answer, Rotation::Repeated(kept.clone(), token(1_000_002)));
    }
    assert_eq!(store.session(kept.id).await.unwrap(), kept, "nothing was changed");
    refused!(store.session_by_token(token(3)).await, NotFound);
    // Once the successor was used, its predecessor is nobody's any more.
    rotate(&*store, 2, 4, later(2), later(1_002)).await;
    let answer = rotate(&*store, 1, 5, later(3), later(5_000)).await;
    assert!(matches!(answer, Rotation::Reused(_)), "{answer:?}");

    store
        .create_session(session(2), token(11), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 11, 12, later(1), later(1_001)).await;
    let answer = rotate_from(&*store, client(2), 11, 13, later(2), later(5_000)).await;
    assert!(
        matches!(answer, Rotation::Reused(_)),
        "from elsewhere: {answer:?}"
    );

    store
        .create_session(session(3), token(21), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 21, 22, later(1), later(1_001)).await;
    let answer = rotate(&*store, 21, 23, long_after(2), later(5_000)).await;
    assert!(matches!(answer, Rotation::Reused(_)), "too late: {answer:?}");

    store
        .create_session(session(4), token(31), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 31, 32, later(1), later(1_001)).await;
    store
        .revoke_session(session(4).id, later(2), photure_testkit::trail())
        .await
        .unwrap();
    let answer = rotate(&*store, 31, 33, later(3), later(5_000)).await;
    let Rotation::Reused(ended) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((ended.revoked_at, ended.alarm), (Some(later(2)), false));
}

pub async fn of_two_that_present_one_token_one_goes_on(database: &impl Database) {
    let store = database.open().await;
    for (round, is_one_client) in [(0, true), (1, false), (2, true), (3, false), (4, false)] {
        let first = round * 100;
        store
            .create_session(session(round), token(first), photure_testkit::trail())
            .await
            .unwrap();
        let answers = join_all((1..=8_u8).map(|n| {
            let from = client(if is_one_client { 1 } else { n });
            let next = first + u64::from(n);
            rotate_from(&*store, from, first, next, later(1), later(1_001))
        }));
        let answers = answers.await;
        let count = |is: fn(&Rotation) -> bool| answers.iter().filter(|answer| is(answer)).count();
        let rotated = count(|answer| matches!(answer, Rotation::Rotated(_)));
        let others = count(if is_one_client {
            |answer| matches!(answer, Rotation::Repeated(..))
        } else {
            |answer| matches!(answer, Rotation::Reused(_))
        });
        assert_eq!((rotated, others), (1, 7), "{answers:?}");
        let kept = store.session(session(round).id).await.unwrap();
        assert_eq!(kept.revoked_at, (!is_one_client).then(|| later(1)));
        let seeds = answers.iter().filter_map(|answer| match answer {
            Rotation::Repeated(_, seed) => Some(seed),
            _ => None,
        });
        let seeds: BTreeSet<_> = seeds.collect();
        assert!(seeds.len() <= 1, "one successor, no fork");
    }
}

pub async fn a_person_sees_their_sessions_that_go_on(database: &impl Database) {
    let store = database.open().await;
    for n in 1..=5 {
        let used = Session {
            last_used_at: later(10 - n),
            expires_at: later(if n == 4 { 50 } else { 1_000 }),
            ..session(n)
        };
        store
            .create_session(used, token(n), photure_testkit::trail())
            .await
            .unwrap();
    }
    let anothers = Session {
        user_id: user(2),
        ..session(6)
    };
    store
        .create_session(anothers.clone(), token(6), photure_testkit::trail())
        .await
        .unwrap();
    store
        .revoke_session(session(2).id, later(20), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 3, 13, later(21), later(1_000)).await;
    rotate(&*store, 3, 23, long_after(22), later(1_000)).await;
    let seen = async |limit| {
        let found = store.sessions_of(user(1), later(60), limit).await.unwrap();
        found
            .into_iter()
            .map(|session| (session.id, session.alarm))
            .collect::<Vec<_>>()
    };
    let expected = [3, 1, 5].map(|n| (session(n).id, n == 3));
    assert_eq!(
        seen(10).await,
        expected,
        "the alarm is seen; what ended or ran out is not"
    );
    assert_eq!(seen(2).await, expected[..2]);
    let theirs = store.sessions_of(user(2), later(60), 10).await.unwrap();
    assert_eq!(theirs, [anothers]);
    assert_eq!(store.sessions_of(user(3), later(60), 10).await.unwrap(), []);

    store
        .end_session(user(1), session(3).id, later(70), photure_testkit::trail())
        .await
        .unwrap();
    assert_eq!(seen(10).await, expected[1..]);
    let silenced = store.session(session(3).id).await.unwrap();
    assert_eq!(silenced.revoked_at, Some(long_after(22)), "the first time stays");
}

pub async fn a_person_ends_sessions_of_their_own_alone(database: &impl Database) {
    let store = database.open().await;
    for n in 1..=4 {
        store
            .create_session(session(n), token(n), photure_testkit::trail())
            .await
            .unwrap();
    }
    let anothers = Session {
        user_id: user(2),
        ..session(5)
    };
    store
        .create_session(anothers.clone(), token(5), photure_testkit::trail())
        .await
        .unwrap();
    refused!(
        store
            .end_session(user(1), anothers.id, later(1), photure_testkit::trail())
            .await,
        NotFound
    );
    refused!(
        store
            .end_session(user(1), session(9).id, later(1), photure_testkit::trail())
            .await,
        NotFound
    );
    store
        .end_session(user(1), session(1).id, later(2), photure_testkit::trail())
        .await
        .unwrap();
    let mut ended = store
        .end_sessions(user(1), Some(session(2).id), later(3), photure_testkit::trail())
        .await
        .unwrap();
    ended.sort();
    assert_eq!(ended, [session(3).id, session(4).id]);
    let ends = async |n| store.session(session(n).id).await.unwrap().revoked_at;
    assert_eq!(
        (ends(1).await, ends(2).await, ends(3).await, ends(5).await),
        (Some(later(2)), None, Some(later(3)), None)
    );
    let mut revoked = store.revoked_since(later(3)).await.unwrap();
    revoked.sort();
    assert_eq!(revoked, [3, 4].map(|n| (session(n).id, later(3))));
    assert_eq!(store.revoked_since(later(2)).await.unwrap().len(), 3);

    let last = store
        .end_sessions(user(1), None, later(4), photure_testkit::trail())
        .await
        .unwrap();
    assert_eq!(last, [session(2).id]);
    assert_eq!(store.session(anothers.id).await.unwrap(), anothers);
}

pub async fn an_ended_session_goes_on_no_more(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    store
        .create_session(session(2), token(2), photure_testkit::trail())
        .await
        .unwrap();
    let answer = rotate(&*store, 1, 11, later(1_000), later(5_000)).await;
    assert_eq!(
        answer,
        Rotation::Ended(session(1)),
        "it runs out at that very moment"
    );
    let answer = rotate(&*store, 1, 11, later(999), later(5_000)).await;
    assert!(
        matches!(answer, Rotation::Rotated(_)),
        "and was not changed: {answer:?}"
    );
    store
        .revoke_session(session(2).id, later(5), photure_testkit::trail())
        .await
        .unwrap();
    let revoked = Session {
        revoked_at: Some(later(5)),
        ..session(2)
    };
    let answer = rotate(&*store, 2, 12, later(6), later(5_000)).await;
    assert_eq!(answer, Rotation::Ended(revoked.clone()));
    assert_eq!(store.session(session(2).id).await.unwrap(), revoked);
    refused!(store.session_by_token(token(12)).await, NotFound);
}

pub async fn a_token_that_was_never_given_is_unknown(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    let answer = rotate(&*store, 2, 3, later(1), later(1_001)).await;
    assert_eq!(answer, Rotation::Unknown);
    assert_eq!(store.session(session(1).id).await.unwrap(), session(1));
}

pub async fn revoking_again_leaves_the_first_time(database: &impl Database) {
    let store = database.open().await;
    store
        .create_session(session(1), token(1), photure_testkit::trail())
        .await
        .unwrap();
    for at in [3, 7] {
        store
            .revoke_session(session(1).id, later(at), photure_testkit::trail())
            .await
            .unwrap();
        assert_eq!(
            store.session(session(1).id).await.unwrap().revoked_at,
            Some(later(3))
        );
    }
    refused!(
        store
            .revoke_session(session(2).id, now(), photure_testkit::trail())
            .await,
        NotFound
    );
}

pub async fn old_sessions_are_forgotten_with_their_tokens(database: &impl Database) {
    let store = database.open().await;
    for n in 1..=5 {
        store
            .create_session(
                Session {
                    expires_at: later(n * 100),
                    ..session(n)
                },
                token(n * 10),
                photure_testkit::trail(),
            )
            .await
            .unwrap();
    }
    rotate(&*store, 10, 11, later(1), later(100)).await;
    store
        .revoke_session(session(5).id, later(50), photure_testkit::trail())
        .await
        .unwrap();
    // Session 3 runs out at that very moment, so it stays; 5 was revoked before.
    assert_eq!(store.forget_sessions(later(300), 2).await.unwrap(), 2);
    assert_eq!(store.forget_sessions(later(300), 2).await.unwrap(), 1);
    assert_eq!(store.forget_sessions(later(300), 2).await.unwrap(), 0);
    for (n, is_kept) in [(1, false), (2, false), (3, true), (4, true), (5, false)] {
        let found = store.session(session(n).id).await;
        assert_eq!(found.is_ok(), is_kept, "{n}: {found:?}");
        let by_token = store.session_by_token(token(n * 10)).await;
        assert_eq!(by_token.is_ok(), is_kept, "{n}: {by_token:?}");
        assert!(is_kept || matches!(by_token, Err(StoreError::NotFound)));
    }
    // Whoever was not there to see an alarm is told as long as the session would have lived.
    store
        .create_session(session(6), token(60), photure_testkit::trail())
        .await
        .unwrap();
    rotate(&*store, 60, 61, later(310), later(600)).await;
    rotate(&*store, 60, 62, long_after(311), later(600)).await;
    assert_eq!(
        store.forget_sessions(later(350), 9).await.unwrap(),
        1,
        "session 3"
    );
    assert!(store.session(session(6).id).await.unwrap().alarm);
    for forgotten in [10, 11] {
        let answer = rotate(&*store, forgotten, 99, later(400), later(500)).await;
        assert_eq!(answer, Rotation::Unknown);
    }
}

pub async fn a_new_password_ends_the_other_sessions(database: &impl Database) {
    let store = database.open().await;
    for n in 1..=2 {
        let person = NewUser {
            id: user(n),
            username: format!("person{n}"),
            email: format!("person{n}@example.org"),
            password_hash: Some("old".into()),
            created_at: now(),
        };
        store.create_user(person, photure_testkit::trail()).await.unwrap();
    }
    for n in 1..=3 {
        store
            .create_session(session(n), token(n), photure_testkit::trail())
            .await
            .unwrap();
    }
    let anothers = Session {
        user_id: user(2),
        ..session(4)
    };
    store
        .create_session(anothers.clone(), token(4), photure_testkit::trail())
        .await
        .unwrap();
    let change = async |user, kept, at| {
        store
            .change_password(user, "new".into(), kept, at, photure_testkit::trail())
            .await
    };
    let mut ended = change(user(1), Some(session(2).id), later(5)).await.unwrap();
    ended.sort();
    assert_eq!(ended, [session(1).id, session(3).id]);
    let hash = async |name| store.user_by_login(name).await.unwrap().password_hash;
    assert_eq!(
        (hash("person1").await, hash("person2").await),
        (Some("new".into()), Some("old".into()))
    );
    assert_eq!(store.session(session(2).id).await.unwrap(), session(2));
    assert_eq!(store.session(anothers.id).await.unwrap(), anothers);
    refused!(change(user(3), None, later(6)).await, NotFound);
}
