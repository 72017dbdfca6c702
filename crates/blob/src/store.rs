use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use photure_domain::{Sha256, Timestamp};
use uuid::Uuid;

use crate::key::{ORIGINALS, VARIANTS};
use crate::{BlobError, BlobKey, BlobResult, ByteRange, Found, RecordKey};

/// A place for originals and variants. The laws are in the crate's documentation.
#[async_trait]
pub trait BlobStore: fmt::Debug + Send + Sync {
    /// Stores a file of exactly `len` bytes, and holds no more of it in memory than a buffer.
    ///
    /// The staged file stays where it is and is the caller's to remove. It must not be written to any more, not even
    /// afterwards: on a volume it and the blob are one file under two names (see [`Self::staging`]); its mode becomes 0640.
    ///
    /// Trying again is safe after any error. Only after [`BlobError::Unavailable`] from a volume, stage the bytes anew: a
    /// kernel that has failed to write them back once may claim the next time that it has.
    async fn put_file(&self, key: BlobKey, staged: &Path, len: u64) -> BlobResult<()>;

    /// Stores a small blob, such as a variant.
    async fn put_bytes(&self, key: BlobKey, bytes: Bytes) -> BlobResult<()>;

    /// The blob or a part of it, as a stream. [`BlobError::NotFound`], [`BlobError::RangeNotSatisfiable`].
    async fn open(&self, key: BlobKey, range: Option<ByteRange>) -> BlobResult<BlobReader>;

    /// `None` where there is no such blob.
    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobMeta>>;

    /// Deletes an original with its sidecars, films and variants, the original last. Deleting what is not there succeeds.
    async fn delete_all(&self, sha256: &Sha256) -> BlobResult<()>;

    /// Keeps a record, in the place of what was under its key: durably, and all or nothing, as a blob.
    async fn put_record(&self, key: RecordKey, bytes: Bytes) -> BlobResult<()>;

    /// `None` where there is none. One that is too long to be ours is [`BlobError::Corrupt`].
    async fn record(&self, key: RecordKey) -> BlobResult<Option<Bytes>>;

    /// Deleting what is not there succeeds.
    async fn delete_record(&self, key: RecordKey) -> BlobResult<()>;

    /// The [`RecordKey::Archive`]s there are, and when each was put. At most a thousand of them, the rest when these are gone.
    async fn archives(&self) -> BlobResult<Vec<(Uuid, Timestamp)>>;

    /// All that lies in a tree for hashes after `after`, by hash, and for each hash by path. What comes or goes meanwhile may be
    /// listed or not. Holds no more in memory than one folder of the lowest level or one page of the server's answer; an
    /// outage on the way is the last item.
    fn list(&self, tree: Tree, after: Option<Sha256>) -> Listing;

    /// For `X-Accel-Redirect`: where the blob lies below the folder of the storage, whether it is there or not. `None` where
    /// there is no folder.
    fn local_path(&self, key: BlobKey) -> Option<String>;

    /// An address at the storage itself, under which anybody may `GET` the blob while it is good, answered with the headers that are asked
    /// for. It does not say whether the blob is there. `None` where there is no server.
    async fn direct_address(&self, key: BlobKey, direct: &Direct<'_>) -> BlobResult<Option<String>>;

    /// A folder on the same volume, from which [`Self::put_file`] copies nothing. The caller makes it when it needs it.
    /// `None` where there is no volume; any folder will do then.
    fn staging(&self) -> Option<PathBuf>;

    /// For readiness, within two seconds: `Ok` means that the storage is there and is the one that was opened, and that
    /// nothing but a lack of room would keep a blob from being stored.
    async fn ready(&self) -> BlobResult<()>;
}

/// How a storage is to answer under an address that it honours without asking us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direct<'a> {
    pub content_type: &'a str,
    pub content_disposition: &'a str,
    pub cache_control: &'a str,
    /// May lie in the past. The same moment and the same [`Self::good_for`] give the same address, so that a browser's cache knows it.
    pub from: Timestamp,
    pub good_for: Duration,
}

pub type Listing = BoxStream<'static, BlobResult<Listed>>;

/// Which half of the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// And their sidecars and films.
    Originals,
    Variants,
}

impl Tree {
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Originals => ORIGINALS,
            Self::Variants => VARIANTS,
        }
    }
}

/// What a listing tells of one file or object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub found: Found,
    pub len: u64,
    /// By the storage's clock.
    pub modified: Timestamp,
}

/// No record is longer, in bytes.
pub(crate) const MAX_RECORD: u64 = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobMeta {
    /// Of the whole blob, in bytes.
    pub len: u64,
}

/// A blob, opened.
pub struct BlobReader {
    pub meta: BlobMeta,
    /// Which bytes `body` gives: all of them, or those of the range that was asked for.
    pub range: Range<u64>,
    /// Gives exactly `range.end - range.start` bytes or an error: one that was cut short ends in [`BlobError::Corrupt`].
    pub body: BoxStream<'static, BlobResult<Bytes>>,
}

impl BlobReader {
    pub(crate) fn new(
        len: u64,
        range: Range<u64>,
        body: impl futures::Stream<Item = BlobResult<Bytes>> + Send + 'static,
    ) -> Self {
        let wanted = range.end - range.start;
        Self {
            meta: BlobMeta { len },
            range,
            body: exactly(wanted, body.boxed()).boxed(),
        }
    }

    /// All of `body` in memory.
    pub async fn into_bytes(self) -> BlobResult<Bytes> {
        let mut bytes = BytesMut::new();
        let mut body = self.body;
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("meta", &self.meta)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// The same stream, with an error at its end where it ended too soon.
fn exactly(
    wanted: u64,
    body: BoxStream<'static, BlobResult<Bytes>>,
) -> impl futures::Stream<Item = BlobResult<Bytes>> + Send {
    futures::stream::try_unfold((wanted, body), |(missing, mut body)| async move {
        match body.try_next().await? {
            Some(chunk) => {
                let missing = missing
                    .checked_sub(chunk.len() as u64)
                    .ok_or(BlobError::Corrupt("it is longer than it was said to be"))?;
                Ok(Some((chunk, (missing, body))))
            }
            None if missing == 0 => Ok(None),
            None => Err(BlobError::Corrupt("it ended before its end")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(len: u64, chunks: &'static [&'static str]) -> BlobReader {
        let body = futures::stream::iter(
            chunks
                .iter()
                .map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))),
        );
        BlobReader::new(len, 0..len, body)
    }

    #[tokio::test]
    async fn a_body_of_the_wrong_length_ends_in_an_error() {
        assert_eq!(reader(6, &["abc", "def"]).into_bytes().await.unwrap(), "abcdef");
        for wrong in [5, 7] {
            let error = reader(wrong, &["abc", "def"]).into_bytes().await.unwrap_err();
            assert!(matches!(error, BlobError::Corrupt(_)), "{error}");
        }
    }
}
