//! Blobs as objects in a bucket.
//!
//! An object appears whole or not at all, so a blob is one `PutObject`, streamed from the staged file: no parts of a
//! multipart upload stay behind, invisible and paid for, when a process dies. Its signature covers the SHA-256 of the
//! body, which every S3 server must compare with what has arrived, whatever it knows of the newer checksum headers; an
//! object of up to 5 GiB is taken in this way.
//!
//! `<prefix>/.photure-storage` is the marker: where it is gone, an object that is not found says nothing.

mod client;
mod direct;
mod fault;
mod listing;
mod upload;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use photure_domain::{Sha256, Timestamp};
use sha2::Digest;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use crate::store::MAX_RECORD;
use crate::{
    BlobError, BlobKey, BlobMeta, BlobReader, BlobResult, BlobStore, ByteRange, Direct, Found, Listing,
    OpenError, RecordKey, S3Settings, Tree,
};

const MARKER: &str = ".photure-storage";

const READY_WITHIN: Duration = Duration::from_secs(2);

/// As much as is copied out of a response at once, in bytes.
const READ_BUFFER: usize = 64 * 1024;

pub(crate) struct S3Store {
    client: Client,
    /// Signs what browsers ask, who may know the server by another name than we do.
    outside: Client,
    bucket: String,
    prefix: Option<String>,
    /// Set once the marker is known to have been there.
    begun: AtomicBool,
}

impl S3Store {
    pub(crate) async fn open(bucket: &str, prefix: Option<&str>, settings: &S3Settings) -> Self {
        let store = Self::new(bucket, prefix, settings, false);
        if let Err(error) = store.ready().await {
            tracing::warn!(error = ?error, bucket, "the bucket does not answer yet");
        }
        store
    }

    /// Whether there is a storage already: its marker, or originals that were copied without it.
    pub(crate) async fn is_begun(
        bucket: &str,
        prefix: Option<&str>,
        settings: &S3Settings,
    ) -> Result<bool, OpenError> {
        let store = Self::new(bucket, prefix, settings, true);
        let marker = store.len_of(&store.object(MARKER)).await;
        if marker.map_err(OpenError::Bucket)?.is_some() {
            return Ok(true);
        }
        let first = store.list(Tree::Originals, None).next().await.transpose();
        // The marker is gone: what else there is does not say that it was begun here, unless it is an original.
        Ok(first.map_err(OpenError::Bucket)?.is_some())
    }

    fn new(bucket: &str, prefix: Option<&str>, settings: &S3Settings, begun: bool) -> Self {
        Self {
            client: client::connect(settings, settings.endpoint.as_ref()),
            outside: client::connect(
                settings,
                settings.public_endpoint.as_ref().or(settings.endpoint.as_ref()),
            ),
            bucket: bucket.to_owned(),
            prefix: prefix.map(str::to_owned),
            begun: AtomicBool::new(begun),
        }
    }

