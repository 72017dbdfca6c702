use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use photure_blob::{
    BlobError, BlobKey, BlobMeta, BlobReader, BlobResult, BlobStore, ByteRange, Direct, Listing, RecordKey,
    Tree,
};
use photure_domain::media_address::Variant;
use photure_domain::{Sha256, Timestamp};

use uuid::Uuid;

use super::steps::Steps;

/// A real folder, behind which one can see what is done, and which may fail.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: Arc<dyn BlobStore>,
    steps: Steps,
    fault: Mutex<Option<fn() -> BlobError>>,
    /// As a bucket: no path, no staging.
    pub(crate) is_bucket: AtomicBool,
}

impl Blobs {
    pub(crate) fn new(folder: Arc<dyn BlobStore>, steps: Steps) -> Self {
        Self {
            folder,
            steps,
            fault: Mutex::default(),
            is_bucket: AtomicBool::default(),
        }
    }

    /// Every `put` fails so, until `None`.
    pub(crate) fn fail(&self, fault: Option<fn() -> BlobError>) {
        *self.fault.lock().unwrap() = fault;
    }

    fn put(&self) -> BlobResult<()> {
        self.fault.lock().unwrap().map_or(Ok(()), |fault| Err(fault()))
    }

    fn is_folder(&self) -> bool {
        !self.is_bucket.load(Ordering::SeqCst)
    }
}

fn name(before: bool, variant: Variant) -> &'static str {
    match (before, variant) {
        (true, Variant::Thumb) => "put thumb",
        (true, Variant::Preview) => "put preview",
        (true, Variant::Original) => "put original",
        (false, Variant::Thumb) => "thumb put",
        (false, Variant::Preview) => "preview put",
        (false, Variant::Original) => "original put",
    }
}

#[async_trait]
impl BlobStore for Blobs {
    async fn put_file(&self, key: BlobKey, staged: &Path, len: u64) -> BlobResult<()> {
        self.steps.take(name(true, key.variant)).await;
        self.put()?;
        self.folder.put_file(key, staged, len).await?;
        self.steps.take(name(false, key.variant)).await;
        Ok(())
    }

    async fn put_bytes(&self, key: BlobKey, bytes: Bytes) -> BlobResult<()> {
        self.steps.take(name(true, key.variant)).await;
        self.put()?;
        self.folder.put_bytes(key, bytes).await?;
        self.steps.take(name(false, key.variant)).await;
        Ok(())
    }

    async fn open(&self, key: BlobKey, range: Option<ByteRange>) -> BlobResult<BlobReader> {
        self.steps.take("open").await;
        self.folder.open(key, range).await
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobMeta>> {
        self.steps.take("head").await;
        self.folder.head(key).await
    }

    async fn delete_all(&self, sha256: &Sha256) -> BlobResult<()> {
        self.steps.take("delete").await;
        self.folder.delete_all(sha256).await?;
        self.steps.take("deleted").await;
        Ok(())
    }

    async fn put_record(&self, key: RecordKey, bytes: Bytes) -> BlobResult<()> {
        self.steps.take("put record").await;
        self.put()?;
        self.folder.put_record(key, bytes).await?;
        self.steps.take("record put").await;
        Ok(())
    }

    async fn record(&self, key: RecordKey) -> BlobResult<Option<Bytes>> {
        self.folder.record(key).await
    }

    async fn delete_record(&self, key: RecordKey) -> BlobResult<()> {
        self.steps.take("delete record").await;
        self.folder.delete_record(key).await?;
        self.steps.take("record deleted").await;
        Ok(())
    }

    async fn archives(&self) -> BlobResult<Vec<(Uuid, Timestamp)>> {
        self.folder.archives().await
    }

    fn list(&self, tree: Tree, after: Option<Sha256>) -> Listing {
        self.folder.list(tree, after)
    }

    fn local_path(&self, key: BlobKey) -> Option<String> {
        self.folder.local_path(key).filter(|_| self.is_folder())
    }

    /// As a bucket gives one, so that a test can read it.
    async fn direct_address(&self, key: BlobKey, direct: &Direct<'_>) -> BlobResult<Option<String>> {
        let Direct {
            content_type,
            content_disposition,
            cache_control,
            from,
            good_for,
        } = direct;
        let (path, from, good_for) = (key.path(), from.as_seconds(), good_for.as_secs());
        let query = format!(
            "type={content_type}&as={content_disposition}&caching={cache_control}&from={from}&for={good_for}"
        );
        Ok((!self.is_folder()).then(|| format!("https://bucket.example/{path}?{query}")))
    }

    fn staging(&self) -> Option<PathBuf> {
        self.folder.staging().filter(|_| self.is_folder())
    }

    async fn ready(&self) -> BlobResult<()> {
        self.folder.ready().await
    }
}
