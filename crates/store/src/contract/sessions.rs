use futures::future::join_all;
use photure_domain::SessionId;
use photure_domain::account::{RefreshTokenHash, Session};
use photure_testkit::{nth_uuid, user};

use super::Database;
use super::support::{later, now, refused};
use crate::{Rotation, StoreError};

fn token(n: u64) -> RefreshTokenHash {
    *photure_testkit::sha256(n).as_bytes()
}

fn session(n: u64) -> Session {
    Session {
        id: SessionId::new(nth_uuid(n)),
        user_id: user(1),
        created_at: now(),
        last_used_at: now(),
        expires_at: later(1_000),
        revoked_at: None,
    }
}

pub async fn a_session_reads_back(database: &impl Database) {
    let store = database.open().await;
    store.create_session(session(1), token(1)).await.unwrap();
    store.create_session(session(2), token(2)).await.unwrap();
    assert_eq!(store.session(session(1).id).await.unwrap(), session(1));
    assert_eq!(store.session_by_token(token(2)).await.unwrap(), session(2));
    refused!(store.session(session(3).id).await, NotFound);
    refused!(store.session_by_token(token(3)).await, NotFound);
}

pub async fn a_refresh_token_is_replaced_at_each_use(database: &impl Database) {
    let store = database.open().await;
    store.create_session(session(1), token(1)).await.unwrap();
    for n in 1..4 {
        let (at, expires_at) = (later(n * 10), later(n * 10 + 1_000));
        let rotated = store
            .rotate(token(n), token(n + 1), at, expires_at)
            .await
            .unwrap();
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
    store.create_session(session(1), token(1)).await.unwrap();
    store.create_session(session(2), token(10)).await.unwrap();
    store
        .rotate(token(1), token(2), later(1), later(1_001))
        .await
        .unwrap();
    let revoked = Session {
        last_used_at: later(1),
        expires_at: later(1_001),
        revoked_at: Some(later(2)),
        ..session(1)
    };
    for at in [2, 3] {
        let answer = store
            .rotate(token(1), token(3), later(at), later(2_000))
            .await
            .unwrap();
        assert_eq!(answer, Rotation::Reused(revoked.clone()), "the first time stays");
    }
    let answer = store
        .rotate(token(2), token(3), later(4), later(2_000))
        .await
        .unwrap();
    assert_eq!(answer, Rotation::Ended(revoked.clone()));
    assert_eq!(store.session(revoked.id).await.unwrap(), revoked);
    refused!(store.session_by_token(token(3)).await, NotFound);
    assert_eq!(
        store.session(session(2).id).await.unwrap(),
        session(2),
        "another session goes on"
    );
}

pub async fn of_two_that_present_one_token_one_goes_on(database: &impl Database) {
    let store = database.open().await;
    for round in 0..8 {
        let first = token(round * 100);
        store.create_session(session(round), first).await.unwrap();
        let answers =
            join_all((1..=8).map(|n| store.rotate(first, token(round * 100 + n), later(1), later(1_001))))
                .await;
        let answers: Vec<Rotation> = answers.into_iter().map(Result::unwrap).collect();
        let rotated = answers
            .iter()
            .filter(|answer| matches!(answer, Rotation::Rotated(_)))
            .count();
        let reused = answers
            .iter()
            .filter(|answer| matches!(answer, Rotation::Reused(_)))
            .count();
        assert_eq!((rotated, reused), (1, 7), "{answers:?}");
        assert_eq!(
            store.session(session(round).id).await.unwrap().revoked_at,
            Some(later(1))
        );
    }
}

pub async fn an_ended_session_goes_on_no_more(database: &impl Database) {
    let store = database.open().await;
    store.create_session(session(1), token(1)).await.unwrap();
    store.create_session(session(2), token(2)).await.unwrap();
    let answer = store
        .rotate(token(1), token(11), later(1_000), later(5_000))
        .await
        .unwrap();
    assert_eq!(
        answer,
        Rotation::Ended(session(1)),
        "it runs out at that very moment"
    );
    let answer = store
        .rotate(token(1), token(11), later(999), later(5_000))
        .await
        .unwrap();
    assert!(
        matches!(answer, Rotation::Rotated(_)),
        "and was not changed: {answer:?}"
    );
    store.revoke_session(session(2).id, later(5)).await.unwrap();
    let revoked = Session {
        revoked_at: Some(later(5)),
        ..session(2)
    };
    let answer = store
        .rotate(token(2), token(12), later(6), later(5_000))
        .await
        .unwrap();
    assert_eq!(answer, Rotation::Ended(revoked.clone()));
    assert_eq!(store.session(session(2).id).await.unwrap(), revoked);
    refused!(store.session_by_token(token(12)).await, NotFound);
}

pub async fn a_token_that_was_never_given_is_unknown(database: &impl Database) {
    let store = database.open().await;
    store.create_session(session(1), token(1)).await.unwrap();
    let answer = store
        .rotate(token(2), token(3), later(1), later(1_001))
        .await
        .unwrap();
    assert_eq!(answer, Rotation::Unknown);
    assert_eq!(store.session(session(1).id).await.unwrap(), session(1));
}

pub async fn revoking_again_leaves_the_first_time(database: &impl Database) {
    let store = database.open().await;
    store.create_session(session(1), token(1)).await.unwrap();
    for at in [3, 7] {
        store.revoke_session(session(1).id, later(at)).await.unwrap();
        assert_eq!(
            store.session(session(1).id).await.unwrap().revoked_at,
            Some(later(3))
        );
    }
    refused!(store.revoke_session(session(2).id, now()).await, NotFound);
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
            )
            .await
            .unwrap();
    }
    store
        .rotate(token(10), token(11), later(1), later(100))
        .await
        .unwrap();
    store.revoke_session(session(5).id, later(50)).await.unwrap();
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
    for forgotten in [10, 11] {
        let answer = store
            .rotate(token(forgotten), token(99), later(400), later(500))
            .await
            .unwrap();
        assert_eq!(answer, Rotation::Unknown);
    }
}
