use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use photure_blob::{BlobError, BlobKey, BlobMeta, BlobStore, ByteRange};
use photure_domain::Sha256;
use photure_domain::media_address::Variant;

use crate::bench::{Bench, hash, noise, original};
pub(crate) use crate::records::*;

async fn read(store: &dyn BlobStore, key: BlobKey) -> Bytes {
    store.open(key, None).await.unwrap().into_bytes().await.unwrap()
}

async fn len(store: &dyn BlobStore, key: BlobKey) -> Option<u64> {
    store.head(key).await.unwrap().map(|meta| meta.len)
}

fn thumb(sha256: Sha256) -> BlobKey {
    BlobKey::new(sha256, Variant::Thumb)
}

fn preview(sha256: Sha256) -> BlobKey {
    BlobKey::new(sha256, Variant::Preview)
}

pub(crate) async fn a_new_storage_is_ready_and_empty(bench: &Bench) {
    bench.store.ready().await.unwrap();
    assert_eq!(bench.store.head(original(b"anything")).await.unwrap(), None);
}

pub(crate) async fn what_was_put_is_read_back_byte_for_byte(bench: &Bench) {
    let store = &*bench.store;
    let photo = noise(200_000, 1);
    let key = original(&photo);
    store
        .put_file(key, &bench.stage("photo", &photo), 200_000)
        .await
        .unwrap();
    let (small, large) = (Bytes::from(noise(20_000, 2)), Bytes::from(noise(90_000, 3)));
    store.put_bytes(thumb(key.sha256), small.clone()).await.unwrap();
    store.put_bytes(preview(key.sha256), large.clone()).await.unwrap();

    assert_eq!(read(store, key).await, photo);
    assert_eq!(read(store, thumb(key.sha256)).await, small);
    assert_eq!(read(store, preview(key.sha256)).await, large);
    assert_eq!(store.head(key).await.unwrap(), Some(BlobMeta { len: 200_000 }));
    let reader = store.open(thumb(key.sha256), None).await.unwrap();
    assert_eq!((reader.meta.len, reader.range), (20_000, 0..20_000));

    // An original may come from memory, a variant from a file.
    let other = noise(1000, 4);
    store
        .put_bytes(original(&other), Bytes::from(other.clone()))
        .await
        .unwrap();
    store
        .put_file(preview(hash(&other)), &bench.stage("preview", &photo), 200_000)
        .await
        .unwrap();
    assert_eq!(read(store, original(&other)).await, other);
    assert_eq!(read(store, preview(hash(&other))).await, photo);
}

pub(crate) async fn an_empty_blob_is_a_blob(bench: &Bench) {
    let key = original(b"");
    bench
        .store
        .put_file(key, &bench.stage("empty", b""), 0)
        .await
        .unwrap();
    assert_eq!(len(&*bench.store, key).await, Some(0));
    assert_eq!(read(&*bench.store, key).await, "");
}

pub(crate) async fn thirty_megabytes_pass_as_a_stream(bench: &Bench) {
    let photo = noise(30_000_000, 5);
    let key = original(&photo);
    bench
        .store
        .put_file(key, &bench.stage("photo", &photo), 30_000_000)
        .await
        .unwrap();

    let mut body = bench.store.open(key, None).await.unwrap().body;
    let mut read = 0;
    while let Some(chunk) = body.try_next().await.unwrap() {
        assert!(chunk.len() <= 1 << 20, "{} bytes in memory at once", chunk.len());
        assert!(
            chunk == photo[read..read + chunk.len()],
            "another byte after {read}"
        );
        read += chunk.len();
    }
    assert_eq!(read, photo.len());
}

pub(crate) async fn what_is_there_is_kept(bench: &Bench) {
    let store = &*bench.store;
    let key = thumb(hash(b"photo"));
    store.put_bytes(key, Bytes::from_static(b"first")).await.unwrap();
    store.put_bytes(key, Bytes::from_static(b"other")).await.unwrap();
    store
        .put_file(key, &bench.stage("third", b"third"), 5)
        .await
        .unwrap();
    assert_eq!(read(store, key).await, "first");
}

pub(crate) async fn a_damaged_blob_is_replaced(bench: &Bench) {
    let store = &*bench.store;
    let key = thumb(hash(b"photo"));
    store.put_bytes(key, Bytes::from_static(b"cut sh")).await.unwrap();
    store
        .put_bytes(key, Bytes::from_static(b"cut short no more"))
        .await
        .unwrap();
    assert_eq!(read(store, key).await, "cut short no more");
    store
        .put_file(key, &bench.stage("file", b"from a file"), 11)
        .await
        .unwrap();
    assert_eq!(read(store, key).await, "from a file");
}

