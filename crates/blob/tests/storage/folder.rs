use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use bytes::Bytes;
use futures::TryStreamExt;
use photure_blob::{BlobError, BlobKey, BlobLocation, OpenError, RecordKey, Tree};
use photure_domain::media_address::Variant;
use tempfile::TempDir;

use crate::bench::{Bench, hash, noise, open_folder, original};

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_web_server_in_the_same_group_can_read_and_nobody_can_write() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("new/blobs");
    let store = open_folder(&root).await;
    let photo = noise(1000, 1);
    let staged = folder.path().join("staged");
    std::fs::write(&staged, &photo).unwrap();
    std::fs::set_permissions(&staged, std::fs::Permissions::from_mode(0o600)).unwrap();
    let thumb = BlobKey::new(hash(&photo), Variant::Thumb);
    store.put_file(original(&photo), &staged, 1000).await.unwrap();
    store
        .put_bytes(thumb, Bytes::from_static(b"thumb"))
        .await
        .unwrap();

    for key in [original(&photo), thumb] {
        let path = root.join(store.local_path(key).unwrap());
        assert_eq!(
            std::fs::read(&path).unwrap(),
            store.open(key, None).await.unwrap().into_bytes().await.unwrap()
        );
        assert_eq!(mode(&path), 0o640, "{path:?}");
        for above in path
            .ancestors()
            .skip(1)
            .take_while(|above| above.starts_with(folder.path().join("new")))
        {
            assert_eq!(mode(above), 0o750, "{above:?}");
        }
    }
}

#[tokio::test]
async fn an_original_that_was_staged_on_the_volume_is_not_copied() {
    let bench = Bench::folder().await;
    let photo = noise(1000, 2);
    let staged = bench.stage("photo", &photo);
    bench
        .store
        .put_file(original(&photo), &staged, 1000)
        .await
        .unwrap();
    assert_eq!(std::fs::metadata(&staged).unwrap().nlink(), 2);
}

#[tokio::test]
async fn a_copy_that_is_not_what_its_key_says_is_refused() {
    let bench = Bench::folder_with_staging_elsewhere().await;
    let staged = bench.stage("photo", b"bits that rot");
    let error = bench
        .store
        .put_file(original(b"bits that rat"), &staged, 13)
        .await
        .unwrap_err();
    assert!(matches!(error, BlobError::Corrupt(_)), "{error}");
    assert_eq!(bench.store.head(original(b"bits that rat")).await.unwrap(), None);
}

#[tokio::test]
async fn no_symbolic_link_is_followed_below_the_root() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("blobs");
    let store = open_folder(&root).await;
    let outside = folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let photo = b"photo";
    let key = original(photo);
    std::fs::write(outside.join(hash(photo).to_string()), photo).unwrap();
    let path = root.join(key.path());

    // A folder on the way, then the blob itself.
    std::fs::create_dir_all(path.parent().unwrap().parent().unwrap()).unwrap();
    symlink(&outside, path.parent().unwrap()).unwrap();
    for _ in 0..2 {
        let errors = [
            store.head(key).await.unwrap_err(),
            store.open(key, None).await.unwrap_err(),
            store.put_bytes(key, Bytes::from_static(photo)).await.unwrap_err(),
        ];
        assert!(
            errors.iter().all(|error| matches!(error, BlobError::Corrupt(_))),
            "{errors:?}"
        );
        if path.parent().unwrap().is_symlink() {
            std::fs::remove_file(path.parent().unwrap()).unwrap();
            std::fs::create_dir(path.parent().unwrap()).unwrap();
            symlink(outside.join(hash(photo).to_string()), &path).unwrap();
        }
    }
    assert!(path.is_symlink(), "the second round had its link");
    store.delete_all(&hash(photo)).await.unwrap();
    assert_eq!(
        std::fs::read(outside.join(hash(photo).to_string())).unwrap(),
        photo
    );

    let staged = folder.path().join("staged");
    symlink(outside.join(hash(photo).to_string()), &staged).unwrap();
    let error = store.put_file(key, &staged, 5).await.unwrap_err();
    assert!(matches!(error, BlobError::Staged(_)), "{error}");
}

