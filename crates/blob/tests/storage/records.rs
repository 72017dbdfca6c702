//! The cases about records and listings: what care for a storage stands on.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::TryStreamExt;
use photure_blob::{BlobKey, BlobStore, Found, Listed, RecordKey, Tree};
use photure_domain::media_address::Variant;
use photure_domain::{Sha256, UserId};
use uuid::Uuid;

use crate::bench::{Bench, hash, original};

fn owner(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(n))
}

fn sidecar(sha256: Sha256, n: u128) -> RecordKey {
    RecordKey::Sidecar {
        sha256,
        owner: owner(n),
    }
}

async fn text(store: &dyn BlobStore, key: RecordKey) -> Option<Bytes> {
    store.record(key).await.unwrap()
}

async fn listed(store: &dyn BlobStore, tree: Tree, after: Option<Sha256>) -> Vec<Listed> {
    store.list(tree, after).try_collect().await.unwrap()
}

async fn found(store: &dyn BlobStore, tree: Tree, after: Option<Sha256>) -> Vec<Found> {
    let listed = listed(store, tree, after).await;
    listed.into_iter().map(|listed| listed.found).collect()
}

/// An original, both variants and the sidecars of two.
async fn fill(store: &dyn BlobStore, photo: &[u8]) -> Sha256 {
    let sha256 = hash(photo);
    let bytes = Bytes::copy_from_slice(photo);
    for variant in Variant::ALL {
        store
            .put_bytes(BlobKey::new(sha256, variant), bytes.clone())
            .await
            .unwrap();
    }
    for n in [2, 1] {
        store
            .put_record(sidecar(sha256, n), Bytes::from_static(b"{}"))
            .await
            .unwrap();
    }
    sha256
}

pub(crate) async fn a_record_is_the_last_one_put(bench: &Bench) {
    let store = &*bench.store;
    for key in [
        sidecar(hash(b"photo"), 1),
        RecordKey::Scrub,
        RecordKey::Archive(Uuid::from_u128(5)),
    ] {
        assert_eq!(text(store, key).await, None);
        for words in ["first", "other", "other", "a longer one", ""] {
            store.put_record(key, Bytes::from(words)).await.unwrap();
            assert_eq!(text(store, key).await.as_deref(), Some(words.as_bytes()));
        }
        for _ in 0..2 {
            store.delete_record(key).await.unwrap();
            assert_eq!(text(store, key).await, None);
        }
    }
}

pub(crate) async fn records_put_at_once_are_one_of_them_and_whole(bench: &Bench) {
    let key = sidecar(hash(b"photo"), 1);
    let puts = (0..8u8).map(|n| {
        bench
            .store
            .put_record(key, Bytes::from(vec![n; 1000 + usize::from(n)]))
    });
    futures::future::try_join_all(puts).await.unwrap();
    let last = text(&*bench.store, key).await.unwrap();
    assert_eq!(last, vec![last[0]; 1000 + usize::from(last[0])]);
}

pub(crate) async fn deleting_an_original_takes_its_sidecars_and_no_others(bench: &Bench) {
    let store = &*bench.store;
    let (gone, kept) = (fill(store, b"gone").await, fill(store, b"kept").await);
    store.delete_all(&gone).await.unwrap();
    for n in [1, 2] {
        assert_eq!(text(store, sidecar(gone, n)).await, None);
        assert_eq!(text(store, sidecar(kept, n)).await.as_deref(), Some(&b"{}"[..]));
    }
    store.delete_record(sidecar(kept, 1)).await.unwrap();
    assert_eq!(text(store, sidecar(kept, 1)).await, None);
    assert!(text(store, sidecar(kept, 2)).await.is_some());
    assert!(store.head(BlobKey::original(kept)).await.unwrap().is_some());
}

pub(crate) async fn all_that_lies_there_is_listed_by_hash(bench: &Bench) {
    let store = &*bench.store;
    assert_eq!(found(store, Tree::Originals, None).await, []);
    let mut hashes = BTreeSet::new();
    for n in 0..12u8 {
        hashes.insert(fill(store, &[n; 3]).await);
    }
    store
        .put_record(RecordKey::Scrub, Bytes::from_static(b"{}"))
        .await
        .unwrap();
    let originals = |hashes: &BTreeSet<Sha256>| -> Vec<Found> {
        let all = hashes.iter().flat_map(|sha256| {
            let sidecar = |n| Found::Sidecar {
                sha256: *sha256,
                owner: owner(n),
            };
            [Found::Blob(BlobKey::original(*sha256)), sidecar(1), sidecar(2)]
        });
        all.collect()
    };
    let variants = |hashes: &BTreeSet<Sha256>| -> Vec<Found> {
        let both = [Variant::Preview, Variant::Thumb];
        let all = hashes
            .iter()
            .flat_map(|sha256| both.map(|variant| Found::Blob(BlobKey::new(*sha256, variant))));
        all.collect()
    };
    assert_eq!(found(store, Tree::Originals, None).await, originals(&hashes));
    assert_eq!(found(store, Tree::Variants, None).await, variants(&hashes));
    // From any place on, whether something lies there or not.
    let mut places: Vec<Sha256> = hashes.iter().copied().collect();
    places.extend([hash(b"nowhere"), Sha256::new([0; 32]), Sha256::new([0xff; 32])]);
    for place in places {
        let later = hashes.iter().copied().filter(|sha256| *sha256 > place).collect();
        assert_eq!(
            found(store, Tree::Originals, Some(place)).await,
            originals(&later),
            "{place}"
        );
        assert_eq!(
            found(store, Tree::Variants, Some(place)).await,
            variants(&later),
            "{place}"
        );
    }
}

pub(crate) async fn a_listing_tells_length_and_age(bench: &Bench) {
    let store = &*bench.store;
    let now = || {
        #[allow(
            clippy::disallowed_methods,
            reason = "storages say when something was written by the machine's clock"
        )]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        i64::try_from(since.unwrap().as_millis()).unwrap()
    };
    let before = now();
    let photo = b"a photo of 23 bytes ...";
    store
        .put_file(original(photo), &bench.stage("photo", photo), 23)
        .await
        .unwrap();
    let [one] = listed(store, Tree::Originals, None).await[..] else {
        panic!("not one")
    };
    assert_eq!((one.found, one.len), (Found::Blob(original(photo)), 23));
    let modified = one.modified.as_millis();
    assert!((before - 2000..=now() + 2000).contains(&modified), "{modified}");
}

pub(crate) async fn archives_are_listed_until_they_are_deleted(bench: &Bench) {
    let store = &*bench.store;
    assert_eq!(store.archives().await.unwrap(), []);
    let ids = [1, 2, 3].map(Uuid::from_u128);
    for id in ids {
        let key = RecordKey::Archive(id);
        store.put_record(key, Bytes::from_static(b"{}")).await.unwrap();
    }
    store
        .put_record(RecordKey::Scrub, Bytes::from_static(b"{}"))
        .await
        .unwrap();
    store.delete_record(RecordKey::Archive(ids[1])).await.unwrap();
    let listed = store.archives().await.unwrap();
    assert_eq!(
        listed.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [ids[0], ids[2]]
    );
    assert!(
        listed
            .iter()
            .all(|(_, modified)| modified.as_seconds() > 1_700_000_000)
    );
}