    fn object(&self, path: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{path}"),
            None => path.to_owned(),
        }
    }

    async fn len_of(&self, object: &str) -> BlobResult<Option<u64>> {
        let head = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(object)
            .send()
            .await;
        match head.map_err(fault::from_sdk) {
            Ok(head) => Ok(Some(unsigned(head.content_length())?)),
            Err(BlobError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks for the marker. The first time in this process it is made where it is missing, which also proves that we may
    /// write; after that, its absence is an outage.
    async fn check_marker(&self) -> BlobResult<()> {
        let marker = self.object(MARKER);
        let there = self.len_of(&marker).await?.is_some();
        match (there, self.begun.load(Ordering::Relaxed)) {
            (true, _) => {}
            (false, true) => {
                return Err(BlobError::unavailable(
                    "the storage's marker is gone: the bucket was emptied or is another one",
                ));
            }
            (false, false) => {
                upload::bytes(self, &marker, "text/plain", Bytes::from_static(b"Photure\n")).await?;
            }
        }
        self.begun.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What to answer where an object was not found.
    async fn absent(&self) -> BlobError {
        self.check_marker().await.err().unwrap_or(BlobError::NotFound)
    }

    /// What to answer where the range was outside the object: its length is missing yet.
    async fn outside(&self, key: BlobKey) -> BlobError {
        match self.head(key).await {
            Ok(Some(BlobMeta { len })) => BlobError::RangeNotSatisfiable { len },
            Ok(None) => BlobError::NotFound,
            Err(error) => error,
        }
    }

    async fn delete_object(&self, path: &str) -> BlobResult<()> {
        let object = self.object(path);
        let deleted = self.client.delete_object().bucket(&self.bucket).key(object);
        match deleted.send().await.map_err(fault::from_sdk) {
            Ok(_) | Err(BlobError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn is_there(&self, object: &str, len: u64) -> BlobResult<bool> {
        let found = self.len_of(object).await?;
        if let Some(found) = found.filter(|found| *found != len) {
            tracing::warn!(
                object,
                found,
                wanted = len,
                "a blob of another length is replaced"
            );
        }
        Ok(found == Some(len))
    }
}

#[async_trait]
impl BlobStore for S3Store {
    async fn put_file(&self, key: BlobKey, staged: &Path, len: u64) -> BlobResult<()> {
        let object = self.object(&key.path());
        let sha256 = upload::examine(key, staged, len).await?;
        if self.is_there(&object, len).await? {
            return Ok(());
        }
        upload::file(self, &object, key.content_type(), staged, len, sha256).await
    }

    async fn put_bytes(&self, key: BlobKey, bytes: Bytes) -> BlobResult<()> {
        key.agrees_with(Sha256::new(sha2::Sha256::digest(&bytes).into()))?;
        let object = self.object(&key.path());
        if self.is_there(&object, bytes.len() as u64).await? {
            return Ok(());
        }
        upload::bytes(self, &object, key.content_type(), bytes).await
    }

    async fn open(&self, key: BlobKey, range: Option<ByteRange>) -> BlobResult<BlobReader> {
        let object = self.object(&key.path());
        // Servers ignore a range that cannot be and send everything; some know no suffixes, or none longer than the object.
        let range = match range {
            Some(ByteRange::Inclusive { first, last }) if first > last => {
                return Err(self.outside(key).await);
            }
            Some(suffix @ ByteRange::Suffix(_)) => {
                let BlobMeta { len } = self.head(key).await?.ok_or(BlobError::NotFound)?;
                let range = suffix
                    .resolve(len)
                    .ok_or(BlobError::RangeNotSatisfiable { len })?;
                Some(ByteRange::From(range.start))
            }
            range => range,
        };
        let asked = self.client.get_object().bucket(&self.bucket).key(&object);
        let answer = match asked
            .set_range(range.map(ByteRange::header))
            .send()
            .await
            .map_err(fault::from_sdk)
        {
            Ok(answer) => answer,
            Err(BlobError::NotFound) => return Err(self.absent().await),
            Err(BlobError::RangeNotSatisfiable { .. }) => return Err(self.outside(key).await),
            Err(error) => return Err(error),
        };
        let sent = unsigned(answer.content_length())?;
        let len = match answer.content_range() {
            Some(content_range) => whole_length(content_range)?,
            None => sent,
        };
        let range = match range {
            Some(range) => range.resolve(len).ok_or(BlobError::RangeNotSatisfiable { len })?,
            None => 0..len,
        };
        if range.end - range.start != sent {
            return Err(BlobError::unavailable(
                "the S3 server sent another range than it was asked for",
            ));
        }
        Ok(BlobReader::new(len, range, chunks(answer.body)))
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobMeta>> {
        if let Some(len) = self.len_of(&self.object(&key.path())).await? {
            return Ok(Some(BlobMeta { len }));
        }
        match self.absent().await {
            BlobError::NotFound => Ok(None),
            error => Err(error),
        }
    }

    /// One by one: the request that deletes many needs checksums that not every server knows. The sidecars first, as in a folder.
    async fn delete_all(&self, sha256: &Sha256) -> BlobResult<()> {
        let mut beside = listing::of_one(self, *sha256);
        let original = Found::Blob(BlobKey::original(*sha256));
        while let Some(listed) = beside.try_next().await? {
            if listed.found != original {
                self.delete_object(&listed.found.path()).await?;
            }
        }
        for key in BlobKey::all(*sha256) {
            self.delete_object(&key.path()).await?;
        }
        Ok(())
    }

    async fn put_record(&self, key: RecordKey, bytes: Bytes) -> BlobResult<()> {
        upload::bytes(self, &self.object(&key.path()), key.content_type(), bytes).await
    }

    async fn record(&self, key: RecordKey) -> BlobResult<Option<Bytes>> {
        let object = self.object(&key.path());
        let asked = self.client.get_object().bucket(&self.bucket).key(&object);
        let answer = match asked.send().await.map_err(fault::from_sdk) {
            Ok(answer) => answer,
            Err(BlobError::NotFound) => {
                return match self.absent().await {
                    BlobError::NotFound => Ok(None),
                    error => Err(error),
                };
            }
            Err(error) => return Err(error),
        };
        let len = unsigned(answer.content_length())?;
        if len > MAX_RECORD {
            return Err(BlobError::Corrupt("a record is too long"));
        }
        let whole = BlobReader::new(len, 0..len, chunks(answer.body));
        whole.into_bytes().await.map(Some)
    }

    async fn delete_record(&self, key: RecordKey) -> BlobResult<()> {
        self.delete_object(&key.path()).await
    }

    async fn archives(&self) -> BlobResult<Vec<(Uuid, Timestamp)>> {
        listing::archives(self).await
    }

    fn list(&self, tree: Tree, after: Option<Sha256>) -> Listing {
        listing::listing(self, tree, after)
    }

    fn local_path(&self, _: BlobKey) -> Option<String> {
        None
    }

    async fn direct_address(&self, key: BlobKey, direct: &Direct<'_>) -> BlobResult<Option<String>> {
        direct::address(self, key, direct).await.map(Some)
    }

    fn staging(&self) -> Option<PathBuf> {
        None
    }

    async fn ready(&self) -> BlobResult<()> {
        let late = |_| BlobError::unavailable("the S3 server does not answer");
        tokio::time::timeout(READY_WITHIN, self.check_marker())
            .await
            .map_err(late)?
    }
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Store")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

fn chunks(body: ByteStream) -> impl futures::Stream<Item = BlobResult<Bytes>> + Send + 'static {
    ReaderStream::with_capacity(body.into_async_read(), READ_BUFFER).map_err(BlobError::unavailable)
}

fn unsigned(len: Option<i64>) -> BlobResult<u64> {
    len.and_then(|len| u64::try_from(len).ok())
        .ok_or_else(|| BlobError::unavailable("the S3 server does not say how long the object is"))
}

/// The part after the slash of `bytes 0-9/100`.
fn whole_length(content_range: &str) -> BlobResult<u64> {
    content_range
        .rsplit_once('/')
        .and_then(|(_, len)| len.parse().ok())
        .ok_or_else(|| BlobError::unavailable("the S3 server sent a Content-Range without a length"))
}
