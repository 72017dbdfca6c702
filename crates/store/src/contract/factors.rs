use futures::future::join_all;
use photure_domain::Timestamp;
use photure_domain::audit::AuditAction;
use photure_domain::factor::{RecoveryCodeHash, Totp};
use photure_testkit::user;

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::{Conflict, FREE_GUESSES};

const HOME: &str = "192.0.2.7";

fn hash(n: u64) -> RecoveryCodeHash {
    *photure_testkit::sha256(n).as_bytes()
}

fn secret(n: u8) -> Vec<u8> {
    vec![n; 49]
}

/// With codes 1 to 3, and step 100 used.
async fn set_up(store: &dyn Store, n: u64) {
    store.begin_totp(user(n), secret(1), now()).await.unwrap();
    let codes = vec![hash(1), hash(2), hash(3)];
    store
        .confirm_totp(user(n), secret(1), 100, codes, later(1), trail(10 * n))
        .await
        .unwrap();
}

/// What was written down, and of whom.
async fn said(store: &dyn Store) -> Vec<(AuditAction, u64)> {
    let number = |id| (0..9).find(|n| Some(user(*n)) == id).unwrap();
    let written = written(store).await;
    written
        .iter()
        .map(|entry| (entry.action, number(entry.account)))
        .collect()
}

fn on(recovery_codes: u32) -> Totp {
    Totp {
        sealed: secret(1),
        created_at: now(),
        confirmed_at: Some(later(1)),
        recovery_codes,
    }
}

pub async fn a_secret_waits_until_it_is_confirmed(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.totp(user(1)).await.unwrap(), None);
    refused!(
        store
            .confirm_totp(user(1), secret(1), 1, vec![], now(), trail(900))
            .await,
        NotFound
    );
    store.begin_totp(user(1), secret(9), later(9)).await.unwrap();
    store.begin_totp(user(1), secret(1), now()).await.unwrap();
    let waiting = Totp {
        confirmed_at: None,
        ..on(0)
    };
    assert_eq!(store.totp(user(1)).await.unwrap(), Some(waiting));
    assert!(!store.use_totp_step(user(1), 1).await.unwrap());
    refused!(
        store
            .replace_recovery_codes(user(1), vec![hash(1)], trail(901))
            .await,
        NotFound
    );
    refused!(
        store
            .confirm_totp(user(1), secret(9), 1, vec![], now(), trail(900))
            .await,
        NotFound
    );
    refused!(
        store
            .confirm_totp(user(2), secret(1), 1, vec![], now(), trail(900))
            .await,
        NotFound
    );
    let answers = join_all((0..8).map(|n| {
        let codes = vec![hash(1), hash(2), hash(3)];
        store.confirm_totp(user(1), secret(1), 100, codes, later(1), trail(n))
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(store.totp(user(1)).await.unwrap(), Some(on(3)));
    refused!(
        store.begin_totp(user(1), secret(2), now()).await,
        Conflict(Conflict::SecondFactor)
    );
    assert_eq!(store.totp(user(1)).await.unwrap(), Some(on(3)));
    assert_eq!(store.totp(user(2)).await.unwrap(), None);
}

pub async fn a_step_is_used_once_and_none_before_it(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    set_up(&*one, 1).await;
    set_up(&*one, 2).await;
    for (step, counts) in [
        (100, false),
        (99, false),
        (101, true),
        (101, false),
        (103, true),
        (102, false),
    ] {
        assert_eq!(
            other.use_totp_step(user(1), step).await.unwrap(),
            counts,
            "{step}"
        );
    }
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.use_totp_step(user(1), 200)
    }))
    .await;
    assert_eq!(
        answers
            .into_iter()
            .filter(|answer| *answer.as_ref().unwrap())
            .count(),
        1
    );
    assert!(
        one.use_totp_step(user(2), 101).await.unwrap(),
        "each has their own"
    );
    assert!(!one.use_totp_step(user(3), 101).await.unwrap());
}

