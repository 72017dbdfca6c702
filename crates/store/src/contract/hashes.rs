use futures::future::{join, join_all};
use photure_domain::{ClaimId, PhotoId};
use photure_testkit::{nth_uuid, photo, sha256, user};

use super::support::{create, later, now, refused};
use super::{Database, Store};
use crate::{Claim, Registered, Released, Room, StoreError};

fn claim(n: u64) -> ClaimId {
    ClaimId::new(nth_uuid(0xC000 + n))
}

fn id(n: u64) -> PhotoId {
    photo(user(1), n, now()).id
}

/// Registers the n-th photo and purges it again, `seconds` later.
async fn release(store: &dyn Store, n: u64, seconds: u64) {
    create(store, photo(user(1), n, now())).await;
    store.purge(user(1), id(n), None, later(seconds)).await.unwrap();
}

async fn released(store: &dyn Store, seconds: u64) -> Vec<Released> {
    store.released(100, later(seconds)).await.unwrap()
}

pub async fn the_last_purge_releases_a_hash(database: &impl Database) {
    let store = database.open().await;
    let mine = create(&*store, photo(user(1), 1, now())).await;
    let theirs = photo(user(2), 1, now());
    let theirs = create(&*store, photure_domain::photo::NewPhoto { id: id(2), ..theirs }).await;
    store.trash(user(2), theirs.id, None, later(1)).await.unwrap();
    store.purge(user(1), mine.id, None, later(2)).await.unwrap();
    assert_eq!(released(&*store, 3).await, [], "it is in another's trash");
    let answer = store
        .claim_released(sha256(1), claim(1), later(3), later(9))
        .await
        .unwrap();
    assert_eq!(answer, Claim::Refused);
    store.purge(user(2), theirs.id, None, later(4)).await.unwrap();
    assert_eq!(
        released(&*store, 5).await,
        [Released {
            sha256: sha256(1),
            released_at: later(4)
        }]
    );
    let answer = store
        .claim_released(sha256(9), claim(1), later(5), later(9))
        .await
        .unwrap();
    assert_eq!(answer, Claim::Refused, "no such hash was ever released");
}

pub async fn registering_takes_a_released_hash_back(database: &impl Database) {
    let store = database.open().await;
    release(&*store, 1, 1).await;
    let back = store
        .register(photo(user(1), 1, now()), Room::Boundless, later(2))
        .await
        .unwrap();
    assert!(matches!(back, Registered::Created(_)), "{back:?}");
    assert_eq!(released(&*store, 3).await, []);
    let answer = store
        .claim_released(sha256(1), claim(1), later(3), later(9))
        .await
        .unwrap();
    assert_eq!(answer, Claim::Refused);
}

pub async fn a_claimed_hash_is_not_registered_until_the_claim_lapses(database: &impl Database) {
    let store = database.open().await;
    release(&*store, 1, 1).await;
    assert_eq!(
        store
            .claim_released(sha256(1), claim(1), later(2), later(10))
            .await
            .unwrap(),
        Claim::Granted
    );
    for owner in [user(1), user(2)] {
        refused!(
            store
                .register(photo(owner, 1, now()), Room::Boundless, later(9))
                .await,
            HashClaimed
        );
        refused!(store.photo(owner, id(1)).await, NotFound);
        assert_eq!(store.usage(owner).await.unwrap().bytes, 0);
    }
    let back = store
        .register(photo(user(1), 1, now()), Room::Boundless, later(10))
        .await
        .unwrap();
    assert!(
        matches!(back, Registered::Created(_)),
        "it lapsed at that very moment: {back:?}"
    );
    assert_eq!(
        store
            .confirm_released(sha256(1), claim(1), later(10))
            .await
            .unwrap(),
        Claim::Refused
    );
    let renewed = store
        .claim_released(sha256(1), claim(1), later(11), later(20))
        .await
        .unwrap();
    assert_eq!(renewed, Claim::Refused, "the claim is void");

    release(&*store, 2, 1).await;
    store
        .claim_released(sha256(2), claim(2), later(2), later(10))
        .await
        .unwrap();
    assert_eq!(
        store
            .confirm_released(sha256(2), claim(2), later(3))
            .await
            .unwrap(),
        Claim::Granted
    );
    let back = store
        .register(photo(user(1), 2, now()), Room::Boundless, later(4))
        .await
        .unwrap();
    assert!(
        matches!(back, Registered::Created(_)),
        "the claim is over: {back:?}"
    );
}

pub async fn a_claim_keeps_others_away_until_it_lapses(database: &impl Database) {
    let store = database.open().await;
    release(&*store, 1, 1).await;
    for (who, at, until, expected) in [
        (1, 2, 10, Claim::Granted),
        (2, 3, 20, Claim::Refused),
        (1, 9, 30, Claim::Granted), // renewed
        (2, 10, 40, Claim::Refused),
        (2, 30, 40, Claim::Granted), // it lapsed
        (1, 31, 50, Claim::Refused),
    ] {
        let answer = store
            .claim_released(sha256(1), claim(who), later(at), later(until))
            .await
            .unwrap();
        assert_eq!(answer, expected, "claim {who} at {at}");
    }
}

