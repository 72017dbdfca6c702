//! What those ask who compare the storage with the catalogue.

use std::collections::BTreeSet;

use photure_domain::photo::NewPhoto;
use photure_domain::{ClaimId, PhotoId, Sha256, UserId};
use photure_testkit::{nth_uuid, photo, sha256, user};

use super::support::{create, later, now, refused};
use super::{Database, Store};
use crate::{Claim, Purged, Room};

fn claim(n: u64) -> ClaimId {
    ClaimId::new(nth_uuid(0xC000 + n))
}

/// The n-th photo, as `owner` has it.
fn of(owner: u64, n: u64) -> NewPhoto {
    NewPhoto {
        id: PhotoId::new(nth_uuid(owner * 1000 + n)),
        ..photo(user(owner), n, now())
    }
}

async fn keys(store: &dyn Store, page: u32) -> Vec<(Sha256, UserId)> {
    let mut all: Vec<(Sha256, UserId)> = Vec::new();
    loop {
        let next = store.catalogue(all.last().copied(), page).await.unwrap();
        assert!(next.len() <= page as usize);
        if next.is_empty() {
            return all;
        }
        all.extend(next.iter().map(|photo| (photo.facts.sha256, photo.owner_id)));
    }
}

pub async fn the_catalogue_goes_by_hash_and_owner_whatever_the_page(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.catalogue(None, 10).await.unwrap(), []);
    let mut expected = BTreeSet::new();
    for n in 0..12 {
        for owner in 1..=(n % 3) + 1 {
            let made = create(&*store, of(owner, n)).await;
            expected.insert((made.facts.sha256, made.owner_id));
        }
    }
    let trashed = store.trash(user(1), of(1, 3).id, None, later(1)).await.unwrap();
    let expected: Vec<_> = expected.into_iter().collect();
    for page in [1, 2, 5, 24, 500] {
        assert_eq!(keys(&*store, page).await, expected, "pages of {page}");
    }
    assert_eq!(store.catalogue(None, 0).await.unwrap(), []);
    let nowhere = (sha256(99), user(2));
    let after = store.catalogue(Some(nowhere), 500).await.unwrap();
    let later_ones: Vec<_> = expected.iter().copied().filter(|key| *key > nowhere).collect();
    assert_eq!(after.len(), later_ones.len(), "a place where nothing is");
    let whole = store.catalogue(None, 500).await.unwrap();
    let crate::Trashed::Now(trashed) = trashed else {
        panic!("{trashed:?}")
    };
    assert!(
        whole.contains(&trashed),
        "the trash is of the catalogue, and photos are whole"
    );
}

pub async fn what_was_purged_is_told_until_it_is_confirmed(database: &impl Database) {
    let store = database.open().await;
    for owner in [1, 2] {
        for n in [1, 2, 3] {
            create(&*store, of(owner, n)).await;
        }
    }
    assert_eq!(store.purged(10).await.unwrap(), []);
    store.purge(user(1), of(1, 2).id, None, later(1)).await.unwrap();
    for n in [1, 3] {
        store.trash(user(1), of(1, n).id, None, later(1)).await.unwrap();
    }
    store.purge_trashed(None, later(2), 10, later(3)).await.unwrap();
    let purged = |n, at| Purged {
        sha256: sha256(n),
        owner_id: user(1),
        purged_at: later(at),
    };
    let mut ties = [purged(1, 3), purged(3, 3)];
    ties.sort_by_key(|purged| purged.sha256);
    assert_eq!(store.purged(10).await.unwrap(), [purged(2, 1), ties[0], ties[1]]);
    assert_eq!(store.purged(2).await.unwrap(), [purged(2, 1), ties[0]]);
    assert_eq!(store.purged(0).await.unwrap(), []);
    assert_eq!(
        store.released(10, later(9)).await.unwrap(),
        [],
        "another has the bytes"
    );

    assert_eq!(store.confirm_purged(purged(2, 1)).await.unwrap(), Claim::Granted);
    assert_eq!(store.confirm_purged(purged(2, 1)).await.unwrap(), Claim::Refused);
    assert_eq!(store.purged(10).await.unwrap(), ties);
}

pub async fn registering_takes_back_what_was_purged(database: &impl Database) {
    let store = database.open().await;
    create(&*store, of(1, 1)).await;
    store.purge(user(1), of(1, 1).id, None, later(1)).await.unwrap();
    let [first] = store.purged(10).await.unwrap()[..] else {
        panic!("not one")
    };
    create(&*store, of(2, 1)).await;
    assert_eq!(
        store.purged(10).await.unwrap(),
        [first],
        "another's photo is not the owner's"
    );
    create(&*store, of(1, 1)).await;
    assert_eq!(store.purged(10).await.unwrap(), []);
    assert_eq!(store.confirm_purged(first).await.unwrap(), Claim::Refused);
    // Purged once more: the first time is not the second.
    store.purge(user(1), of(1, 1).id, None, later(5)).await.unwrap();
    assert_eq!(store.confirm_purged(first).await.unwrap(), Claim::Refused);
    let [second] = store.purged(10).await.unwrap()[..] else {
        panic!("not one")
    };
    assert_eq!(second.purged_at, later(5));
}

pub async fn an_orphan_is_claimed_where_nothing_refers_to_it(database: &impl Database) {
    let store = database.open().await;
    let orphan = |n, who, at, until| store.claim_orphan(sha256(n), claim(who), later(at), later(until));
    create(&*store, of(1, 1)).await;
    assert_eq!(
        orphan(1, 1, 1, 10).await.unwrap(),
        Claim::Refused,
        "a photo refers to it"
    );

    assert_eq!(
        orphan(2, 1, 1, 10).await.unwrap(),
        Claim::Granted,
        "nobody knows it"
    );
    assert_eq!(
        orphan(2, 2, 2, 10).await.unwrap(),
        Claim::Refused,
        "another claims it"
    );
    refused!(
        store
            .register(photo(user(1), 2, now()), Room::Boundless, later(3))
            .await,
        HashClaimed
    );
    assert_eq!(
        store
            .confirm_released(sha256(2), claim(1), later(4))
            .await
            .unwrap(),
        Claim::Granted
    );
    create(&*store, of(1, 2)).await;

    // One that is claimed and never confirmed is swept like any released one.
    assert_eq!(orphan(3, 3, 1, 10).await.unwrap(), Claim::Granted);
    assert_eq!(store.released(10, later(9)).await.unwrap(), []);
    let released = store.released(10, later(10)).await.unwrap();
    assert_eq!(released.len(), 1);
    assert_eq!(released[0].sha256, sha256(3));
    assert_eq!(orphan(3, 4, 11, 20).await.unwrap(), Claim::Granted);
}