pub async fn a_recovery_code_is_used_once(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    set_up(&*one, 1).await;
    set_up(&*one, 2).await;
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.use_recovery_code(user(1), hash(2), trail(100 + n))
    }))
    .await;
    assert_eq!(
        answers
            .into_iter()
            .filter(|answer| *answer.as_ref().unwrap())
            .count(),
        1
    );
    assert_eq!(one.totp(user(1)).await.unwrap(), Some(on(2)));
    assert_eq!(
        one.totp(user(2)).await.unwrap(),
        Some(on(3)),
        "each has their own"
    );
    assert!(!one.use_recovery_code(user(1), hash(9), trail(200)).await.unwrap());
    one.replace_recovery_codes(user(1), vec![hash(7), hash(8)], trail(201))
        .await
        .unwrap();
    assert!(!one.use_recovery_code(user(1), hash(1), trail(202)).await.unwrap());
    assert!(one.use_recovery_code(user(1), hash(7), trail(203)).await.unwrap());
    assert_eq!(one.totp(user(1)).await.unwrap(), Some(on(1)));
    let expected = [
        (AuditAction::SecondFactorOn, 1),
        (AuditAction::SecondFactorOn, 2),
        (AuditAction::RecoveryCodeUsed, 1),
        (AuditAction::RecoveryCodesRenewed, 1),
        (AuditAction::RecoveryCodeUsed, 1),
    ];
    assert_eq!(
        said(&*one).await,
        expected,
        "what was refused is not written down"
    );
}

pub async fn a_factor_goes_with_all_that_belongs_to_it(database: &impl Database) {
    let store = database.open().await;
    set_up(&*store, 1).await;
    set_up(&*store, 2).await;
    store.remove_totp(user(1), trail(300)).await.unwrap();
    refused!(store.remove_totp(user(1), trail(301)).await, NotFound);
    assert_eq!(store.totp(user(1)).await.unwrap(), None);
    assert!(!store.use_totp_step(user(1), 500).await.unwrap());
    assert!(
        !store
            .use_recovery_code(user(1), hash(1), trail(302))
            .await
            .unwrap()
    );
    assert_eq!(store.totp(user(2)).await.unwrap(), Some(on(3)));
    store.begin_totp(user(1), secret(1), now()).await.unwrap();
    let again = store.totp(user(1)).await.unwrap().unwrap();
    assert_eq!((again.confirmed_at, again.recovery_codes), (None, 0));
    assert_eq!(said(&*store).await[2..], [(AuditAction::SecondFactorOff, 1)]);
}

pub async fn every_guess_counts_at_its_own_place(database: &impl Database) {
    let store = database.open().await;
    let guess = |n, place: &str, at: Timestamp| store.take_guess(user(n), place.to_owned(), at);
    let answers = join_all((0..12).map(|_| guess(1, HOME, now()))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert_eq!(taken.len(), FREE_GUESSES as usize);
    assert!(
        refused.iter().all(|answer| *answer == Err(later(30))),
        "{refused:?}"
    );
    for (n, place) in [(1, "elsewhere"), (2, HOME), (1, r#"{"$gt":""}"#)] {
        assert_eq!(guess(n, place, now()).await.unwrap(), Ok(()), "{n} at {place}");
    }
    assert_eq!(guess(1, HOME, later(29)).await.unwrap(), Err(later(30)));
    assert_eq!(guess(1, HOME, later(30)).await.unwrap(), Ok(()));
    assert_eq!(guess(1, HOME, later(30)).await.unwrap(), Err(later(90)));
    store.forget_guesses(user(2), HOME.to_owned()).await.unwrap();
    assert_eq!(guess(1, HOME, later(31)).await.unwrap(), Err(later(90)));
    store.forget_guesses(user(1), HOME.to_owned()).await.unwrap();
    assert_eq!(guess(1, HOME, later(31)).await.unwrap(), Ok(()));
}

pub async fn a_challenge_is_answered_once(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let answers = join_all((0..16).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        store.spend_challenge([1; 32], later(300))
    }))
    .await;
    assert_eq!(
        answers
            .into_iter()
            .filter(|answer| *answer.as_ref().unwrap())
            .count(),
        1
    );
    assert!(one.spend_challenge([2; 32], later(300)).await.unwrap());
    assert!(!other.spend_challenge([2; 32], later(999)).await.unwrap());
}

pub async fn attempts_are_forgotten_when_they_count_no_more(database: &impl Database) {
    let store = database.open().await;
    for n in 0..5 {
        store.spend_challenge([n; 32], later(n.into())).await.unwrap();
        for _ in 0..FREE_GUESSES {
            let guess = store.take_guess(user(n.into()), HOME.to_owned(), later(n.into()));
            guess.await.unwrap().unwrap();
        }
    }
    assert_eq!(store.forget_attempts(later(3), 2).await.unwrap(), 4);
    assert_eq!(store.forget_attempts(later(3), 2).await.unwrap(), 2);
    assert_eq!(store.forget_attempts(later(3), 2).await.unwrap(), 0);
    for n in 0..5 {
        let forgotten = n < 3;
        let answered = store.spend_challenge([n; 32], later(900)).await.unwrap();
        assert_eq!(answered, forgotten, "{n}");
        let guess = store.take_guess(user(n.into()), HOME.to_owned(), later(5));
        assert_eq!(guess.await.unwrap().is_ok(), forgotten, "{n}");
    }
}