pub(crate) async fn puts_of_one_key_at_once_give_one_whole_blob(bench: &Bench) {
    let photo = noise(400_000, 6);
    let key = original(&photo);
    let mut puts = Vec::new();
    for n in 0..8u8 {
        let staged = bench.stage(&format!("photo {n}"), &photo);
        let store = Arc::clone(&bench.store);
        puts.push(tokio::spawn(async move {
            // Thumbs of one length whose bytes tell who wrote them.
            store
                .put_bytes(thumb(key.sha256), Bytes::from(vec![n; 50_000]))
                .await
                .unwrap();
            store.put_file(key, &staged, 400_000).await.unwrap();
            store.open(key, None).await.unwrap().into_bytes().await.unwrap()
        }));
    }
    for put in puts {
        assert_eq!(put.await.unwrap(), photo, "what was acknowledged is whole");
    }
    let winner = read(&*bench.store, thumb(key.sha256)).await;
    assert_eq!(
        winner,
        vec![winner[0]; 50_000],
        "one writer's bytes and nobody else's"
    );
}

pub(crate) async fn bytes_with_another_hash_are_no_original(bench: &Bench) {
    let key = original(b"this");
    let error = bench
        .store
        .put_bytes(key, Bytes::from_static(b"that"))
        .await
        .unwrap_err();
    assert!(matches!(error, BlobError::Corrupt(_)), "{error}");
    assert_eq!(len(&*bench.store, key).await, None);
}

pub(crate) async fn a_part_can_be_read(bench: &Bench) {
    let photo = noise(100_000, 7);
    let key = original(&photo);
    bench
        .store
        .put_file(key, &bench.stage("photo", &photo), 100_000)
        .await
        .unwrap();
    for (range, expected) in [
        (ByteRange::Inclusive { first: 0, last: 0 }, 0..1),
        (ByteRange::Inclusive { first: 0, last: 499 }, 0..500),
        (
            ByteRange::Inclusive {
                first: 70_000,
                last: 70_999,
            },
            70_000..71_000,
        ),
        (
            ByteRange::Inclusive {
                first: 99_999,
                last: 5_000_000,
            },
            99_999..100_000,
        ),
        (ByteRange::From(0), 0..100_000),
        (ByteRange::From(99_000), 99_000..100_000),
        (ByteRange::Suffix(10), 99_990..100_000),
        (ByteRange::Suffix(5_000_000), 0..100_000),
    ] {
        let reader = bench.store.open(key, Some(range)).await.unwrap();
        assert_eq!(
            (reader.meta.len, reader.range.clone()),
            (100_000, expected.clone()),
            "{range:?}"
        );
        let (start, end) = (expected.start as usize, expected.end as usize);
        assert!(
            reader.into_bytes().await.unwrap() == photo[start..end],
            "{range:?}"
        );
    }
}