pub async fn only_the_live_claim_confirms(database: &impl Database) {
    let store = database.open().await;
    release(&*store, 1, 1).await;
    let confirm = |who, at| store.confirm_released(sha256(1), claim(who), later(at));
    assert_eq!(
        confirm(1, 2).await.unwrap(),
        Claim::Refused,
        "nobody has claimed it"
    );
    store
        .claim_released(sha256(1), claim(1), later(2), later(10))
        .await
        .unwrap();
    assert_eq!(confirm(2, 3).await.unwrap(), Claim::Refused, "another claims it");
    assert_eq!(confirm(1, 10).await.unwrap(), Claim::Refused, "the claim lapsed");
    assert_eq!(
        released(&*store, 10).await.len(),
        1,
        "so it is still to be deleted"
    );
    store
        .claim_released(sha256(1), claim(3), later(11), later(20))
        .await
        .unwrap();
    assert_eq!(confirm(3, 12).await.unwrap(), Claim::Granted);
    assert_eq!(confirm(3, 13).await.unwrap(), Claim::Granted, "confirming again");
    assert_eq!(released(&*store, 30).await, []);
    let again = store
        .claim_released(sha256(1), claim(3), later(14), later(20))
        .await
        .unwrap();
    assert_eq!(again, Claim::Refused, "it is forgotten");
    store
        .register(photo(user(1), 1, now()), Room::Boundless, later(15))
        .await
        .unwrap();
    assert_eq!(
        confirm(3, 16).await.unwrap(),
        Claim::Refused,
        "a photo refers to it by now"
    );
}

pub async fn released_hashes_come_longest_first_without_the_claimed(database: &impl Database) {
    let store = database.open().await;
    for (n, at) in [(1, 30), (2, 10), (3, 20), (4, 20)] {
        release(&*store, n, at).await;
    }
    store
        .claim_released(sha256(2), claim(1), later(40), later(50))
        .await
        .unwrap();
    let mut ties = [sha256(3), sha256(4)];
    ties.sort();
    let all = store.released(10, later(49)).await.unwrap();
    assert_eq!(
        all.iter().map(|hash| hash.sha256).collect::<Vec<_>>(),
        [ties[0], ties[1], sha256(1)]
    );
    let all = store.released(2, later(50)).await.unwrap();
    assert_eq!(
        all.iter().map(|hash| hash.sha256).collect::<Vec<_>>(),
        [sha256(2), ties[0]]
    );
    assert_eq!(store.released(0, later(50)).await.unwrap(), []);
}

pub async fn of_claims_made_at_once_one_is_granted(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    for round in 0..8 {
        release(&*one, round, 1).await;
        let answers = join_all((0..8).map(|n| {
            let store = if n % 2 == 0 { &one } else { &other };
            store.claim_released(sha256(round), claim(n), later(2), later(10))
        }))
        .await;
        let granted = answers
            .into_iter()
            .filter(|answer| matches!(answer, Ok(Claim::Granted)))
            .count();
        assert_eq!(granted, 1);
    }
}

pub async fn registering_and_claiming_at_once_never_both_succeed(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    for round in 0..16 {
        release(&*one, round, 1).await;
        let registering = one.register(photo(user(1), round, now()), Room::Boundless, later(2));
        let claiming = other.claim_released(sha256(round), claim(round), later(2), later(10));
        // Either may be asked first.
        let (registered, claimed) = if round % 2 == 0 {
            join(registering, claiming).await
        } else {
            let (claimed, registered) = join(claiming, registering).await;
            (registered, claimed)
        };
        match (registered, claimed.unwrap()) {
            (Ok(Registered::Created(_)), Claim::Refused) | (Err(StoreError::HashClaimed), Claim::Granted) => {
            }
            both => panic!("round {round}: {both:?}"),
        }
    }
}

pub async fn purging_the_last_two_at_once_releases_once(database: &impl Database) {
    let store = database.open().await;
    for round in 0..8 {
        let mine = create(&*store, photo(user(1), round, now())).await;
        let theirs = photure_domain::photo::NewPhoto {
            id: id(100 + round),
            ..photo(user(2), round, now())
        };
        let theirs = create(&*store, theirs).await;
        let (one, other) = join(
            store.purge(user(1), mine.id, None, later(1)),
            store.purge(user(2), theirs.id, None, later(1)),
        )
        .await;
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(released(&*store, 2).await.len(), 8);
}

pub async fn registering_and_purging_at_once_loses_no_reference(database: &impl Database) {
    let store = database.open().await;
    for round in 0..8 {
        let mine = create(&*store, photo(user(1), round, now())).await;
        let theirs = photure_domain::photo::NewPhoto {
            id: id(100 + round),
            ..photo(user(2), round, now())
        };
        let (purged, registered) = join(
            store.purge(user(1), mine.id, None, later(1)),
            store.register(theirs, Room::Boundless, later(1)),
        )
        .await;
        purged.unwrap();
        assert!(matches!(registered.unwrap(), Registered::Created(_)));
    }
    assert_eq!(released(&*store, 2).await, []);
}