#[tokio::test]
async fn a_storage_is_found_again_when_it_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let photo = Bytes::from(noise(1000, 3));
    open_folder(folder.path())
        .await
        .put_bytes(original(&photo), photo.clone())
        .await
        .unwrap();
    std::fs::create_dir(folder.path().join("staging")).unwrap();
    let again = open_folder(folder.path()).await;
    assert_eq!(
        again
            .open(original(&photo), None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo
    );

    // Restored from a backup that leaves hidden files out.
    std::fs::remove_file(folder.path().join(".photure-storage")).unwrap();
    let restored = open_folder(folder.path()).await;
    assert_eq!(
        restored
            .open(original(&photo), None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo
    );
}

#[tokio::test]
async fn a_folder_with_other_peoples_files_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("taxes.pdf"), "").unwrap();
    let location = BlobLocation::Folder(folder.path().to_owned());
    let error = photure_blob::open(&location, None).await.unwrap_err();
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_volume_that_is_gone_is_an_outage_until_it_is_back() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("blobs");
    let store = open_folder(&root).await;
    let photo = Bytes::from(noise(1000, 4));
    let key = original(&photo);
    store.put_bytes(key, photo.clone()).await.unwrap();
    let staged = folder.path().join("staged");
    std::fs::write(&staged, &photo).unwrap();

    // Unmounted, what is left is an empty folder, or none.
    std::fs::rename(&root, folder.path().join("unmounted")).unwrap();
    for mount_point_exists in [false, true] {
        if mount_point_exists {
            std::fs::create_dir(&root).unwrap();
        }
        let errors = [
            store.ready().await.unwrap_err(),
            store.head(key).await.unwrap_err(),
            store.open(key, None).await.unwrap_err(),
            store.put_bytes(key, photo.clone()).await.unwrap_err(),
            store.put_file(key, &staged, 1000).await.unwrap_err(),
            store.delete_all(&key.sha256).await.unwrap_err(),
            store.record(RecordKey::Scrub).await.unwrap_err(),
            store
                .put_record(RecordKey::Scrub, photo.clone())
                .await
                .unwrap_err(),
            store.delete_record(RecordKey::Scrub).await.unwrap_err(),
            store.list(Tree::Originals, None).try_next().await.unwrap_err(),
        ];
        assert!(
            errors
                .iter()
                .all(|error| matches!(error, BlobError::Unavailable(_))),
            "{errors:?}"
        );
        let location = BlobLocation::Folder(root.clone());
        let error = photure_blob::open_existing(&location, None).await.unwrap_err();
        assert!(matches!(error, OpenError::NotBegun), "{error}");
    }
    assert_eq!(
        std::fs::read_dir(&root).unwrap().count(),
        0,
        "nothing was written beside the volume"
    );

    std::fs::remove_dir(&root).unwrap();
    std::fs::rename(folder.path().join("unmounted"), &root).unwrap();
    store.ready().await.unwrap();
    assert_eq!(
        store.open(key, None).await.unwrap().into_bytes().await.unwrap(),
        photo
    );
}

#[tokio::test]
async fn what_a_dead_process_left_half_written_is_never_seen_and_is_used_up() {
    let folder = TempDir::new().unwrap();
    let store = open_folder(folder.path()).await;
    let key = BlobKey::new(hash(b"photo"), Variant::Thumb);
    let path = folder.path().join(key.path());
    let left = path.with_file_name(".thumb.webp.part");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();

    std::fs::write(&left, "half of something that was much longer than a thumb").unwrap();
    assert_eq!(store.head(key).await.unwrap(), None);
    store.put_bytes(key, Bytes::from_static(b"thumb")).await.unwrap();
    assert_eq!(
        store.open(key, None).await.unwrap().into_bytes().await.unwrap(),
        "thumb"
    );
    assert!(!left.exists());

    std::fs::write(&left, "half").unwrap();
    store.delete_all(&key.sha256).await.unwrap();
    assert!(
        !path.parent().unwrap().exists(),
        "no folder stays for a photo that is gone"
    );
}
