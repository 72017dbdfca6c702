use std::io;
use std::path::PathBuf;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What a blob store may answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no such blob")]
    NotFound,
    /// The blob is there, and has `len` bytes, none of which were asked for.
    #[error("the range lies outside the blob's {len} bytes")]
    RangeNotSatisfiable { len: u64 },
    /// The volume, the bucket or a quota is full. Nothing of what was put is visible.
    #[error("the storage has no room left")]
    StorageFull(#[source] Source),
    /// The storage is not there or did not answer in time. Trying again may help.
    #[error("the storage is unavailable")]
    Unavailable(#[source] Source),
    /// The file handed to [`crate::BlobStore::put_file`] is gone, cannot be read or has another length than was said.
    /// Nothing was stored.
    #[error("the staged file cannot be taken")]
    Staged(#[source] io::Error),
    /// Bytes are not what their key says, or there is something under the key that is no blob. Trying again does not help.
    #[error("not the blob that its key names: {0}")]
    Corrupt(&'static str),
}

pub type BlobResult<T> = Result<T, BlobError>;

impl BlobError {
    pub(crate) fn unavailable(source: impl Into<Source>) -> Self {
        Self::Unavailable(source.into())
    }

    /// The staged file has another length than was said.
    pub(crate) fn wrong_length(said: u64, found: u64) -> Self {
        let text = format!("it was said to be a file of {said} bytes and has {found}");
        Self::Staged(io::Error::new(io::ErrorKind::InvalidData, text))
    }

    /// A failure of the volume itself, where a missing file is not what was asked about.
    pub(crate) fn from_volume(error: io::Error) -> Self {
        use io::ErrorKind::{IsADirectory, NotADirectory, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::StorageFull(error.into()),
            NotADirectory | IsADirectory => Self::Corrupt("a file and a folder are confused"),
            _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                Self::Corrupt("a symbolic link stands in the storage")
            }
            _ => Self::Unavailable(error.into()),
        }
    }
}

/// Why a storage could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("a bucket needs an access key and the other S3 settings")]
    SettingsMissing,
    #[error("{} holds files that are not Photure's: name an empty folder, or one that Photure has used", folder.display())]
    NotOurs { folder: PathBuf },
    /// It has neither the marker of a storage nor originals.
    #[error("there is no storage of Photure's: is its volume mounted, and its name right?")]
    NotBegun,
    #[error("the bucket does not answer")]
    Bucket(#[source] BlobError),
    #[error("{} cannot be used as storage", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
}
