//! What the tests of this crate stand on: a storage of their own, of either kind, and files to put into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use photure_blob::{BlobKey, BlobLocation, BlobStore};
use photure_domain::Sha256;
use sha2::Digest;
use tempfile::TempDir;

use crate::s3_server::S3Server;

/// A storage, a folder to stage in, and what holds them up. Gone when dropped.
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn BlobStore>,
    staging: TempDir,
    _storage: Storage,
}

#[expect(dead_code, reason = "held, not read")]
enum Storage {
    Folder(TempDir),
    Bucket(S3Server),
}

impl Bench {
    pub(crate) async fn folder() -> Self {
        let folder = TempDir::new().unwrap();
        let store = open_folder(folder.path()).await;
        let staging = store.staging().unwrap();
        std::fs::create_dir(&staging).unwrap();
        Self {
            store,
            staging: TempDir::new_in(staging).unwrap(),
            _storage: Storage::Folder(folder),
        }
    }

    /// Nothing can be linked from one volume to another.
    pub(crate) async fn folder_with_staging_elsewhere() -> Self {
        use std::os::unix::fs::MetadataExt;
        let folder = TempDir::new().unwrap();
        let staging = TempDir::new_in("/dev/shm").unwrap();
        let device = |path: &Path| std::fs::metadata(path).unwrap().dev();
        assert_ne!(
            device(folder.path()),
            device(staging.path()),
            "/dev/shm must be another file system than {:?}",
            folder.path()
        );
        Self {
            store: open_folder(folder.path()).await,
            staging,
            _storage: Storage::Folder(folder),
        }
    }

    pub(crate) async fn bucket() -> Self {
        Self::on(S3Server::start().await, None).await
    }

    pub(crate) async fn bucket_with_prefix() -> Self {
        Self::on(S3Server::start().await, Some("family/photos")).await
    }

    async fn on(server: S3Server, prefix: Option<&str>) -> Self {
        let store = server.open(prefix).await;
        Self {
            store,
            staging: TempDir::new().unwrap(),
            _storage: Storage::Bucket(server),
        }
    }

    pub(crate) fn stage(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.staging.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(crate) async fn open_folder(folder: &Path) -> Arc<dyn BlobStore> {
    photure_blob::open(&BlobLocation::Folder(folder.to_owned()), None)
        .await
        .unwrap()
}

pub(crate) fn hash(bytes: &[u8]) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(bytes).into())
}

pub(crate) fn original(bytes: &[u8]) -> BlobKey {
    BlobKey::original(hash(bytes))
}

/// Bytes without a pattern, the same for the same `seed` (xorshift64).
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}
