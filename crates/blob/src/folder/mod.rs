//! Blobs as files below one folder.
//!
//! ```text
//! <root>/.photure-storage              the marker: without it, the volume is not mounted
//! <root>/originals/ab/cd/<sha256>
//! <root>/originals/ab/cd/<sha256>.<owner>.json
//! <root>/variants/ab/cd/<sha256>/{thumb.webp,preview.jpg}, and where somebody asked for them {thumb.jpg,preview.webp}
//! <root>/records/                      scrub.json, archives/<id>.json
//! <root>/staging/                      uploads under way; their owner is whoever fills it
//! ```
//!
//! Files have mode 0640 and folders 0750, so that a web server in the same group can send them.
//!
//! # What survives which death
//!
//! A file gets its final name after its content is fsynced, and `put` returns after every folder on the way to it is. So a final
//! name never stands for half a file, and what was acknowledged is there after a power cut. `durability.rs` proves the
//! order, and that a failure at any of the steps leaves nothing half-written behind.

mod listing;
mod part;
mod put;
mod root;
mod steps;
mod tree;

#[cfg(test)]
mod durability;
#[cfg(test)]
mod watch;

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use photure_domain::{Sha256, Timestamp};
use tokio::io::AsyncReadExt;
use tokio::sync::Mutex;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use crate::store::MAX_RECORD;
use crate::{
    BlobError, BlobKey, BlobMeta, BlobReader, BlobResult, BlobStore, ByteRange, Direct, Listing, OpenError,
    RecordKey, Tree,
};
use put::Source;
use root::Root;

/// As much as is read at once and lies in memory for each open blob, in bytes.
const READ_BUFFER: usize = 64 * 1024;

const READY_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct FolderStore {
    root: Arc<Root>,
    /// Held by the check for readiness that is under way, so that a volume that hangs costs one thread and not one per check.
    checking: Arc<Mutex<()>>,
}

impl FolderStore {
    pub(crate) async fn open(folder: &Path) -> Result<Self, OpenError> {
        let folder = folder.to_owned();
        let failed = |source| OpenError::Folder {
            folder: folder.clone(),
            source,
        };
        let folder = std::path::absolute(&folder).map_err(failed)?;
        let root = tokio::task::spawn_blocking({
            let folder = folder.clone();
            move || Root::begin(folder)
        });
        let root = root.await.map_err(|died| OpenError::Folder {
            folder,
            source: died.into(),
        })??;
        Ok(Self {
            root: Arc::new(root),
            checking: Arc::default(),
        })
    }

    pub(crate) async fn is_begun(folder: &Path) -> Result<bool, OpenError> {
        let folder = folder.to_owned();
        let failed = |source| OpenError::Folder {
            folder: folder.clone(),
            source,
        };
        let path = folder.clone();
        let begun = tokio::task::spawn_blocking(move || Root::is_begun(&path)).await;
        begun.map_err(|died| failed(died.into()))?.map_err(failed)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Root) -> BlobResult<T> + Send + 'static,
    ) -> BlobResult<T> {
        let root = Arc::clone(&self.root);
        tokio::task::spawn_blocking(move || work(&root))
            .await
            .map_err(BlobError::unavailable)?
    }
}

#[async_trait]
impl BlobStore for FolderStore {
    async fn put_file(&self, key: BlobKey, staged: &Path, len: u64) -> BlobResult<()> {
        let staged = staged.to_owned();
        self.blocking(move |root| put::put(root, key, &Source::staged(&staged, len)?))
            .await
    }

    async fn put_bytes(&self, key: BlobKey, bytes: Bytes) -> BlobResult<()> {
        self.blocking(move |root| put::put(root, key, &Source::Bytes(&bytes)))
            .await
    }

    async fn open(&self, key: BlobKey, range: Option<ByteRange>) -> BlobResult<BlobReader> {
        let (file, len, range) = self
            .blocking(move |root| {
                let (mut file, len) = root.open()?.blob(key)?.ok_or(BlobError::NotFound)?;
                let range = match range {
                    None => 0..len,
                    Some(range) => range.resolve(len).ok_or(BlobError::RangeNotSatisfiable { len })?,
                };
                file.seek(SeekFrom::Start(range.start))
                    .map_err(BlobError::from_volume)?;
                Ok((file, len, range))
            })
            .await?;
        let part = tokio::fs::File::from_std(file).take(range.end - range.start);
        let body = ReaderStream::with_capacity(part, READ_BUFFER).map_err(BlobError::from_volume);
        Ok(BlobReader::new(len, range, body))
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobMeta>> {
        self.blocking(move |root| Ok(root.open()?.blob(key)?.map(|(_, len)| BlobMeta { len })))
            .await
    }

    async fn delete_all(&self, sha256: &Sha256) -> BlobResult<()> {
        let sha256 = *sha256;
        self.blocking(move |root| root.open()?.delete_all(sha256)).await
    }

    async fn put_record(&self, key: RecordKey, bytes: Bytes) -> BlobResult<()> {
        self.blocking(move |root| put::replace(root, &key.path(), &bytes))
            .await
    }

    async fn record(&self, key: RecordKey) -> BlobResult<Option<Bytes>> {
        self.blocking(move |root| {
            let Some((file, len)) = root.open()?.file(&key.path())? else {
                return Ok(None);
            };
            if len > MAX_RECORD {
                return Err(BlobError::Corrupt("a record is too long"));
            }
            let mut bytes = Vec::new();
            std::io::Read::take(file, MAX_RECORD)
                .read_to_end(&mut bytes)
                .map_err(BlobError::from_volume)?;
            Ok(Some(bytes.into()))
        })
        .await
    }

    async fn delete_record(&self, key: RecordKey) -> BlobResult<()> {
        self.blocking(move |root| root.open()?.delete_file(&key.path()))
            .await
    }

    async fn archives(&self) -> BlobResult<Vec<(Uuid, Timestamp)>> {
        self.blocking(|root| listing::archives(&root.open()?)).await
    }

    fn list(&self, tree: Tree, after: Option<Sha256>) -> Listing {
        listing::listing(Arc::clone(&self.root), tree, after)
    }

    fn local_path(&self, key: BlobKey) -> Option<String> {
        Some(key.path())
    }

    async fn direct_address(&self, _: BlobKey, _: &Direct<'_>) -> BlobResult<Option<String>> {
        Ok(None)
    }

    fn staging(&self) -> Option<PathBuf> {
        Some(self.root.path().join(root::STAGING))
    }

    async fn ready(&self) -> BlobResult<()> {
        let held = Arc::clone(&self.checking)
            .try_lock_owned()
            .map_err(|_| BlobError::unavailable("the volume has not answered the check before this one"))?;
        let check = self.blocking(move |root| {
            let _held = held;
            root.open()?.check_writable()
        });
        let late = |_| BlobError::unavailable("the volume does not answer");
        tokio::time::timeout(READY_WITHIN, check).await.map_err(late)?
    }
}