pub(crate) async fn a_range_outside_the_blob_is_refused_with_its_length(bench: &Bench) {
    let key = thumb(hash(b"photo"));
    bench
        .store
        .put_bytes(key, Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    for range in [
        ByteRange::Inclusive { first: 10, last: 11 },
        ByteRange::Inclusive { first: 7, last: 3 },
        ByteRange::From(10),
        ByteRange::Suffix(0),
    ] {
        let error = bench.store.open(key, Some(range)).await.unwrap_err();
        assert!(
            matches!(error, BlobError::RangeNotSatisfiable { len: 10 }),
            "{range:?}: {error}"
        );
    }
}

pub(crate) async fn what_is_not_there_is_not_found(bench: &Bench) {
    let store = &*bench.store;
    let photo = b"here";
    store
        .put_file(original(photo), &bench.stage("photo", photo), 4)
        .await
        .unwrap();
    let range = ByteRange::Inclusive { first: 7, last: 3 };
    for key in [
        thumb(hash(photo)),
        preview(hash(photo)),
        original(b"elsewhere"),
        thumb(hash(b"elsewhere")),
    ] {
        assert_eq!(store.head(key).await.unwrap(), None);
        for range in [None, Some(ByteRange::From(0)), Some(range)] {
            let error = store.open(key, range).await.unwrap_err();
            assert!(matches!(error, BlobError::NotFound), "{range:?}: {error}");
        }
    }
}

pub(crate) async fn a_staged_file_that_is_gone_or_has_another_length_is_refused(bench: &Bench) {
    let photo = noise(70_000, 8);
    let key = original(&photo);
    let staged = bench.stage("photo", &photo);
    for len in [0, 69_999, 70_001] {
        let error = bench.store.put_file(key, &staged, len).await.unwrap_err();
        assert!(matches!(error, BlobError::Staged(_)), "{len}: {error}");
    }
    std::fs::remove_file(&staged).unwrap();
    let error = bench.store.put_file(key, &staged, 70_000).await.unwrap_err();
    assert!(matches!(error, BlobError::Staged(_)), "{error}");
    let error = bench
        .store
        .put_file(key, staged.parent().unwrap(), 70_000)
        .await
        .unwrap_err();
    assert!(matches!(error, BlobError::Staged(_)), "a folder: {error}");
    assert_eq!(len(&*bench.store, key).await, None);
}

pub(crate) async fn the_staged_file_stays_and_its_removal_takes_nothing(bench: &Bench) {
    let photo = noise(70_000, 9);
    let key = original(&photo);
    let staged = bench.stage("photo", &photo);
    for _ in 0..2 {
        bench.store.put_file(key, &staged, 70_000).await.unwrap();
        assert_eq!(std::fs::read(&staged).unwrap(), photo);
    }
    std::fs::remove_file(&staged).unwrap();
    assert_eq!(read(&*bench.store, key).await, photo);
}

pub(crate) async fn hashes_with_the_same_beginning_are_different_blobs(bench: &Bench) {
    let store = &*bench.store;
    let with_last = |last: u8| {
        let mut bytes = [0xab; 32];
        bytes[31] = last;
        Sha256::new(bytes)
    };
    let (one, two) = (with_last(1), with_last(2));
    store
        .put_bytes(thumb(one), Bytes::from_static(b"one"))
        .await
        .unwrap();
    store
        .put_bytes(thumb(two), Bytes::from_static(b"two"))
        .await
        .unwrap();
    assert_eq!(
        (read(store, thumb(one)).await, read(store, thumb(two)).await),
        ("one".into(), "two".into())
    );
    store.delete_all(&one).await.unwrap();
    assert_eq!(len(store, thumb(one)).await, None);
    assert_eq!(read(store, thumb(two)).await, "two");
}

pub(crate) async fn deleting_takes_the_original_and_its_variants_and_nothing_else(bench: &Bench) {
    let store = &*bench.store;
    let (gone, kept) = (b"gone".as_slice(), b"kept".as_slice());
    for photo in [gone, kept] {
        store
            .put_file(original(photo), &bench.stage("photo", photo), 4)
            .await
            .unwrap();
        store
            .put_bytes(thumb(hash(photo)), Bytes::copy_from_slice(photo))
            .await
            .unwrap();
        store
            .put_bytes(preview(hash(photo)), Bytes::copy_from_slice(photo))
            .await
            .unwrap();
    }
    store.delete_all(&hash(gone)).await.unwrap();
    for variant in Variant::ALL {
        assert_eq!(
            len(store, BlobKey::new(hash(gone), variant)).await,
            None,
            "{variant:?}"
        );
        assert_eq!(
            read(store, BlobKey::new(hash(kept), variant)).await,
            kept,
            "{variant:?}"
        );
    }
}

pub(crate) async fn deleting_what_is_not_there_succeeds(bench: &Bench) {
    let store = &*bench.store;
    let sha256 = hash(b"photo");
    store.delete_all(&sha256).await.unwrap();
    store
        .put_bytes(thumb(sha256), Bytes::from_static(b"thumb alone"))
        .await
        .unwrap();
    for _ in 0..2 {
        store.delete_all(&sha256).await.unwrap();
        assert_eq!(len(store, thumb(sha256)).await, None);
    }
}

pub(crate) async fn what_was_deleted_can_be_put_again(bench: &Bench) {
    let photo = noise(5000, 10);
    let key = original(&photo);
    for n in 0..3 {
        let staged = bench.stage(&format!("photo {n}"), &photo);
        bench.store.put_file(key, &staged, 5000).await.unwrap();
        bench
            .store
            .put_bytes(thumb(key.sha256), Bytes::from_static(b"thumb"))
            .await
            .unwrap();
        assert_eq!(read(&*bench.store, key).await, photo);
        bench.store.delete_all(&key.sha256).await.unwrap();
        assert_eq!(len(&*bench.store, key).await, None);
    }
}

pub(crate) async fn puts_and_deletes_at_once_all_succeed(bench: &Bench) {
    let photo = b"photo";
    let (key, staged) = (original(photo), bench.stage("photo", photo));
    let deletes = {
        let store = Arc::clone(&bench.store);
        tokio::spawn(async move {
            for _ in 0..60 {
                store.delete_all(&key.sha256).await.unwrap();
            }
        })
    };
    while !deletes.is_finished() {
        bench.store.put_file(key, &staged, 5).await.unwrap();
        bench
            .store
            .put_bytes(thumb(key.sha256), Bytes::from_static(b"thumb"))
            .await
            .unwrap();
    }
    deletes.await.unwrap();
    bench.store.put_file(key, &staged, 5).await.unwrap();
    assert_eq!(read(&*bench.store, key).await, "photo");
}
