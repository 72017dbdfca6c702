//! A volume that is really full, and one that is really unmounted: a small file system in memory, mounted by a child of
//! this test in a mount namespace of its own (`unshare`, which needs root or user namespaces).

use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use photure_blob::{BlobError, BlobKey};
use photure_domain::media_address::Variant;
use tempfile::TempDir;

use crate::bench::{hash, noise, open_folder, original};

const MOUNT_POINT: &str = "PHOTURE_TEST_MOUNT_POINT";

/// Where the volume is mounted; `None` where this is not the child, which is started here and must succeed.
fn inside_a_volume(test: &str, options: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a parent's word to its child, no configuration"
    )]
    if let Some(mount_point) = std::env::var_os(MOUNT_POINT) {
        return Some(mount_point.into());
    }
    let folder = TempDir::new().unwrap();
    let script = format!("mount -t tmpfs -o {options} tmpfs \"${MOUNT_POINT}\" && exec \"$0\" \"$@\"");
    let child = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("full_volume::{test}"), "--nocapture"])
        .env(MOUNT_POINT, folder.path())
        .output()
        .expect("`unshare` (util-linux) is needed to mount a volume of its own");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&child.stdout),
        String::from_utf8_lossy(&child.stderr)
    );
    assert!(
        child.status.success() && said.contains("1 passed"),
        "the test did not pass in a mount namespace of its own \
         (where there are no user namespaces, it needs root and CAP_SYS_ADMIN): {said}"
    );
    None
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[tokio::test]
async fn a_full_volume_takes_nothing_shows_nothing_half_written_and_still_gives() {
    let test = "a_full_volume_takes_nothing_shows_nothing_half_written_and_still_gives";
    let Some(volume) = inside_a_volume(test, "size=1m") else {
        return;
    };
    let root = volume.join("blobs");
    let store = open_folder(&root).await;
    let small = Bytes::from(noise(10_000, 1));
    store.put_bytes(original(&small), small.clone()).await.unwrap();

    let large = noise(2_000_000, 2);
    let elsewhere = TempDir::new().unwrap();
    let staged = elsewhere.path().join("photo");
    std::fs::write(&staged, &large).unwrap();
    let thumb = BlobKey::new(hash(&large), Variant::Thumb);
    for result in [
        store.put_file(original(&large), &staged, 2_000_000).await,
        store.put_bytes(thumb, Bytes::from(large.clone())).await,
    ] {
        assert!(matches!(result, Err(BlobError::StorageFull(_))), "{result:?}");
    }
    assert_eq!(store.head(original(&large)).await.unwrap(), None);
    assert_eq!(store.head(thumb).await.unwrap(), None);
    let files = files_below(&root);
    assert_eq!(files.len(), 2, "the marker and the small one: {files:?}");
    store.ready().await.unwrap();
    assert_eq!(
        store
            .open(original(&small), None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        small
    );

    let fits = Bytes::from(noise(500_000, 3));
    store.put_bytes(original(&fits), fits.clone()).await.unwrap();
    assert_eq!(
        store
            .open(original(&fits), None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        fits
    );
}

#[tokio::test]
async fn a_volume_without_room_for_another_folder_is_full_too() {
    let test = "a_volume_without_room_for_another_folder_is_full_too";
    let Some(volume) = inside_a_volume(test, "size=1m,nr_inodes=6") else {
        return;
    };
    let store = open_folder(&volume).await;
    let photo = Bytes::from_static(b"photo");
    let result = store
        .put_bytes(BlobKey::new(hash(&photo), Variant::Thumb), photo)
        .await;
    assert!(matches!(result, Err(BlobError::StorageFull(_))), "{result:?}");
}

#[tokio::test]
async fn an_unmounted_and_a_read_only_volume_are_outages() {
    let test = "an_unmounted_and_a_read_only_volume_are_outages";
    let Some(volume) = inside_a_volume(test, "size=1m") else {
        return;
    };
    let store = open_folder(&volume).await;
    let photo = Bytes::from(noise(10_000, 4));
    let key = original(&photo);
    store.put_bytes(key, photo.clone()).await.unwrap();
    let run = |command: &str, arguments: &[&str]| {
        assert!(
            Command::new(command)
                .args(arguments)
                .arg(&volume)
                .status()
                .unwrap()
                .success()
        );
    };

    run("mount", &["-o", "remount,ro"]);
    let out = |result: Result<(), BlobError>| {
        assert!(matches!(result, Err(BlobError::Unavailable(_))), "{result:?}");
    };
    out(store.ready().await);
    out(store
        .put_bytes(BlobKey::new(key.sha256, Variant::Thumb), photo.clone())
        .await);
    assert_eq!(
        store.open(key, None).await.unwrap().into_bytes().await.unwrap(),
        photo,
        "reading goes on"
    );

    run("umount", &[]);
    out(store.ready().await);
    out(store.put_bytes(key, photo).await);
    out(store.head(key).await.map(|_| ()));
    out(store.delete_all(&key.sha256).await);
    assert_eq!(
        std::fs::read_dir(&volume).unwrap().count(),
        0,
        "nothing was written beside the volume"
    );
}
